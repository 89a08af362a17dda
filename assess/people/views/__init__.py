"""The pages of people: who belongs where, invitations, and a person's own account."""
