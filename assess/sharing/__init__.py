"""Share links: one version's result for people without an account.

Decides: who may share, what a link opens and until when. Does not decide: what a result says (`decision`, `reports`).

Read `models` first, then `actions` (make, revoke) and `forms`. `link_sessions` is what a visitor's session remembers,
`views.links` the page of those who share, `views.shared` the pages of those who open a link.
"""
