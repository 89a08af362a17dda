"""Who there is and what they may do: users, workspaces, teams, memberships, permissions.

Decides: which workspace and team a person belongs to, and whether a role allows something. Does not decide: how people
sign in (django-allauth does) or what state a thing must be in (its own room does).

Read `roles` first, then `models`. Then:

- `permissions`: what a person may do; `access`: decorators that name a view's policy
- `membership_policies`: who manages memberships; `actions`, `invitations`: changing them
- `branding`: a workspace's settings and logo
- `notices`: notifying people, and mail; `tokens`, `api_tokens`: secrets; `credentials`: what proves who somebody is
- `personal_data`: exporting and erasing a person
- `middleware`, `adapter`, `forms`, `menu`, `views`: sign-in and pages
"""
