"""In a made-up language nothing that the decision says is still English, and afterwards it speaks English again."""

import random
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields, is_dataclass, replace
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract

from assess import decision, language
from assess.cases_file import published_cases
from assess.decision import decide
from assess.decision.alternatives import list_alternatives, merge_numbers
from assess.decision.argue import argue, describe_change, describe_flip, find_contradictions
from assess.decision.case_reader import load_cases
from assess.decision.cases import Case
from assess.decision.changes import change_between
from assess.decision.compare_models import EarlierVerdict, compare_models
from assess.decision.disagreement import AnswerSheet, Given, describe_between, measure_spread
from assess.decision.facade import REQUESTS, REQUESTS_GATES_OPEN
from assess.decision.facts import read_facts
from assess.decision.lint import lint
from assess.decision.model_page import build_page_blocks
from assess.decision.playbooks import judge_playbooks, where_they_part
from assess.decision.result import VERDICTS, Verdict
from assess.decision.rules import RULES, judge
from assess.decision.sensitivity import Systems, measure_sensitivity
from assess.decision.signals import format_value
from assess.decision.sources import SOURCES
from assess.decision.stations import build_stations
from assess.decision.sweep import sample_outcomes, sample_population
from assess.decision.wording import (
    AXIS_WORDS,
    CHECKLIST,
    FORM_WORDS,
    GATE_WORDS,
    GATES,
    VERDICT_WORDS,
    VERDICTS_INSIDE,
    title_of,
)
from assess.language import Translator
from assess.questionnaire.answers import read_answers
from assess.questionnaire.json_reader import read_document
from assess.questionnaire.schema import Answer, Answers, OwnAxis, Question, Questionnaire, Reading, Value
from assess.questionnaire.validation import ValidationFailed
from scripts.messages import KEYWORDS
from tests.unit.decision.strategies import QUESTIONNAIRE, answers, values_of
from tests.unit.decision.systems import WAITING
from tests.unit.decision.test_lint import changed, levels, reading, removed, with_question, without_options

DEMO = Path(__file__).resolve().parents[3] / "fixtures" / "demo"
CASES = published_cases()
SIGNS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "àƀćđéƒğĥíĵķĺḿńóƥʠŕśţúṽŵẋýźÀƁĆĐÉƑĞĤÍĴĶĹḾŃÓƤɊŔŚŢÚṼŴẊÝŹ",
)
PLACE = re.compile(r"(\{[a-z_]+\})")
ENGLISH = re.compile(r"[A-Za-z]{2,}")
#: Fields that hold slugs, keys, codes and the names of sources.
CODES = {
    *("axis", "code", "form", "gate", "kind", "questionnaire", "rule", "rule_source", "source", "state", "verdict"),
    *("weighs", "slug", "key", "keys", "ask_next", "open_keys", "decisive_open_keys", "possible_verdicts", "missing"),
    *("deciding_keys", "basis_counts"),
    *("agreed", "differing", "before", "after", "by_perspective", "not_sure_by", "not_applicable_by", "dropped"),
    *("new_open", "file"),
    "place",  # a heading of a source, quoted
}


def accented(text: str) -> str:
    """Every letter with a sign, places for values as they are."""
    return "".join(part if n % 2 else part.translate(SIGNS) for n, part in enumerate(PLACE.split(text)))


class Heard:
    """A speaker of the made-up language, and what it was asked to say."""

    def __init__(self) -> None:
        self.said: set[str] = set()
        self.speaker = Translator(
            gettext=self.gettext,
            ngettext=lambda one, many, count: self.gettext(one if count == 1 else many),
            day=lambda on: f"{on:%d.%m.%Y}",
            number=lambda value: f"{value:,}",
        )

    def gettext(self, text: str) -> str:
        self.said.add(text)
        return accented(text)


@contextmanager
def spoken(speaker: Translator) -> Iterator[None]:
    before = language._translator
    language.set_translator(speaker)
    try:
        yield
    finally:
        language.set_translator(before)


def translated(questionnaire: Questionnaire) -> Questionnaire:
    """The edition with its own texts in the made-up language."""

    def question(one: Question) -> Question:
        options = tuple(
            replace(option, label=accented(option.label), means=accented(option.means)) for option in one.options
        )
        texts = {name: accented(getattr(one, name)) for name in ("wording", "of_part", "hint", "why", "unit")}
        return replace(one, options=options, **texts)

    sections = tuple(
        replace(
            section,
            title=accented(section.title),
            intro=accented(section.intro),
            questions=tuple(question(one) for one in section.questions),
        )
        for section in questionnaire.sections
    )
    title, summary = accented(questionnaire.title), accented(questionnaire.summary)
    return replace(questionnaire, title=title, summary=summary, sections=sections)


FOREIGN = translated(QUESTIONNAIRE)


def texts_in(thing: Any) -> Iterator[str]:
    """Everything in it that people read. What a case tells is its own."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, Case):
        return  # quoted
    elif isinstance(thing, Mapping):
        for value in thing.values():
            yield from texts_in(value)
    elif isinstance(thing, list | tuple):
        for each in thing:
            yield from texts_in(each)
    elif is_dataclass(thing):
        for field in fields(thing):
            if field.name not in CODES and not (isinstance(thing, Given) and field.name == "value"):
                yield from texts_in(getattr(thing, field.name))


# --- answers in a wide spread


def told_sets() -> list[Answers]:
    """Those of the demo data and of the published cases, and some that few people would give."""
    demo = [
        read_answers(read_document(path.read_bytes(), file=path.name), QUESTIONNAIRE)
        for path in sorted(DEMO.glob("*.json"))
    ]
    assert len(demo) == 6
    services = {"current_shape": "services", "services": 60, "developers": 8, "teams": 1, "deploy_minutes": 240}
    rare = (
        {},
        answers(deploy_waiting="always", teams=2, platform_team="none", hiring="hard", migration_horizon="half_year"),
        answers(deploy_minutes=45),
        answers(team_collisions="daily"),
        answers(motives=("imitation", "avoid_cleanup"), team_collisions="never", change_breakage="never"),
        answers(load_fit="failing", scaling_profile="even", hot_share=5, tech_lock_in="none", deploy_waiting="never"),
        answers(load_fit="comfortable", tech_lock_in="blocking"),
        answers(load_fit="failing", tech_lock_in="blocking", boundaries="tangled", cross_boundary_transactions="many"),
        answers(
            **services,
            tracing="none",
            central_logging="none",
            infra_cost="painful",
            ownership="unclear",
            product_stage="searching",
            distributed_monolith_signs=("shared_database", "release_together", "contract_ripples"),
            cross_boundary_transactions="many",
            change_breakage="weekly",
            deploy_waiting="always",
        ),
        answers(deploy_waiting="always", scope="whole_system", developers=5, teams=1, migration_horizon="weeks"),
        answers(deploy_waiting="often", scope="one_part", teams=4),
        answers(current_shape="services", services=6, distributed_monolith_signs=(), tracing="none"),
        answers(load_fit="failing", scaling_profile="one_part_dominates", budget="none", slowdown_accepted="no"),
        answers(**WAITING),
    )
    return [*demo, *(case.answers for case in CASES), *rare]


def drawn_sets(size: int) -> list[Answers]:
    """Random ones in which much, or little, is known and some questions do not apply."""
    rng = random.Random(20261127)
    found = []
    for _n in range(size):
        known = rng.choice((0.15, 0.4, 0.7, 0.95, 1))
        drawn = {}
        for question in QUESTIONNAIRE.questions:
            if rng.random() < known:
                drawn[question.key] = Answer(value=rng.choice(values_of(question)))
            elif rng.random() < 0.1:
                drawn[question.key] = Answer(not_applicable="There is none.")
        found.append(drawn)
    return found


TOLD = told_sets()
DRAWN = drawn_sets(1200)


def said_quickly(questionnaire: Questionnaire, given: Answers) -> list[object]:
    """What is cheap to say about one set of answers."""
    playbooks = judge_playbooks(questionnaire, given)
    return [
        playbooks,
        where_they_part(playbooks),
        find_contradictions(questionnaire, given),
        [[one.question, one.answer, one.open_words] for one in build_stations(questionnaire, given)],
        [one.exit.condition for one in build_stations(questionnaire, given) if one.exit],
    ]


def argument_on(questionnaire: Questionnaire, given: Answers) -> list[object]:
    """Everything about one set of answers, as compared with another model and with other people too."""
    result = decide(questionnaire, given)
    argument = argue(questionnaire, given, result, CASES)
    changes = [change for flip in (*argument.flips, *argument.robustness.breaks_on) for change in flip.changes]
    said = EarlierVerdict(verdict="stay", form="healthy", questionnaire_version=0, model_version=0)
    newer = compare_models(said, before=questionnaire, newest=questionnaire, answers=given)
    return [
        result,
        argument,
        [one.sentence for one in argument.similar],
        [replace(one, agreed=one.agreed[:1], differing=()).sentence for one in argument.similar],
        [describe_change(questionnaire, change) for change in changes],
        [each.words for key in questionnaire.by_key for each in list_alternatives(questionnaire, given, key)],
        newer,
    ]


def disagreements(questionnaire: Questionnaire) -> list[object]:
    """Two to four people who answer every question differently."""
    found: list[object] = []
    for question in questionnaire.questions:
        values = values_of(question)[:4]
        sheets = [AnswerSheet(perspective="developer", answers={question.key: Answer(value=value)}) for value in values]
        spread = measure_spread(question, sheets)
        found += [spread, spread.lowest, spread.highest, describe_between(question, values[:2])]
        found += [describe_between(question, values), [format_value(question, value) for value in values]]
    return found


def with_own_readings() -> list[object]:
    """What only an organisation's own edition can lead to: other pains that are acute, and one of its own."""
    edits = (
        levels("scaling_profile", one_part_dominates=60),
        levels("infra_cost", painful=60),
        levels("deploy_demand", blocked=60),
        levels("load_fit", peaks_hurt=40),
        reading("models", comfortable=20, acute=50, top=60),
        reading("hot_share", comfortable=20, acute=40, top=60),
        with_question(key="own", reads=Reading(axis="boundary", signal="own", levels={"a": 0, "b": 20, "c": 60})),
        translated,
    )
    edition = reduce(lambda edition, change: change(edition), edits, QUESTIONNAIRE)
    painful = {"scaling_profile": "one_part_dominates", "infra_cost": "painful", "deploy_demand": "blocked"}
    given = answers(**painful, load_fit="peaks_hurt", models=120, hot_share=90, own="c")
    return [decide(edition, given)]


#: Answers that settle a verdict together with the shape, all guessed.
SIGNED = {"distributed_monolith_signs": Answer(value=("release_together",), basis="guess")}


def tables() -> list[object]:
    """What pages read by slug."""
    return [
        *(AXIS_WORDS, CHECKLIST, FORM_WORDS, GATE_WORDS, GATES, VERDICT_WORDS, VERDICTS_INSIDE),
        [(rule.sentence, rule.ours, rule.place) for rule in RULES.values()],
        title_of("extract", "keep"),
        decide(FOREIGN, {"current_shape": Answer(value="services", basis="guess"), **SIGNED}),
        [
            describe_flip(FOREIGN, change_between(FOREIGN.by_key[key], before, after))
            for key, before, after in (
                ("boundaries", None, "named"),
                ("teams", None, 3),
                ("distributed_monolith_signs", (), ("shared_database",)),
                ("distributed_monolith_signs", ("shared_database",), ()),
                ("distributed_monolith_signs", ("shared_database",), ("release_together",)),
            )
        ],
        [(source.short, source.told_by, source.gives) for source in SOURCES.values()],
        [source.title for source in SOURCES.values() if not source.titled],
    ]


def one_option_each(place: int) -> Any:
    """The edition in which every choice has only its first, or its last, option left."""
    choices = [question for question in QUESTIONNAIRE.questions if question.kind == "choice"]
    return lambda questionnaire: reduce(
        lambda edition, question: without_options(
            question.key, *(option.value for option in question.options if option != question.options[place])
        )(edition),
        choices,
        questionnaire,
    )


#: Editions with the faults that the linter names, several in one.
FAULTY = (
    [
        without_options("product_stage", "searching"),
        without_options("current_shape", "monolith_with_services", "services"),
        without_options("ci_cd", "pipeline", "continuous"),
        changed("teams", lambda q: replace(q, kind="choice", options=QUESTIONNAIRE.by_key["scope"].options)),
        with_question(key="favourite_colour"),
        levels("gateway", none=50, planned=50, in_place=50),
        levels("tests", patchy=100),
        levels("change_breakage", never=100, rarely=55, monthly=15, weekly=0),
        levels("tracing", none=100, planned=70, partial=40, every_request=0),
        levels("team_collisions", never=30, monthly=40),
        reading("deploy_minutes", comfortable=30, acute=10),
        levels("boundaries", sketched=90, named=40),
        levels("budget", approved=90),
        levels("on_call", none=10),
        with_question(reads=Reading(axis="devops", signal="own", weight=1, levels={"a": 0, "b": 1, "c": 2})),
    ],
    [
        removed("hiring", "distributed_experience", "ownership", "models"),
        levels("team_collisions", weekly=35, daily=40),
        levels("change_breakage", monthly=20, weekly=40),
        reading("hot_share", comfortable=-100.0, acute=40.0),
        changed("migration_horizon", lambda q: replace(q, reads=None, unscored=True)),
        with_question(kind="text", options=(), key="own_text"),
        lambda q: replace(q, own_axes=(OwnAxis(slug="audit", title="T", means="M"),)),
        with_question(reads=Reading(axis="deployable", signal="compliance", levels={"a": 0, "b": 30, "c": 80})),
    ],
    [
        changed(
            "services",
            lambda q: replace(
                q,
                asked_when=(
                    replace(
                        q.asked_when[0],
                        any_of=tuple(o.value for o in QUESTIONNAIRE.by_key["current_shape"].options),
                    ),
                ),
            ),
        ),
        changed("deploy_minutes", lambda q: replace(q, minimum=31)),
        levels("deploy_waiting", never=60, sometimes=70, often=80, always=90),
        changed(
            "hiring",
            lambda q: replace(
                q,
                options=tuple(replace(o, value="fine") if o.value == "easy" else o for o in q.options),
                reads=replace(q.reads, levels={"hard": 0, "mixed": 50, "fine": 100}),
            ),
        ),
    ],
    [removed(*(question.key for question in QUESTIONNAIRE.questions if question.key != "tests"))],
    [
        one_option_each(0),
        without_options("motives", "imitation", "new_technology", "avoid_cleanup", "vague_performance"),
        changed("deploy_minutes", lambda q: replace(q, maximum=30)),
    ],
    [one_option_each(-1)],
)
#: What a message names as it stands in the file: kinds, options, signals, verdicts, fields.
NAMED = re.compile(
    r"\b(number|waiting, load, lock_in, uneven, cost|hard, mixed, easy|tangled, sketched, named, enforced"
    r"|stay, modular, extract|split-checklist)\b"
)


def faults(questionnaire: Questionnaire) -> list[object]:
    editions = [reduce(lambda edition, change: change(edition), changes, questionnaire) for changes in FAULTY]
    return [NAMED.sub("", issue.message) for edition in editions for issue in lint(edition)]


def refusals() -> list[object]:
    """What is wrong with files of cases."""
    broken: dict[str, object] = {
        "id": "Not a slug",
        "year": 1066,
        "scorable": "yes",
        "decision_was_right": "perhaps",
        "stack": 1,
        "also_acceptable": "extract",
        "decision_taken": "move",
        "scope": "one_part",
        "sources": [],
        "system": "S",
        "outcome": "O",
        "lesson": "L",
        "verdict_in_hindsight": "stay",
        "confidence": "low",
        "answers": {"scope": "whole_system"},
        "evidence": {"moods": {}, "teams": "three"},
    }
    documents: list[object] = [
        [],
        {"questionnaire": "other", "version": 7, "cases": {}, "x": 1},
        {"questionnaire": QUESTIONNAIRE.slug, "version": QUESTIONNAIRE.version, "cases": [{}] * 501},
    ]
    sources = {**broken, "id": "twice", "evidence": [], "sources": [1]}
    whole = {"scorable": True, "year": 2020, "decision_was_right": True, "stack": "Django", "also_acceptable": []}
    whole |= {"decision_taken": "stay", "scope": "whole_system", "evidence": {}, "sources": ["told"]}
    good = {**broken, **whole, "id": "twice"}
    thin = {**good, "id": "thin", "also_acceptable": ["stay"], "answers": {"teams": 1}}
    cases = [1, {"id": "a", "x": 1}, broken, sources, good, good, thin]
    documents.append({"questionnaire": QUESTIONNAIRE.slug, "version": QUESTIONNAIRE.version, "cases": cases})
    found: list[object] = []
    for document in documents:
        with pytest.raises(ValidationFailed) as refused:
            load_cases(document, QUESTIONNAIRE)
        found += [NAMED.sub("", issue.message) for issue in refused.value.issues]
    return found


def page(questionnaire: Questionnaire) -> dict[str, str]:
    draw = random.Random(1)
    return build_page_blocks(
        questionnaire,
        sample=sample_outcomes(questionnaire, draw=draw.randrange, size=2000),
        population=sample_population(questionnaire, draw, 20),
        seed=1,
        sensitivity=measure_sensitivity(questionnaire, Systems(cases=(CASES[0].answers,), personas=())),
        remarks={},
        cases=CASES,
    )


def plain_page(blocks: Mapping[str, str]) -> Iterator[str]:
    """The page without slugs, which stand in code marks or before their level, and without what cases tell."""
    slugs = "|".join(sorted({option.value for q in QUESTIONNAIRE.questions for option in q.options}))
    for name, text in blocks.items():
        for case in sorted(CASES, key=lambda case: -len(case.system)):
            for own in filter(None, (case.system, case.outcome, case.lesson, case.not_weighed)):
                text = text.replace(own, "")
        text = re.sub(r"`[^`]*`", "", text)
        text = re.sub(rf"\b(?:{slugs}) (?=\d)", "", text) if name == "signals" else text
        # Named as the source of a reading.
        yield re.sub(r"(?<=[(|, ])ours(?=[ ,)|])", "", text)


def verdict_in_turn(value: Value) -> Verdict:
    """Another verdict for each of one, two and three."""
    assert isinstance(value, int)
    return VERDICTS[value - 1]


@pytest.fixture(scope="module")
def heard() -> tuple[Heard, list[str]]:
    """Everything said in the made-up language, and which sentences it was made of."""
    one = Heard()
    # Said in English first, so that nothing said before is kept and said again.
    for given in TOLD[:12]:
        argument_on(QUESTIONNAIRE, given)
    with spoken(one.speaker):
        told: list[object] = [argument_on(FOREIGN, given) for given in [*TOLD[:6], *TOLD[-10:], *DRAWN[:10]]]
        # A set with much open costs most, since every way to complete it is looked at.
        complete = [given for given in DRAWN if len(given) == len(QUESTIONNAIRE.questions)]
        told += [decide(FOREIGN, given) for given in [*TOLD, *DRAWN[:100], *complete]]
        told += [said_quickly(FOREIGN, given) for given in [*TOLD, *DRAWN]]
        told += [
            disagreements(FOREIGN),
            with_own_readings(),
            tables(),
            [one.words for one in merge_numbers(FOREIGN.by_key["teams"], [1, 2, 3], None, verdict_in_turn)],
            [text.format(system="", part="") for asked in (REQUESTS, REQUESTS_GATES_OPEN) for text in asked.values()],
            faults(FOREIGN),
            refusals(),
            [*plain_page(page(FOREIGN))],
        ]
        # While the speaker speaks: some words are said only when they are read.
        texts = list(dict.fromkeys(texts_in(told)))
    return one, texts


def left_in_english(text: str) -> list[str]:
    """Its plain words, but not a slug or key in code marks."""
    return ENGLISH.findall(re.sub(r"`[^`]*`", "", text))


def test_nothing_that_is_said_stays_english(heard: tuple[Heard, list[str]]) -> None:
    texts = heard[1]
    assert len(texts) > 1000
    english = [text for text in texts if left_in_english(text)]
    assert english == []


def sentences_of(folder: Path) -> set[str]:
    """Every sentence that translators get from these files."""
    found: set[str] = set()
    for path in sorted(folder.glob("*.py")):
        with open(path, "rb") as file:
            for _line, message, _comments, _context in extract("python", file, KEYWORDS):
                found.update(message if isinstance(message, tuple) else (message,))
    return found


def test_every_sentence_of_the_decision_was_said_and_every_one_said_reaches_translators(
    heard: tuple[Heard, list[str]],
) -> None:
    said = heard[0].said
    room = Path(decision.__file__).parent
    marked = sentences_of(room)
    assert len(marked) > 400
    assert marked - said == {
        # No definition that loads leads to these; they guard what a later format could allow.
        "Change the levels: leaving this blank scores better than the best honest answer",
    }
    meanings = sentences_of(room / "meanings")
    below = marked | meanings | sentences_of(room.parent / "questionnaire") | sentences_of(room.parent)
    assert said - below - {""} == set()


def test_the_answers_above_lead_to_every_rule_form_and_verdict() -> None:
    judged = [judge(read_facts(QUESTIONNAIRE, given)) for given in [*TOLD, *DRAWN]]
    assert {one.rule for one in judged} == set(RULES)
    assert {one.form for one in judged} == set(FORM_WORDS)
    assert {one.verdict for one in judged} == set(VERDICT_WORDS)


@pytest.mark.slow
def test_after_another_language_english_is_said_again() -> None:
    def said() -> list[object]:
        quickly = [said_quickly(QUESTIONNAIRE, given) for given in [*TOLD, *DRAWN[:200]]]
        return [*quickly, *(argument_on(QUESTIONNAIRE, given) for given in [*TOLD[:6], *TOLD[-10:]])]

    before = said()
    with spoken(Heard().speaker):
        foreign = said()
    assert foreign != before
    assert said() == before


def test_an_answer_within_a_sentence_is_small_in_english_only() -> None:
    given = answers(tracing="none", current_shape="services", boundaries="named")
    other = replace(QUESTIONNAIRE, language="de")
    label = QUESTIONNAIRE.by_key["boundaries"].option("named").label

    change = change_between(QUESTIONNAIRE.by_key["boundaries"], "named", "enforced")
    assert label[0].isupper()
    assert f"{label.lower()} → " in describe_change(QUESTIONNAIRE, change)
    assert f"{label} → " in describe_change(other, change)
    assert decide(other, given).verdict == decide(QUESTIONNAIRE, given).verdict
