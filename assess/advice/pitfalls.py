"""Pitfalls that the five documents name: which of them show in answers, a scan, calls and design decisions.

`pitfall_table.PITFALLS` has the pitfalls. Here is what a sign is, and when one shows. An answer that is not known and
a thing that a scan did not find never count as a sign.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from assess.advice.design_questions import DESIGN_QUESTIONS
from assess.decision.facade import Verdict, format_value
from assess.evidence.facade import UPPER_QUARTILE_CUT_SHARE, Scan
from assess.language import _, ngettext, number
from assess.measurements.facade import Call, Calls
from assess.questionnaire.facade import Answers, Question, Questionnaire, Value, is_asked

#: How often one service calls another within one trace before it is N+1: the ten items of S3's example.
MANY_CALLS: Final = 10
#: Services that one service calls at once: S0 counts a fan-out to five as a sign.
WIDE_FAN_OUT: Final = 5
#: Synchronous calls in a row, and calls in an average trace. Ours.
LONG_CHAIN: Final = 3
CHATTY_CALLS: Final = 5
#: From this share of merged changes on that touch two apps or more, the apps are not what changes on its own: the
#: upper end of what most of 25 measured monoliths have.
CHANGES_ACROSS: Final = 0.30
#: Apps that refer to one table before it is taken for a shared model. Ours.
SHARED_BY: Final = 3
#: Names of callers that run at the user's.
FRONTENDS: Final = frozenset({"frontend", "web", "webapp", "web-app", "spa", "browser", "mobile", "app", "client"})

ServiceShapes: Final = ("monolith_with_services", "services", "several_monoliths")
State = Literal["now", "later", "watch"]
Place = Literal["answer", "scan", "calls", "design"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """All that a pitfall may show in. `design` is the option chosen by design question, empty without any."""

    questionnaire: Questionnaire
    answers: Answers
    scan: Scan | None = None
    calls: Calls | None = None
    design: Mapping[str, str]

    @property
    def runs_services(self) -> bool:
        """Whether services are known to run: by the answer, or because a trace has calls between them."""
        return self.value("current_shape") in ServiceShapes or bool(self.calls and self.calls.calls)

    def value(self, key: str) -> Value | None:
        """The known answer to a question that is asked under the others; None without one."""
        question, answer = self.questionnaire.by_key.get(key), self.answers.get(key)
        if question is None or answer is None or not is_asked(question, self.answers):
            return None
        return answer.value


@dataclass(frozen=True, kw_only=True, slots=True)
class PitfallEvidence:
    """One fact that made a pitfall show: a sentence, where it is from, and the question's key for an answer."""

    sentence: str
    place: Place
    key: str = ""


@dataclass(frozen=True, slots=True)
class Answered:
    """That the answer is one of these, or has one of them ticked. Without any: that something is ticked."""

    key: str
    any_of: tuple[str, ...] = ()

    def __call__(self, facts: Facts) -> PitfallEvidence | None:
        value = facts.value(self.key)
        if isinstance(value, tuple):
            value = tuple(each for each in value if not self.any_of or each in self.any_of) or None
        elif value not in self.any_of:
            value = None
        return None if value is None else answer_evidence(facts.questionnaire.by_key[self.key], value)


@dataclass(frozen=True, slots=True)
class NothingTicked:
    """That the answer to a question with several options is "none of these"."""

    key: str

    def __call__(self, facts: Facts) -> PitfallEvidence | None:
        return answer_evidence(facts.questionnaire.by_key[self.key], ()) if facts.value(self.key) == () else None


@dataclass(frozen=True, slots=True)
class Counted:
    """That a number is known and in this range, `below` excluded."""

    key: str
    at_least: float = 0
    below: float = float("inf")

    def __call__(self, facts: Facts) -> PitfallEvidence | None:
        value = facts.value(self.key)
        if not isinstance(value, int | float) or not self.at_least <= value < self.below:
            return None
        return answer_evidence(facts.questionnaire.by_key[self.key], value)


@dataclass(frozen=True, slots=True)
class Guessed:
    """That the answer is known, and nothing but a guess."""

    key: str

    def __call__(self, facts: Facts) -> PitfallEvidence | None:
        if facts.value(self.key) is None or facts.answers[self.key].basis != "guess":
            return None
        sentence = _("{question} Only a guess so far.").format(question=facts.questionnaire.by_key[self.key].wording)
        return PitfallEvidence(sentence=sentence, place="answer", key=self.key)


@dataclass(frozen=True, slots=True)
class Decided:
    """That the team recorded one of these options for a design question."""

    key: str
    any_of: tuple[str, ...]

    def __call__(self, facts: Facts) -> PitfallEvidence | None:
        chosen = facts.design.get(self.key)
        question = DESIGN_QUESTIONS.get(self.key)
        option = question.option(chosen) if question and chosen and chosen in self.any_of else None
        if question is None or option is None:
            return None
        sentence = _("Design decision, {question}: {option}.")
        sentence = sentence.format(question=_(question.title), option=_(option.title).rstrip("."))
        return PitfallEvidence(sentence=sentence, place="design", key=self.key)


Condition = Callable[[Facts], PitfallEvidence | None]
#: Conditions that hold together.
Sign = tuple[Condition, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pitfall:
    """One pitfall of the documents. `title`, `harm` and `cure` are marked, to be translated where they are read.

    `source` names documents (S0…S4) with commas between. With `needs_services` it cannot hurt before services run.
    `show_for` has the verdicts under which it is worth watching while no service runs.
    """

    slug: str
    title: str
    harm: str
    cure: str
    source: str
    signs: tuple[Sign, ...]
    needs_services: bool = True
    show_for: tuple[Verdict, ...] = ("extract",)


@dataclass(frozen=True, kw_only=True, slots=True)
class PitfallFinding:
    """A pitfall and whether it shows. `state`: "now"; "later", it would hurt once services run; "watch", no sign."""

    pitfall: Pitfall
    state: State
    evidence: tuple[PitfallEvidence, ...] = ()

    @property
    def title(self) -> str:
        return _(self.pitfall.title)

    @property
    def harm(self) -> str:
        return _(self.pitfall.harm)

    @property
    def cure(self) -> str:
        return _(self.pitfall.cure)

    def to_json(self) -> dict[str, object]:
        """The pitfall by its slug, its state, and the facts that show it in words."""
        return {
            "pitfall": self.pitfall.slug,
            "state": self.state,
            "shown_by": [line.sentence for line in self.evidence],
        }


def find_pitfalls(facts: Facts, verdict: Verdict, pitfalls: tuple[Pitfall, ...]) -> tuple[PitfallFinding, ...]:
    """What shows now, then what would hurt once services run, then what to watch under this verdict; each in the
    order of the table."""
    found: dict[State, list[PitfallFinding]] = {"now": [], "later": [], "watch": []}
    for pitfall in pitfalls:
        evidence = find_evidence(pitfall, facts)
        is_relevant = facts.runs_services or verdict in pitfall.show_for
        if evidence and (facts.runs_services or not pitfall.needs_services):
            state: State = "now"
        elif is_relevant:
            state = "later" if evidence else "watch"
        else:
            continue
        found[state].append(PitfallFinding(pitfall=pitfall, state=state, evidence=evidence))
    return tuple(each for findings in found.values() for each in findings)


def find_evidence(pitfall: Pitfall, facts: Facts) -> tuple[PitfallEvidence, ...]:
    """Every fact of each sign that holds as a whole, each once. That services run is left out where more is said."""
    lines: dict[PitfallEvidence, None] = {}
    for sign in pitfall.signs:
        evidence = [condition(facts) for condition in sign]
        if all(evidence):
            lines |= dict.fromkeys(each for each in evidence if each)
    return tuple(line for line in lines if line.key != "current_shape") or tuple(lines)


def answer_evidence(question: Question, value: Value) -> PitfallEvidence:
    answer = format_value(question, value)
    sentence = _("{question} {answer}.").format(question=question.wording, answer=answer.rstrip("."))
    return PitfallEvidence(sentence=sentence, place="answer", key=question.key)


# --- what calls between services show


def calls_evidence(sentence: str) -> PitfallEvidence:
    return PitfallEvidence(sentence=sentence, place="calls")


def repeats_a_call(facts: Facts) -> PitfallEvidence | None:
    """The call that is made most often within one trace, from `MANY_CALLS` on."""
    calls = facts.calls.calls if facts.calls else ()
    most = max(calls, key=lambda call: call.most_in_a_trace, default=None)
    if most is None or most.most_in_a_trace < MANY_CALLS:
        return None
    sentence = _("{caller} calls {callee} {times} times within one request.")
    return calls_evidence(sentence.format(caller=most.caller, callee=most.callee, times=number(most.most_in_a_trace)))


def has_long_chain(facts: Facts) -> PitfallEvidence | None:
    synchronous = [call for call in facts.calls.calls if call.is_synchronous] if facts.calls else []
    deepest = max((call.deepest for call in synchronous), default=0)
    if deepest < LONG_CHAIN:
        return None
    return calls_evidence(_("A request waits for {count} calls in a row.").format(count=number(deepest)))


def is_synchronous_mesh(facts: Facts) -> PitfallEvidence | None:
    """That every call waits for its answer, in as many services as S0 counts as a fan-out."""
    calls = facts.calls.calls if facts.calls else ()
    services = {name for call in calls for name in (call.caller, call.callee)}
    if len(services) < WIDE_FAN_OUT or not all(call.is_synchronous for call in calls):
        return None
    return calls_evidence(
        _("{count} services call each other, and every call waits for its answer.").format(count=number(len(services)))
    )


def fans_out(facts: Facts) -> PitfallEvidence | None:
    callees = Counter(call.caller for call in facts.calls.calls) if facts.calls else Counter[str]()
    caller, count = next(iter(callees.most_common(1)), ("", 0))
    if count < WIDE_FAN_OUT:
        return None
    sentence = _("{caller} calls {count} other services.").format(caller=caller, count=number(count))
    return calls_evidence(sentence)


def is_chatty(facts: Facts) -> PitfallEvidence | None:
    if not facts.calls or not facts.calls.traces:
        return None
    average = sum(call.times for call in facts.calls.calls) / facts.calls.traces
    if average < CHATTY_CALLS:
        return None
    sentence = _("A request makes {count} calls between services on average.")
    return calls_evidence(sentence.format(count=number(round(average, 1))))


def shares_a_database(facts: Facts) -> PitfallEvidence | None:
    users: dict[str, list[str]] = {}
    for service, databases in sorted(facts.calls.databases.items()) if facts.calls else ():
        for database in databases:
            users.setdefault(database, []).append(service)
    shared = {database: services for database, services in users.items() if len(services) > 1}
    if not shared:
        return None
    database = max(shared, key=lambda name: len(shared[name]))
    sentence = _("{services} use the database {database}.")
    return calls_evidence(sentence.format(services=_(", ").join(shared[database]), database=database))


def frontend_calls_services(facts: Facts) -> PitfallEvidence | None:
    calls: tuple[Call, ...] = facts.calls.calls if facts.calls else ()
    called = Counter(call.caller for call in calls if call.caller.casefold() in FRONTENDS)
    caller, count = next(iter(called.most_common(1)), ("", 0))
    if count < 2:
        return None
    sentence = _("{caller} calls {count} services directly.").format(caller=caller, count=number(count))
    return calls_evidence(sentence)


# --- what a scan shows


def scan_evidence(sentence: str) -> PitfallEvidence:
    return PitfallEvidence(sentence=sentence, place="scan")


def has_foreign_keys_across(facts: Facts) -> PitfallEvidence | None:
    across = sum(facts.scan.foreign_keys.values()) if facts.scan else 0
    if not across:
        return None
    sentence = ngettext(
        "{count} foreign key leads from one app to another.",
        "{count} foreign keys lead from one app to another.",
        across,
    )
    return scan_evidence(sentence.format(count=number(across)))


def imports_across(facts: Facts) -> PitfallEvidence | None:
    """Apps with tables whose code others import: what S4's example shows as a model of another service."""
    scan = facts.scan
    across = sum(count for (_from, to), count in scan.imports.items() if scan.models_of.get(to)) if scan else 0
    if not across:
        return None
    sentence = _("{count} imports lead into apps that own tables. Each one becomes a call over the network.")
    return scan_evidence(sentence.format(count=number(across)))


def has_tangled_imports(facts: Facts) -> PitfallEvidence | None:
    share = facts.scan.cut_share if facts.scan else None
    if share is None or share <= UPPER_QUARTILE_CUT_SHARE:
        return None
    sentence = _("{share} % of the imports between apps would have to go before no cycle remains.")
    return scan_evidence(sentence.format(share=number(round(share * 100))))


def changes_across(facts: Facts) -> PitfallEvidence | None:
    share = facts.scan.across_share if facts.scan else None
    if share is None or share < CHANGES_ACROSS:
        return None
    sentence = _("{share} % of merged changes touch two apps or more.").format(share=number(round(share * 100)))
    return scan_evidence(sentence)


def has_shared_model(facts: Facts) -> PitfallEvidence | None:
    """The table of another app, users aside, that most apps refer to; from `SHARED_BY` apps on."""
    referring: dict[tuple[str, str], set[str]] = {}
    for each in facts.scan.relations if facts.scan else ():
        if each.to_app is not None and each.to_app != each.from_app and each.to_app not in user_apps(facts):
            referring.setdefault((each.to_app, each.to_model), set()).add(each.from_app)
    if not referring:
        return None
    app, model = max(sorted(referring), key=lambda key: len(referring[key]))
    if len(referring[app, model]) < SHARED_BY:
        return None
    sentence = _("{count} apps refer to {model} of {app}.")
    return scan_evidence(sentence.format(count=number(len(referring[app, model])), model=model, app=app))


def user_apps(facts: Facts) -> frozenset[str]:
    return facts.scan.user_apps if facts.scan else frozenset()


def refers_to_users(facts: Facts) -> PitfallEvidence | None:
    """How many apps refer to the user model, from half of those with tables on."""
    scan = facts.scan
    if scan is None or not scan.user_apps:
        return None
    apps = {start for start, end in scan.foreign_keys if end in scan.user_apps and start not in scan.user_apps}
    others = [app for app in scan.models_of if app not in scan.user_apps]
    if not apps or 2 * len(apps) < len(others):
        return None
    sentence = _("{count} of {of} apps have foreign keys to the app of the user model.")
    return scan_evidence(sentence.format(count=number(len(apps)), of=number(len(others))))


def has_kernel_app(facts: Facts) -> PitfallEvidence | None:
    """The app with tables that most others import, from half of them on."""
    scan = facts.scan
    if scan is None:
        return None
    importing = Counter(to for start, to in scan.imports if scan.models_of.get(to) and start != to)
    app, count = next(iter(importing.most_common(1)), ("", 0))
    others = len(scan.apps) - 1
    if count < SHARED_BY or 2 * count < others:
        return None
    sentence = _("{count} of {of} other apps import {app}, which owns tables.")
    return scan_evidence(sentence.format(count=number(count), of=number(others), app=app))
