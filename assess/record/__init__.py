"""The record: one sealed chain for the whole site, and which columns are sealed.

Decides: how a link is sealed and appended, what the head of the chain is, which triggers protect it, and for every
column whether it is sealed, recomputed or free to change. Does not decide: what an event means (`assessments`), or
what verify_log compares (`review`).
"""
