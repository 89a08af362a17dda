"""What is asked: the questionnaire as data, its loader, and the check of answers against it.

Decides: whether a definition is well formed, which questions apply, whether an answer is one the question allows.
Does not decide: what answers mean (that is `assess.decision`).
Pure: no Django, no clock, no I/O; callers pass bytes in.
"""
