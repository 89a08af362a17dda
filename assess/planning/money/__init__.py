"""Money of a version: the figures that its team saves, and what follows from them.

Decides: who may save them, when, and in which currency they count. Does not decide: the arithmetic (`assess.money`).
"""
