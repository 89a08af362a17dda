"""What measurements say about answers. As with a scan, a proposal never decides: a person accepts or overrides it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

from assess.evidence.facade import Proposal, can_have, may_propose
from assess.language import _, ngettext, number
from assess.measurements.figures import count_deploys
from assess.measurements.load import propose_load
from assess.measurements.records import Deploys, Kind, Reading
from assess.questionnaire.facade import Answers, Questionnaire

#: Fewer deploys or days than this propose no answer: one slow day would decide it. Ours.
FEWEST_DEPLOYS: Final = 10
FEWEST_DAYS: Final = 14


def propose_measured(
    readings: Sequence[Reading], questionnaire: Questionnaire, answers: Answers
) -> tuple[tuple[Proposal, int], ...]:
    """What the readings say about the questions that are asked under these answers, in the questionnaire's order, each
    with the index of its reading.

    One proposal a question: of several readings the first that proposes an answer counts, else the first with a
    figure; give the newest first. Where one part is assessed, nothing is proposed to questions about that part: a file
    is of all of them.
    """
    best: dict[str, tuple[Proposal, int]] = {}
    questions = {question.key: question for question in questionnaire.questions if may_propose(question, answers)}
    for index, reading in enumerate(readings):
        for proposal in PROPOSERS[reading.kind](reading):
            question, earlier = questions.get(proposal.key), best.get(proposal.key)
            if question is None or not can_have(question, proposal.value):
                continue
            if earlier is None or (earlier[0].value is None and proposal.value is not None):
                best[proposal.key] = (proposal, index)
    return tuple(best[key] for key in questions if key in best)


def propose_deploys(reading: Reading) -> Iterator[Proposal]:
    """Minutes of a deploy, and deploys a week."""
    assert isinstance(reading.content, Deploys)
    figures = count_deploys(reading.content)
    is_few = figures.successes < FEWEST_DEPLOYS
    few = (_("Fewer than {least} successful deploys: too few for an answer.").format(least=FEWEST_DEPLOYS),)
    short = (_("Less than two weeks: too short for an answer."),)
    if figures.median_minutes is not None:
        found = ngettext(
            "{count} successful deploy took {minutes} minutes.",
            "Half of {count} successful deploys took {minutes} minutes or less.",
            figures.successes,
        ).format(count=number(figures.successes), minutes=number(figures.median_minutes))
        if figures.median_waited_minutes is not None:
            waiting = _("{found} Half waited {minutes} minutes or less for a start.")
            found = waiting.format(found=found, minutes=number(figures.median_waited_minutes))
        yield Proposal(
            key="deploy_minutes",
            value=None if is_few else as_answer(figures.median_minutes),
            confidence="hint" if is_few else "counted",
            figure="deploys.minutes",
            found=found,
            limits=(
                *(few if is_few else ()),
                _("Counted from when the run was created, which is the merge only where a merge starts it."),
            ),
        )
    if figures.successes:
        is_short = figures.days < FEWEST_DAYS or figures.per_week is None
        found = ngettext(
            "{count} successful deploy in {days} days.", "{count} successful deploys in {days} days.", figures.successes
        ).format(count=number(figures.successes), days=number(figures.days))
        if figures.failures:
            failed = _("{found} {failures} of {runs} runs failed.")
            runs = number(figures.successes + figures.failures)
            found = failed.format(found=found, failures=number(figures.failures), runs=runs)
        yield Proposal(
            key="deploys_per_week",
            value=None if is_few or is_short or figures.per_week is None else as_answer(figures.per_week),
            confidence="hint" if is_few or is_short else "counted",
            figure="deploys.finished",
            found=found,
            limits=(
                *(few if is_few else ()),
                *(short if is_short else ()),
                _("Deploys from other repositories or pipelines are not in this file."),
                _("A failed run is no failed change: it may never have reached production."),
            ),
        )


def as_answer(value: float) -> int | float:
    """A whole number as one: 12, not 12.0."""
    return int(value) if value == int(value) else value


def propose_nothing(reading: Reading) -> Iterable[Proposal]:
    """For kinds that answer no question by themselves."""
    return ()


PROPOSERS: Final[Mapping[Kind, Callable[[Reading], Iterable[Proposal]]]] = {
    "deploys": propose_deploys,
    "load": propose_load,
    "cost": propose_nothing,
    "calls": propose_nothing,
}
#: The questions that each kind may propose an answer to.
PROPOSED_KEYS: Final[Mapping[str, frozenset[str]]] = {
    "deploys": frozenset({"deploy_minutes", "deploys_per_week"}),
    "load": frozenset({"hot_share", "scaling_profile"}),
    "cost": frozenset(),
    "calls": frozenset(),
}
