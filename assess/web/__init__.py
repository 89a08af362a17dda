"""What every page needs, for any user: localization, errors, middleware, template tags.

Read `middleware` first: what happens around every request. Then:

- `localization`: time zone and language of a workspace
- `errors`, `responses`: error pages, JSON errors, htmx parts
- `form_values`, `spreadsheet`: how values are written in forms, links and CSV files
- `templatetags.look`, `templatetags.argument`: what pages draw alike; `icons` are their drawings
- `proxies`, `logs`, `static`: read by the settings and the servers

Uses the pure rooms; rooms above use it by `facade`.
"""
