"""Many systems at once, for architects, leads and everybody. Read `systems` first: the rows of the portfolio's table.

- `systems`: a row for each system, found, sorted and paged
- `filters`: what an architect can filter and sort by, in addresses and in the database
- `counts`: how many systems have which verdict, state and missing gate
- `conditions`: which conditions of accepted verdicts are overdue
- `export`: the table as CSV and JSON
- `scatter`, `trend`: charts of need and readiness, and of a system's versions
- `reports`: the portfolio and comparisons as PDF
- `waiting`: what waits for one person
- `reminders`: what `manage.py remind` tells people once a day
- `models`: saved views
"""
