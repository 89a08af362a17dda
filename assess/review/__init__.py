"""Review: who may move a version from submitted to signed, comments, challenges, conditions and the signature.

Decides: the one table of states (`states`), what a signature covers, when a team may still challenge it. Does not
decide: the verdict, or how a report shows any of this.
"""
