"""Review: who may move a version from submitted to signed, comments, challenges, conditions and the signature.

Decides: what each state means and which moves there are, what a signature covers, when a team may still challenge it.
Does not decide: the verdict, or how a report shows any of this.

Read `states` first: a row for each state with its words, and the moves between them. `actions` has the moves, comments
and conditions, `policies` what forbids them, `forms` what a signature needs, `signed_content`
what it covers. `decision_page` builds the page of a decision and `history` the log in words for `views`.
`log_verification` checks that log, answers and signatures are as they were written.
"""
