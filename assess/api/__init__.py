"""The API at /api/v1/: the same actions as the pages, as JSON, for programs that carry a person's token.

Decides: how a request is read and what is told, as docs/api.md and the OpenAPI document say. Does not decide what may
happen or who may do it: the rooms below do, just as for the pages. Signing a decision stays in the browser, since
whoever signs proves anew who they are.
"""
