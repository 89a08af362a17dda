"""Design decisions: what each option must say, when each is asked, and what proposes an option and what does not."""

import pytest
from django.db.models import CharField

from assess.advice.design_proposals import BY_ANSWER, BY_TOOL, propose_design
from assess.advice.design_questions import DESIGN_QUESTIONS, is_design_asked
from assess.advice.design_records import PHASE_WORDS, DesignQuestion
from assess.decision.facade import FORM_WORDS, SOURCES
from assess.evidence.candidates import Candidate, build_candidates
from assess.evidence.choices import Choices, read_choices
from assess.evidence.inventory import build_inventory
from assess.evidence.records import Scan, read_evidence
from assess.evidence.scanner.capabilities import TOOLS
from assess.measurements.facade import Call, Calls
from assess.planning.models import DesignDecision
from assess.questionnaire.facade import Answer
from assess.questionnaire_files import builtin_questionnaire
from tests.evidence_samples import shop_evidence

QUESTIONS = list(DESIGN_QUESTIONS.values())
ADVISERS = {*SOURCES, "ours"}


def by_slug(question: DesignQuestion) -> str:
    return question.slug


@pytest.mark.parametrize("question", QUESTIONS, ids=by_slug)
def test_every_option_says_what_it_gains_costs_and_when_to_choose_it_with_its_source(question: DesignQuestion) -> None:
    assert len(question.options) >= 2
    assert question.title
    assert question.why
    assert question.phase in PHASE_WORDS
    assert len({option.slug for option in question.options}) == len(question.options)
    for option in question.options:
        assert option.says, option.slug
        assert ADVISERS.issuperset(option.says), option.slug
        texts = (option.title, option.gains, option.costs, option.choose, *option.says.values())
        assert all(text.strip() for text in texts), option.slug
    assert all(text and ADVISERS.issuperset(sources.split(", ")) for text, sources in question.figures)


def test_slugs_fit_the_columns_that_keep_them() -> None:
    for field, slugs in (
        ("key", [question.slug for question in QUESTIONS]),
        ("option", [option.slug for question in QUESTIONS for option in question.options]),
    ):
        column = DesignDecision._meta.get_field(field)
        assert isinstance(column, CharField)
        assert column.max_length is not None
        assert max(map(len, slugs)) <= column.max_length


def test_forms_and_shapes_are_those_of_verdicts_and_of_the_questionnaire() -> None:
    shapes = {option.value for option in builtin_questionnaire().by_key["current_shape"].options}
    for question in QUESTIONS:
        assert set(question.forms) <= set(FORM_WORDS), question.slug
        assert set(question.shapes) <= shapes, question.slug


def test_extracting_asks_all_but_what_is_for_running_services_alone_and_staying_asks_nearly_nothing() -> None:
    def asked(form: str, shape: str = "monolith") -> set[str]:
        return {question.slug for question in QUESTIONS if is_design_asked(question, form, shape)}

    assert asked("hot_part") == asked("organisation") == set(DESIGN_QUESTIONS)
    assert asked("healthy") == asked("motives") == set()
    assert asked("offload") == {"cache"}
    assert {"shared_code", "contracts", "references", "boundary_gain"} <= asked("cure") < asked("hot_part")
    assert {"calls", "circuit_breaker", "tracing_tool"} <= asked("healthy", "services")
    assert "language" not in asked("keep", "services")


def test_every_rule_of_a_proposal_names_a_decision_an_option_and_an_answer_or_a_tool_that_exist() -> None:
    questionnaire = builtin_questionnaire()
    for slug, option, key, values, _why in BY_ANSWER:
        assert DESIGN_QUESTIONS[slug].option(option), (slug, option)
        assert set(values) <= {each.value for each in questionnaire.by_key[key].options}, (slug, key)
    for slug, option, kind, names, _source in BY_TOOL:
        assert DESIGN_QUESTIONS[slug].option(option), (slug, option)
        assert set(names) <= {tool.name for tool in TOOLS if tool.kind == kind}, (slug, kind)
        assert any(tool.kind == kind for tool in TOOLS)


def test_each_answer_fires_its_proposal_and_no_other_answer_to_that_question_does() -> None:
    questionnaire = builtin_questionnaire()
    for key in {key for _slug, _option, key, _values, _why in BY_ANSWER}:
        question = questionnaire.by_key[key]
        for value in (each.value for each in question.options):
            answer = Answer(value=(value,) if question.kind == "several" else value)
            expected: dict[str, str] = {}
            for slug, option, asked, values, _why in BY_ANSWER:
                if asked == key and value in values:
                    expected.setdefault(slug, option)
            found = propose_design({key: answer})
            assert {slug: one.option for slug, one in found.items()} == expected, (key, value)
            assert all(one.basis == "answer" and one.reason for one in found.values())


def test_nothing_known_proposes_nothing() -> None:
    assert propose_design({}) == {}
    assert propose_design({"tech_lock_in": Answer(value=None), "motives": Answer(value=())}) == {}
    assert propose_design({}, calls=Calls(calls=(), traces=0, databases={})) == {}


def scan_with(kind: str, name: str, *, how: tuple[str, ...]) -> Scan:
    tool = {"kind": kind, "name": name, "listed": [], "imported": [], "configured": []} | {each: ["a"] for each in how}
    return read_evidence(shop_evidence(capabilities=[tool], models=[], relations=[]))


@pytest.mark.parametrize(("slug", "option", "kind", "names", "source"), BY_TOOL, ids=lambda each: str(each))
def test_a_tool_in_use_proposes_its_option_and_one_that_is_only_listed_does_not(
    slug: str, option: str, kind: str, names: tuple[str, ...], source: str
) -> None:
    for name in names or [next(tool.name for tool in TOOLS if tool.kind == kind)]:
        for how in (("configured",), ("listed", "imported")):
            found = propose_design({}, scan_with(kind, name, how=how))
            assert found[slug].option in {
                each for one, each, of, _names, _source in BY_TOOL if (one, of) == (slug, kind)
            }
            assert name in found[slug].reason
            assert found[slug].basis == "scan"
        assert propose_design({}, scan_with(kind, name, how=("listed",))) == {}


def first_candidate(scan: Scan, choices: Choices) -> Candidate:
    inventory = build_inventory(scan, choices)
    assert inventory is not None
    return next(each for each in build_candidates(inventory).everything if each.app == "orders")


def test_foreign_keys_across_the_candidates_border_propose_ids_and_a_cacheable_load_a_cache() -> None:
    scan = read_evidence(shop_evidence())
    rows = [{"name": "orders", "load": "30", "cacheable": "80"}]
    choices, issues = read_choices({"is_typed": False, "load_from": "profiler", "rows": rows})
    assert not issues
    found = propose_design({}, scan, candidate=first_candidate(scan, choices))
    # user, product, and the payment's and the report's order
    assert found["references"].option == "id_columns"
    assert "4 foreign keys cross the border of orders" in found["references"].reason
    assert "80 %" in found["cache"].reason
    assert found["database_kind"].option == "by_tables"
    without = propose_design({}, scan, candidate=first_candidate(scan, Choices()))
    assert "cache" not in without
    assert "references" not in propose_design({}, scan)


def test_measured_calls_propose_and_count_for_more_than_answers() -> None:
    chain = Call(caller="web", callee="orders", times=9, deepest=4)
    many = Call(caller="orders", callee="catalog", times=40, most_in_a_trace=20)
    calls = Calls(calls=(chain, many), traces=2, databases={"orders": ("shop",), "catalog": ("shop", "search")})
    found = propose_design({"platform_team": Answer(value="none")}, calls=calls)
    assert found["calls"].option == "asynchronous"
    assert "4 synchronous calls" in found["calls"].reason
    assert found["read_across"].option == "batch_api"
    assert "20 times" in found["read_across"].reason
    assert found["data"].option == "schema_each"
    assert "catalog and orders" in found["data"].reason
    assert {found[slug].basis for slug in ("calls", "read_across", "data", "timeouts")} == {"measurement"}
    short = Calls(
        calls=(Call(caller="web", callee="orders", times=9, deepest=2, most_in_a_trace=9),
               Call(caller="web", callee="mail", times=9, deepest=7, is_synchronous=False)),
        traces=2, databases={"orders": ("a",), "web": ("b",)},
    )  # fmt: skip
    assert propose_design({}, calls=short) == {}
