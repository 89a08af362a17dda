"""The pages of this room: the people of a workspace, invitations, its settings, and a person's own account."""
