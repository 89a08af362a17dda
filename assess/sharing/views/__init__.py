"""The pages of the sharing room: for those who share, and for those who come by a link."""
