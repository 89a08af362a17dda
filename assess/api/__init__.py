"""The API at /api/v1/: the same actions as the pages, as JSON, for programs that send a user's token.

Decides: how a request is read and what a response has, as docs/api.md and the OpenAPI document say. Does not decide
what may happen or who may do it: the rooms below do, just as for the pages. Signing a decision stays in the browser,
where reviewers enter their password again.

Read `urls` first: it puts every operation behind `access.gate`. `schemas` has every field, `errors` every error,
`paging` the pages of lists, `openapi` what the document says beside. `systems`, `assessments`, `answers`, `reports`,
`review` and `questionnaires` have the operations, each with the functions that build its responses.
"""
