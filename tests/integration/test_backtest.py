"""`backtest`: what it prints is what `decide` says, hits and misses alike, and no database is touched."""

import json
from io import StringIO

from django.conf import settings
from django.core.management import call_command

from assess.cases_file import published_cases
from assess.decision import decide
from assess.decision.rules import RULES
from assess.management.commands.backtest import backtest
from assess.questionnaire_files import builtin_questionnaire


def output(*arguments):
    out = StringIO()
    call_command("backtest", *arguments, stdout=out)
    return out.getvalue()


def figures():
    return json.loads(output("--json"))


def test_at_least_41_of_43_are_hit():
    found = figures()
    assert found["scorable"] == 43
    assert found["hits"] >= 41
    assert found["hits"] + len(found["misses"]) == 43
    assert len(found["hit_cases"]) == found["hits"]


def test_the_model_beats_saying_always_the_same():
    found = figures()
    assert found["hits"] > max(found["always_the_same"].values())


def test_every_case_is_listed_once_with_what_decide_says():
    found = figures()
    rows = found["hit_cases"] + found["misses"] + found["unscorable"]
    cases = {case.id: case for case in published_cases()}
    assert sorted(row["case"] for row in rows) == sorted(cases)
    for row in rows:
        result = decide(builtin_questionnaire(), cases[row["case"]].answers)
        assert (row["verdict"], row["form"], row["rule"]) == (result.verdict, result.form, result.rule)


def test_cases_that_cannot_be_scored_stand_apart():
    assert {row["case"] for row in figures()["unscorable"]} == {"github-2020", "shob-marketplace-2025"}


def test_a_miss_says_what_happened():
    text = output()
    for miss in figures()["misses"]:
        case = next(case for case in published_cases() if case.id == miss["case"])
        assert case.outcome in text
        assert f"{miss['verdict']}/{miss['form']} by {miss['rule']}" in text


def test_every_rule_is_counted_and_those_with_a_single_case_are_named():
    found = figures()
    assert set(found["rules"]) == set(RULES)
    assert sum(len(ids) for ids in found["rules"].values()) == 43
    assert found["rules_with_one_case"] == [slug for slug, ids in found["rules"].items() if len(ids) == 1]


def test_a_rule_with_a_single_case_would_be_named():
    one = tuple(case for case in published_cases() if case.id == "twitter-2010")
    found = backtest(builtin_questionnaire(), one)
    assert found["rules_with_one_case"] == ["one-part"]


def test_each_playbook_is_counted_only_where_it_can_judge():
    found = figures()["playbooks"]
    assert list(found) == ["S0", "S1", "S2", "S3", "S4"]
    for row in found.values():
        assert 0 <= row["agrees"] <= row["judges"] <= row["of"] == 43


def test_it_says_plainly_that_nothing_is_tuned():
    assert figures()["leave_one_out"] is None
    assert figures()["tuned_by_data"] is False
    assert "nothing to leave out" in output()


def test_the_document_on_cases_tells_the_figures_of_today():
    document = " ".join((settings.BASE_DIR / "docs" / "cases.md").read_text("utf-8").split())
    found = figures()
    assert f"**{found['hits']} of {found['scorable']}**" in document
    same = found["always_the_same"]
    assert f"{same['stay']} with stay, {same['modular']} with modular and {same['extract']} with extract" in document
    assert f"those who decided hit {found['decided_themselves']}" in document
    assert all(f"`{miss['case']}`" in document for miss in found["misses"])
    for source, row in found["playbooks"].items():
        assert f"| {source} | {row['judges']} of {row['of']} | {row['agrees']} |" in document


def test_without_cases_it_still_prints():
    found = backtest(builtin_questionnaire(), ())
    assert (found["hits"], found["scorable"], found["playbooks"]) == (0, 0, {})
