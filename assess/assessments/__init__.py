"""Systems and their assessments: starting, answering, submitting, going on, deleting, and the pages for it.

Decides: how an answer is saved so that none is lost, and when a version is closed.
Does not decide: what is asked (`questionnaire`), what answers mean (`decision`), who may do it (`people.permissions`).
"""
