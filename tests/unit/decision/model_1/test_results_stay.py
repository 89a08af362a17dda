"""Model 1 says what it said when it was the only model: what it judged is signed and never changes.

The expected results are those of the code from before model 2, which is the specification here.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from assess.decision import decide, decider
from assess.decision.contract import to_json
from assess.questionnaire.answers import read_answers
from assess.questionnaire.json_reader import read_document
from assess.questionnaire_files import FIXTURES, load_questionnaire_file

KEPT: list[dict[str, Any]] = json.loads((Path(__file__).parent / "results.json").read_text(encoding="utf-8"))
QUESTIONNAIRE_1 = load_questionnaire_file(FIXTURES / "split-checklist-1.yaml")


@pytest.mark.parametrize("kept", KEPT, ids=lambda kept: kept["name"])
def test_an_old_assessment_keeps_its_result_to_the_byte(kept: dict[str, Any]) -> None:
    document = {"questionnaire": "split-checklist", "version": 1, "answers": kept["answers"]}
    answers = read_answers(read_document(json.dumps(document).encode(), file="kept"), QUESTIONNAIRE_1)
    for judge in (decide, decider(1)):
        fresh = to_json(judge(QUESTIONNAIRE_1, answers))
        # Fields are only added to the contract.
        same = {name: fresh[name] for name in kept["result"]}
        assert json.dumps(same, ensure_ascii=False) == json.dumps(kept["result"], ensure_ascii=False)
        assert fresh["model_version"] == fresh["questionnaire_version"] == 1
