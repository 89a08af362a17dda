"""Who there is and what they may do: users, workspaces, teams, memberships, permissions.

Decides: which workspace and team a person belongs to, and whether a role allows something.
Does not decide: how people sign in (django-allauth does) or what state a thing must be in (its own room does).
"""
