"""The pages of the sharing room: for people who share, and for people who open a link."""
