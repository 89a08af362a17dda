"""Systems and their assessments: starting, answering, submitting, the next version, deleting, and the pages for it.

Read first: `models`, then `saving`, which decides how an answer is saved so that none is lost.

Rows and the log: `models`, `event_kinds`, `perspectives`, `log`, `verdict_summary` (what lists show), `pagination`.
Getting an assessment through a person: `access`; the questionnaires: `editions`.
Answering: `changes` (what is sent), `saving`, `save_outcomes` (what is answered), `section_form` (without a script),
`answers` (reading), `progress`, `suggestions` (of the version before), `formatting`.
Separate answers of several people: `respondents` (asking), `assignments` (what each is asked), `invitation_links`
(joining), `response_mode` (from shared to separate and back), `response_visibility` (who sees whose), `consensus` (side
by side), `agreements`, `spread_chart`.
The life of a version: `actions`, `policies` (what its state allows), `revisit` (when to ask again), `what_if`,
`planned_changes`.

What is asked is decided by `questionnaire`, what answers mean by `decision`, who may do what by `people.permissions`.
"""
