"""An organisation's own questionnaires: importing, publishing and retiring editions, and translating them.

Decides: whether a file may become an edition of a workspace or a translation, and in which state an edition is. Does
not decide: whether the file is well formed (`questionnaire`) or sound (`decision.lint`), nor what answers mean.

Read `actions` first: what an administrator does with an edition. `translations` does the same for its texts in other
languages, `diff` compares two editions in words, `views` are the pages.
"""
