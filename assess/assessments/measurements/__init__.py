"""Measurements attached to an assessment: deploys, load, cost and calls, as far as they were read from a file.

Decides: who may attach one, when, and what stays of the file. Does not decide: which formats are read and what they
propose (`assess.measurements`). Read `actions` first; `figures` says what a reading counts, `page` is the page.
"""
