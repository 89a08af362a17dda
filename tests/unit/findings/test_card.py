"""The reasons of the answer card: a figure, and below it a sentence that does not say the figure again."""

import pytest

from assess.decision.facade import decide
from assess.findings.card import build_key_reasons, without_figure
from assess.questionnaire.facade import Answer
from assess.questionnaire_files import builtin_questionnaire


@pytest.mark.parametrize(
    ("sentence", "figure", "below"),
    [
        ("Peaks hurt. Find the slow step.", "Peaks hurt", "Find the slow step."),
        ("Time from merge to production: 45 minutes.", "45 minutes", "Time from merge to production."),
        ("Teams always wait for each other's release.", "Always", "Teams always wait for each other's release."),
        ("Peaks hurt.", "", "Peaks hurt."),
    ],
)
def test_a_sentence_leaves_out_the_figure_above_it(sentence: str, figure: str, below: str) -> None:
    assert without_figure(sentence, figure) == below


def test_a_reason_below_its_figure_still_says_something() -> None:
    questionnaire = builtin_questionnaire()
    values = {"scope": "one_part", "current_shape": "monolith", "load_fit": "peaks_hurt", "deploy_minutes": 45}
    values |= {"deploy_waiting": "always", "teams": 6, "scaling_profile": "one_part_dominates"}
    answers = {key: Answer(value=value) for key, value in values.items()}
    result = decide(questionnaire, answers)
    reasons = build_key_reasons(questionnaire, answers, result, result.verdict)
    assert len(reasons) == 3
    for reason in reasons:
        assert reason.figure
        assert len(reason.sentence.split()) >= 3
        assert not reason.sentence.startswith(f"{reason.figure}.")
