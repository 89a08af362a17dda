"""The plan of a version: begun from the steps that its verdict calls for, then the team's own to change."""
