"""What else argues about a verdict, each list with its finding: open answers, sources, cases, asking again."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from assess.decision.facade import VERDICTS, Argument, Likeness, Reason, Result, Verdict
from assess.language import N_, Words, _, capitalised, day, in_a_row, ngettext, number_word
from assess.questionnaire.facade import Question, Questionnaire

#: What one source, or several, would do.
ONE_WOULD: Words[Verdict] = Words(
    {"stay": N_("one would stay"), "modular": N_("one would go modular"), "extract": N_("one would extract")}
)
SOME_WOULD: Words[Verdict] = Words(
    {
        "stay": N_("{count} would stay"),
        "modular": N_("{count} would go modular"),
        "extract": N_("{count} would extract"),
    }
)
ALL_WOULD: Words[Verdict] = Words(
    {
        "stay": N_("All {count} sources would stay"),
        "modular": N_("All {count} sources would go modular"),
        "extract": N_("All {count} sources would extract"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenAnswers:
    """The open questions: those that can change the verdict, the most telling first, then the others."""

    decisive: tuple[Question, ...]
    others: tuple[Question, ...]

    @property
    def total(self) -> int:
        return len(self.decisive) + len(self.others)

    @property
    def finding(self) -> str:
        missing = self.total
        if not missing:
            return _("Every question has an answer")
        head = ngettext("{count} answer is missing", "{count} answers are missing", missing).format(
            count=capitalised(number_word(missing))
        )
        if not self.decisive:
            rest = ngettext("it cannot change the verdict", "none can change the verdict", missing)
        elif not self.others:
            rest = ngettext("it can change the verdict", "each may change the verdict", missing)
        else:
            rest = ngettext("only one can change the verdict", "{count} can change the verdict", len(self.decisive))
        return in_a_row([head, rest.format(count=number_word(len(self.decisive)))])


def build_open_answers(questionnaire: Questionnaire, result: Result) -> OpenAnswers:
    """The open questions of this result."""
    decisive = result.decisive_open_keys
    return OpenAnswers(
        decisive=tuple(questionnaire.by_key[key] for key in decisive),
        others=tuple(questionnaire.by_key[key] for key in result.open_keys if key not in decisive),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighing:
    """All reasons but the rule, which says no more than they do together; `beside` are those that carry no weight."""

    for_it: tuple[Reason, ...]
    against_it: tuple[Reason, ...]
    beside: tuple[Reason, ...]

    @property
    def finding(self) -> str:
        speak_for, speak_against = len(self.for_it), len(self.against_it)
        if not speak_for + speak_against:
            return _("No reason is known yet")
        head = ngettext("{count} reason speaks for it", "{count} reasons speak for it", speak_for)
        if not speak_for:
            head = _("No reason speaks for it")
        rest = _("{count} against") if speak_against else _("none against")
        return _("{head}, {rest}").format(
            head=head.format(count=capitalised(number_word(speak_for))),
            rest=rest.format(count=number_word(speak_against)),
        )


def build_weighing(result: Result, verdict: Verdict) -> Weighing:
    """The reasons of this result, by whether they speak for the verdict, strongest first."""
    reasons = [reason for reason in result.reasons if reason.kind != "rule"]
    weighing = [reason for reason in reasons if reason.weighs and reason.kind != "motive"]
    return Weighing(
        for_it=tuple(reason for reason in weighing if reason.weighs == verdict),
        against_it=tuple(reason for reason in weighing if reason.weighs != verdict),
        beside=tuple(reason for reason in reasons if reason not in weighing),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """How many of the five sources would do what; None for one that cannot judge."""

    verdicts: tuple[Verdict | None, ...]

    @property
    def finding(self) -> str:
        counts = Counter(self.verdicts)
        of = len(self.verdicts)
        if not any(verdict in counts for verdict in VERDICTS):
            return _("None of the {count} sources can judge these answers").format(count=number_word(of))
        parts = []
        for verdict in sorted(VERDICTS, key=lambda verdict: (-counts[verdict], VERDICTS.index(verdict))):
            if counts[verdict] == of:
                return ALL_WOULD[verdict].format(count=number_word(of))
            if counts[verdict]:
                pattern = ONE_WOULD[verdict] if counts[verdict] == 1 else SOME_WOULD[verdict]
                parts.append(pattern.format(count=number_word(counts[verdict])))
        if counts[None]:
            cannot = ngettext("one cannot judge", "{count} cannot judge", counts[None])
            parts.append(cannot.format(count=number_word(counts[None])))
        return _("Of the {of} sources {parts}").format(of=number_word(of), parts=_(", ").join(parts))


def build_sources(argument: Argument) -> Sources:
    """What each source alone would say, counted."""
    return Sources(verdicts=tuple(playbook.verdict for playbook in argument.playbooks))


@dataclass(frozen=True, kw_only=True, slots=True)
class Cases:
    """The published cases most like the answers."""

    similar: tuple[Likeness, ...]
    verdict: Verdict

    @property
    def agreeing(self) -> int:
        """How many decided as the verdict says."""
        return sum(each.case.decision_taken == self.verdict for each in self.similar)

    @property
    def finding(self) -> str:
        of, agreeing = len(self.similar), self.agreeing
        if not of:
            return _("No published system is like yours")
        if agreeing == of:
            return ngettext(
                "The published system like yours chose the same",
                "{of} published systems like yours chose the same",
                of,
            ).format(of=capitalised(number_word(of)))
        if not agreeing:
            return ngettext(
                "The published system like yours chose otherwise",
                "{of} published systems like yours chose otherwise",
                of,
            ).format(of=capitalised(number_word(of)))
        return _("{count} of {of} published systems like yours chose the same").format(
            count=capitalised(number_word(agreeing)), of=number_word(of)
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AskAgain:
    """When to ask again: on a day, or after so many months where no day is set, or when one of `conditions` happens."""

    months: int
    on: date | None
    conditions: tuple[str, ...]

    @property
    def finding(self) -> str:
        if self.on:
            when = _("Ask again on {day}").format(day=day(self.on))
        else:
            pattern = ngettext("Ask again in {count} month", "Ask again in {count} months", self.months)
            when = pattern.format(count=number_word(self.months))
        if not self.conditions:
            return when
        count = len(self.conditions)
        return ngettext(
            "{when}, or when one thing happens", "{when}, or when one of {count} things happens", count
        ).format(when=when, count=number_word(count))


def build_ask_again(argument: Argument, on: date | None = None) -> AskAgain:
    """When this verdict is to be asked again; `on` is the day where one is set."""
    return AskAgain(months=argument.ask_again_months, on=on, conditions=argument.revisit_when)
