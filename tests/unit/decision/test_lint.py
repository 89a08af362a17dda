"""Each fault that a questionnaire can carry is caught by name, and the shipped one carries none."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from assess.decision.argue import find_contradictions
from assess.decision.facts import RULE_KEYS
from assess.decision.lint import lint, locate_issues
from assess.decision.meanings import MEANINGS
from assess.decision.representatives import representative_values
from assess.questionnaire.loader import load_questionnaire
from assess.questionnaire.schema import AXES, Answer, Condition, Option, OwnAxis, Question, Questionnaire, Reading
from assess.questionnaire.validation import ValidationFailed
from assess.questionnaire_files import BUILTIN_FILE, builtin_questionnaire, questionnaire_schema
from tests.unit.decision.strategies import QUESTIONNAIRE

Change = Callable[[Questionnaire], Questionnaire]


def changed(key: str, edit: Callable[[Question], Question | None]) -> Change:
    """The questionnaire with this one question edited, or removed where `edit` gives None."""

    def change(questionnaire: Questionnaire) -> Questionnaire:
        sections = []
        for section in questionnaire.sections:
            questions = [edit(question) if question.key == key else question for question in section.questions]
            kept = tuple(question for question in questions if question is not None)
            if kept:
                sections.append(replace(section, questions=kept))
        return replace(questionnaire, sections=tuple(sections))

    return change


def removed(*keys: str) -> Change:
    def change(questionnaire: Questionnaire) -> Questionnaire:
        for key in keys:
            questionnaire = changed(key, lambda _: None)(questionnaire)
        return questionnaire

    return change


def levels(key: str, **new: int) -> Change:
    """Other levels for this question's options."""
    return changed(key, lambda q: replace(q, reads=replace(q.reads, levels={**q.reads.levels, **new})))


def reading(key: str, **fields: object) -> Change:
    return changed(key, lambda q: replace(q, reads=replace(q.reads, **fields)))


def without_options(key: str, *slugs: str) -> Change:
    """As if these options had never been offered."""

    def edit(question: Question) -> Question:
        reads = question.reads
        if reads:
            reads = replace(reads, levels={slug: n for slug, n in reads.levels.items() if slug not in slugs})
        return replace(question, options=tuple(o for o in question.options if o.value not in slugs), reads=reads)

    return changed(key, edit)


def with_question(**fields: object) -> Change:
    """One more question, with three options a, b and c unless told otherwise."""
    options = tuple(Option(value=slug, label=slug, means=slug) for slug in "abc")
    usual: dict[str, object] = {
        "key": "own",
        "section": "people",
        "kind": "choice",
        "wording": "Our own?",
        "hint": "Ours.",
        "why": "Ours.",
        "sources": ("ours",),
        "options": options,
    }
    question = Question(**{**usual, **fields})  # type: ignore[arg-type]  # the fields above, and what the test adds

    def change(questionnaire: Questionnaire) -> Questionnaire:
        last = questionnaire.sections[-1]
        return replace(
            questionnaire,
            sections=(*questionnaire.sections[:-1], replace(last, questions=(*last.questions, question))),
        )

    return change


def with_audit_question(*, weight: int = 100, **fields: Any) -> Change:
    """One more question, which counts on an axis of its own, the audit."""
    reads = Reading(axis="audit", signal="own", weight=weight, levels=fields.pop("levels", {"a": 0, "b": 40, "c": 100}))

    def change(questionnaire: Questionnaire) -> Questionnaire:
        axis = OwnAxis(slug="audit", title="Ready for an audit?", means="Every change has a name to it.")
        return replace(with_question(reads=reads, **fields)(questionnaire), own_axes=(axis,))

    return change


def found(change: Change) -> set[tuple[str, str]]:
    return {(issue.code, issue.key) for issue in lint(change(QUESTIONNAIRE))}


def test_the_shipped_questionnaire_has_no_fault():
    assert lint(QUESTIONNAIRE) == ()


WAITING_NEVER_ACUTE = levels("deploy_waiting", never=0, sometimes=10, often=20, always=25)


@pytest.mark.parametrize(
    ("fault", "change", "expected"),
    [
        (
            "an option that a rule needs cannot be chosen",
            without_options("product_stage", "searching"),
            ("option_missing", "product_stage.options"),
        ),
        (
            "a dead rule, since releases that wait never become acute",
            WAITING_NEVER_ACUTE,
            ("dead_rule", "organisation"),
        ),
        (
            "a dead rule, since an option it needs cannot be chosen",
            without_options("current_shape", "monolith_with_services", "services"),
            ("dead_rule", "services-serve"),
        ),
        (
            "a form that no answers lead to",
            without_options("motives", "imitation", "new_technology", "avoid_cleanup", "vague_performance"),
            ("unreachable_form", "motives"),
        ),
        (
            "a form out of reach, since a gate stays shut",
            without_options("boundaries", "named", "enforced"),
            ("unreachable_form", "hot_part"),
        ),
        ("a key that the rules read is missing", removed("tracing"), ("key_missing", "tracing")),
        (
            "a rule's question asked as another type",
            changed("teams", lambda q: replace(q, kind="choice", options=QUESTIONNAIRE.by_key["scope"].options)),
            ("kind_unknown_to_rules", "teams.type"),
        ),
        (
            "an option that the rules need was renamed",
            changed(
                "ci_cd",
                lambda q: replace(
                    q,
                    options=tuple(replace(o, value="auto") if o.value == "pipeline" else o for o in q.options),
                    reads=replace(q.reads, levels={"manual": 0, "scripted": 30, "auto": 80, "continuous": 100}),
                ),
            ),
            ("option_missing", "ci_cd.options"),
        ),
        (
            "an option that the rules take for a no",
            changed(
                "hiring",
                lambda q: replace(
                    q,
                    options=(*q.options, Option(value="fine", label="F", means="F.")),
                    reads=replace(q.reads, levels={**q.reads.levels, "fine": 100}),
                ),
            ),
            ("option_unknown_to_rules", "hiring.options[4].value"),
        ),
        (
            "bounds under which a fact is always the same",
            changed("deploy_minutes", lambda q: replace(q, maximum=30)),
            ("fact_one_way", "deploy_minutes.options"),
        ),
        (
            "a gate that cannot pass",
            without_options("central_logging", "planned", "in_place"),
            ("fact_one_way", "central_logging.options"),
        ),
        (
            "a question that nobody reads",
            with_question(key="favourite_colour"),
            ("unread_question", "favourite_colour"),
        ),
        (
            "a condition that is always met",
            changed(
                "services",
                lambda q: replace(
                    q, asked_when=(Condition(key="current_shape", any_of=MEANINGS["current_shape"].scale),)
                ),
            ),
            ("condition_without_effect", "services.asked_when"),
        ),
        (
            "a question that is never skipped",
            changed(
                "models",
                lambda q: replace(q, skipped_unless=Condition(key="scope", any_of=("whole_system", "one_part"))),
            ),
            ("condition_without_effect", "models.skipped_unless"),
        ),
        (
            "an option that is always shown",
            changed(
                "tests",
                lambda q: replace(
                    q,
                    options=(
                        *q.options[:-1],
                        replace(
                            q.options[-1], shown_when=(Condition(key="scope", any_of=("whole_system", "one_part")),)
                        ),
                    ),
                ),
            ),
            ("condition_without_effect", "tests.options[3].shown_when"),
        ),
        (
            "levels that are all the same",
            levels("gateway", none=50, planned=50, in_place=50),
            ("reading_without_effect", "gateway.reads.levels"),
        ),
        (
            "two options of the same level",
            levels("tests", patchy=100),
            ("level_without_effect", "tests.reads.levels"),
        ),
        (
            "anchors beyond what can be entered",
            reading("models", comfortable=200_000, acute=300_000),
            ("reading_without_effect", "models.reads.acute"),
        ),
        (
            "a weight too small to move its axis",
            with_question(reads=Reading(axis="devops", signal="own", weight=1, levels={"a": 0, "b": 1, "c": 2})),
            ("weight_without_effect", "own.reads.weight"),
        ),
        (
            "a pain that hurts whatever is answered, so that a blank beats an honest answer",
            levels("team_collisions", never=30, monthly=40),
            ("blank_beats_answer", "team_collisions.reads.levels"),
        ),
        (
            "a number that hurts whatever is entered",
            reading("hot_share", comfortable=-100.0, acute=40.0),
            ("blank_beats_answer", "hot_share.reads.acute"),
        ),
        (
            "a reversed scale of readiness",
            levels("tracing", none=100, planned=70, partial=40, every_request=0),
            ("reversed_scale", "tracing.reads.levels"),
        ),
        (
            "a reversed scale of pain",
            levels("change_breakage", never=100, rarely=55, monthly=15, weekly=0),
            ("reversed_scale", "change_breakage.reads.levels"),
        ),
        (
            "a reversed scale of an own question",
            with_question(reads=Reading(axis="people", signal="own", weight=50, levels={"a": 100, "b": 60, "c": 0})),
            ("reversed_scale", "own.reads.levels"),
        ),
        (
            "a reversed number",
            reading("deploy_minutes", comfortable=30, acute=10),
            ("reversed_scale", "deploy_minutes.reads.acute"),
        ),
        (
            "levels that go up and down",
            levels("boundaries", sketched=90, named=40),
            ("unordered_levels", "boundaries.reads.levels"),
        ),
        (
            "levels of an own question that go up and down",
            with_question(reads=Reading(axis="people", signal="own", weight=50, levels={"a": 0, "b": 100, "c": 40})),
            ("unordered_levels", "own.reads.levels"),
        ),
        (
            "an acute signal that no rule reads",
            with_question(reads=Reading(axis="deployable", signal="compliance", levels={"a": 0, "b": 30, "c": 80})),
            ("acute_signal_unread", "own.reads.levels"),
        ),
        (
            "an axis without questions",
            removed("hiring", "distributed_experience"),
            ("axis_without_questions", "people"),
        ),
        (
            "a pain that is never acute",
            lambda q: levels("team_collisions", weekly=35, daily=40)(
                levels("change_breakage", monthly=20, weekly=40)(q)
            ),
            ("axis_never_acute", "boundary"),
        ),
        (
            "an own axis that no question counts on",
            lambda q: replace(q, own_axes=(OwnAxis(slug="audit", title="Audit", means="Ready."),)),
            ("axis_without_questions", "audit"),
        ),
        (
            "an own axis that is never full",
            lambda q: with_audit_question(levels={"a": 0, "b": 40, "c": 80})(q),
            ("axis_never_full", "audit"),
        ),
        (
            "an own axis that is never empty",
            lambda q: with_audit_question(levels={"a": 10, "b": 40, "c": 100})(q),
            ("axis_never_empty", "audit"),
        ),
        (
            "a weight too small to move an own axis",
            lambda q: with_audit_question(key="little", weight=1, levels={"a": 0, "b": 1, "c": 2})(
                with_audit_question()(q)
            ),
            ("weight_without_effect", "little.reads.weight"),
        ),
        (
            "a scale of an own axis that is turned round",
            lambda q: with_audit_question(levels={"a": 100, "b": 40, "c": 0})(q),
            ("reversed_scale", "own.reads.levels"),
        ),
        (
            "a text that does not say that nothing reads it",
            with_question(kind="text", options=()),
            ("unread_question", "own"),
        ),
        (
            "a question of the rules that claims to be read by nothing",
            changed("migration_horizon", lambda q: replace(q, reads=None, unscored=True)),
            ("unscored_but_read", "migration_horizon.unscored"),
        ),
        ("readiness that is never full", levels("budget", approved=90), ("axis_never_full", "business")),
        ("readiness that is never empty", levels("on_call", none=10), ("axis_never_empty", "devops")),
    ],
)
def test_each_injected_fault_is_caught_by_name(fault, change, expected):
    issues = found(change)
    assert expected in issues, fault


@pytest.mark.parametrize(
    ("signal", "versions"), [("waiting", ()), ("rhythm", (1,)), ("spread", (1,)), ("uneven", (2,))]
)
def test_an_acute_signal_is_refused_where_no_rule_of_the_model_that_judges_reads_it(signal, versions):
    """Model 2 reads rhythm and faults that spread; that parts differ it reads by the two questions that ask for it."""
    own = with_question(reads=Reading(axis="deployable", signal=signal, levels={"a": 0, "b": 30, "c": 80}))
    refused = [
        version
        for version in (1, 2)
        if "acute_signal_unread" in {issue.code for issue in lint(own(builtin_questionnaire(version)))}
    ]
    assert tuple(refused) == versions


def test_an_own_axis_and_questions_that_nothing_reads_are_sound():
    assert found(with_audit_question()) == set()
    assert found(with_question(unscored=True)) == set()
    assert found(with_question(kind="text", options=(), unscored=True)) == set()


def test_a_text_is_told_to_say_that_nothing_reads_it_since_it_can_have_no_reading():
    (issue,) = lint(with_question(kind="text", options=())(QUESTIONNAIRE))
    assert "Add `unscored: true`" in issue.message
    assert "`reads`" not in issue.message


def test_a_verdict_that_cannot_be_reached_is_named():
    """No gate can open and services never run, so nothing is ever extracted."""

    def change(questionnaire):
        questionnaire = without_options("ci_cd", "pipeline", "continuous")(questionnaire)
        return without_options("current_shape", "services", "monolith_with_services", "several_monoliths")(
            questionnaire
        )

    issues = found(change)
    assert ("unreachable_verdict", "extract") in issues
    assert {key for code, key in issues if code == "dead_rule"} == {
        "services-strained",
        "services-serve",
        "one-part",
        "organisation",
        "services-unproven",
    }
    assert {key for code, key in issues if code == "unreachable_form"} == {
        "consolidate",
        "keep",
        "hot_part",
        "organisation",
    }


def test_without_pain_only_staying_is_left():
    def calm(questionnaire):
        keys = [
            question.key for question in questionnaire.questions if question.reads and question.reads.axis in AXES[:2]
        ]
        asked_after = [question.key for question in questionnaire.questions if question.conditions]
        return removed("current_shape", *keys, *asked_after)(questionnaire)

    unreachable = {key for code, key in found(calm) if code == "unreachable_verdict"}
    assert unreachable == {"modular", "extract"}


def test_a_negative_weight_is_refused_before_the_linter_sees_it():
    """With one, a blank would beat an honest answer on the axis."""
    content = BUILTIN_FILE.read_bytes().replace(b"weight: 40, levels: {hard: 0", b"weight: -40, levels: {hard: 0")
    with pytest.raises(ValidationFailed) as caught:
        load_questionnaire(content, file="own.yaml", schema=questionnaire_schema())
    assert [(issue.code, issue.key) for issue in caught.value.issues] == [("out_of_range", "hiring.reads.weight")]


@pytest.mark.parametrize("key", sorted(RULE_KEYS))
def test_the_loss_of_each_question_that_the_rules_read_is_named_with_its_consequence(key):
    dependants = [q.key for q in QUESTIONNAIRE.questions if key in [condition.key for condition in q.conditions]]
    issues = lint(removed(key, *dependants)(QUESTIONNAIRE))
    (missing,) = [issue for issue in issues if issue.code == "key_missing" and issue.key == key]
    assert MEANINGS[key].without
    assert MEANINGS[key].without in missing.message


def test_a_question_that_rules_read_says_in_its_record_what_is_lost_without_it_and_no_other_does():
    assert {key for key, meaning in MEANINGS.items() if meaning.without} == RULE_KEYS


def test_the_scales_name_every_question_of_the_shipped_edition_with_its_options():
    for question in QUESTIONNAIRE.questions:
        if question.kind == "number":
            assert MEANINGS[question.key].kind == "number"
        elif question.kind != "text" and question.key != "special_needs":
            assert tuple(option.value for option in question.options) == MEANINGS[question.key].scale


def test_questions_said_to_be_read_elsewhere_are_read_there():
    """A pair of answers to each exists that contradict each other."""
    by_key = QUESTIONNAIRE.by_key
    for key in {key for key, meaning in MEANINGS.items() if meaning.read_by} - {"part_name", "special_needs"}:
        pairs = (
            {key: Answer(value=value), other.key: Answer(value=another)}
            for other in QUESTIONNAIRE.questions
            for value in representative_values(by_key[key])
            for another in representative_values(other)
        )
        assert any(find_contradictions(QUESTIONNAIRE, answers) for answers in pairs), key


def test_an_own_question_with_an_effect_is_no_fault():
    own = Reading(axis="people", signal="own", weight=50, levels={"a": 0, "b": 60, "c": 100})
    assert lint(with_question(reads=own)(QUESTIONNAIRE)) == ()


def test_an_own_pain_that_boundaries_cure_is_no_fault():
    own = Reading(axis="boundary", signal="own", levels={"a": 0, "b": 60, "c": 100})
    assert lint(with_question(reads=own)(QUESTIONNAIRE)) == ()


def test_problems_are_placed_on_the_lines_of_the_file():
    content = BUILTIN_FILE.read_bytes()
    broken = content.replace(b"levels: {hard: 0, mixed: 50, easy: 100}", b"levels: {hard: 100, mixed: 50, easy: 0}")
    assert broken != content
    questionnaire = load_questionnaire(broken, file="own.yaml", schema=questionnaire_schema())
    (issue,) = locate_issues(lint(questionnaire), broken, file="own.yaml")
    assert issue.line is not None
    assert b"hard: 100" in broken.splitlines()[issue.line - 1]
    assert str(issue).startswith(f"own.yaml:{issue.line}: hiring.reads.levels: Turn the levels round")


def test_the_command_says_that_the_shipped_file_has_no_problems():
    out = StringIO()
    call_command("lint_questionnaire", str(BUILTIN_FILE), stdout=out)
    assert "split-checklist-2.yaml: no problems." in out.getvalue()


def lint_file(path: Path) -> CommandError:
    with pytest.raises(CommandError) as caught:
        call_command("lint_questionnaire", str(path))
    return caught.value


def test_the_command_prints_every_fault_and_exits_with_2(tmp_path):
    content = BUILTIN_FILE.read_text("utf-8")
    content = content.replace("{hard: 0, mixed: 50, easy: 100}", "{hard: 100, mixed: 50, easy: 0}")
    content = content.replace("approved: 100}", "approved: 90}")
    path = tmp_path / "own.yaml"
    path.write_text(content, "utf-8")
    error = lint_file(path)
    assert error.returncode == 2
    lines = str(error).splitlines()
    assert len(lines) == 2
    assert "hiring.reads.levels: Turn the levels round" in lines[0]
    assert "business: Let the best answers on `business` read as 100" in lines[1]


def test_the_command_prints_what_the_loader_refuses_and_exits_with_2(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("questionnaire: ours\n", "utf-8")
    error = lint_file(path)
    assert error.returncode == 2
    assert "own.yaml:1: version: Add `version`" in str(error)


def test_the_command_names_a_file_that_cannot_be_read(tmp_path):
    error = lint_file(tmp_path / "none.yaml")
    assert error.returncode == 2
    assert "Name a file that can be read" in str(error)
