"""Model 1, as it judged the answers to version 1 of the built-in questionnaire. Kept so that its verdicts never change.

Decides: what assessments of that version say, for as long as they are kept. Does not decide: anything about newer ones.
Nothing here is developed further; docs/model-1.md describes it.
"""
