"""What anybody may see without an account: the front page, the quick check, a sample result, how it decides, sources.

Decides: how answers in an address become a quick check. Does not decide: what they mean (`decision`). Keeps nothing: no
page here writes to the database or, for a stranger, reads from it.
"""
