"""An organisation's own questionnaires: importing, publishing and retiring editions, and the pages for it.

Decides: whether a file may become an edition of a workspace, and in which state an edition is. Does not decide: whether
the file is well formed (`questionnaire`) or sound (`decision.lint`), nor what answers to it mean.
"""
