"""The five sources side by side: what each alone would say to these answers, and where they part.

Does not decide the verdict: that is `rules`, which weighs all five, and none of this feeds into it. The rules of the
sources are in `source_rules`.
"""

from assess.decision.result import VERDICTS, Verdict
from assess.decision.source_reader import Playbook, SourceReader
from assess.decision.source_rules import JUDGES
from assess.language import N_, Words, _, all_of, capitalised, in_a_row, ngettext
from assess.questionnaire.facade import Answers, Questionnaire

#: What a source would do.
WOULD: Words[Verdict] = Words(
    {
        "stay": N_("would stay monolithic"),
        "modular": N_("would go modular"),
        "extract": N_("would extract"),
    }
)
#: The sources within a sentence.
NAMES: Words[str] = Words(
    {
        "S0": N_("the SHOB playbook"),
        "S1": N_("the Django rules"),
        "S2": N_("the GreedyGame story"),
        "S3": N_("the Readiness guide"),
        "S4": N_("the Patterns article"),
    }
)


def judge_playbooks(questionnaire: Questionnaire, answers: Answers) -> tuple[Playbook, ...]:
    """What S0, S1, S2, S3 and S4 each say, always five and in this order. Never raises for answers of the
    questionnaire.

    >>> [playbook.verdict for playbook in judge_playbooks(split_checklist, {"deploy_waiting": Answer(value="often")})]
    ['extract', None, None, None, None]
    """
    return tuple(judge(SourceReader(source, questionnaire, answers)) for source, judge in JUDGES.items())


def where_they_part(playbooks: tuple[Playbook, ...]) -> str:
    """Who would do what, and who cannot judge, in one or two plain sentences.

    >>> where_they_part(judge_playbooks(split_checklist, {}))
    'None of the five can judge these answers yet.'
    """
    by_verdict = {
        verdict: [NAMES[playbook.source] for playbook in playbooks if playbook.verdict == verdict]
        for verdict in VERDICTS
    }
    sides = [(verdict, sources) for verdict, sources in by_verdict.items() if sources]
    silent = [NAMES[playbook.source] for playbook in playbooks if playbook.verdict is None]
    if not sides:
        return _("None of the five can judge these answers yet.")
    told = in_a_row(
        _("{sources} {would}").format(sources=all_of(sources), would=WOULD[verdict]) for verdict, sources in sides
    )
    if len(sides) > 1:
        sentence = _("They disagree: {sides}.").format(sides=told)
    elif silent:
        sentence = _("{side}.").format(side=capitalised(told))
    else:
        sentence = _("All five sources {would}.").format(would=WOULD[sides[0][0]])
    if not silent:
        return sentence
    cannot = ngettext(
        "{silent} cannot judge these answers.", "{silent} cannot judge these answers.", len(silent)
    ).format(silent=capitalised(all_of(silent)))
    return f"{sentence} {cannot}"
