"""What whoever runs the site asks it: is it alive, is it ready, how is it doing.

Decides: what has to be there before the site serves anybody, and how a worker reports that it is alive. Does not
decide anything about people or assessments. Read `readiness` first.

- `readiness`: what is not ready, in sentences
- `heartbeat`, `models`: which background workers reported when
- `worker`: the background worker itself, which outlives an outage of the database
- `views`, `urls`, `middleware`: `/livez` and `/readyz`, for programs inside one's own network
"""
