"""What anybody may see without an account: the front page, the quick check, a sample result, how it decides, the sources.

Decides: how answers in an address become a quick check. Does not decide: what they mean (`decision`), and keeps nothing: no page
here writes to the database or reads from it.
"""
