"""`backtest [--json]`: the model compared with published cases, hits and misses alike. Touches no database."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from assess.cases_file import published_cases
from assess.decision.facade import MODEL_VERSION, RULES, VERDICTS, Case, Trial, decide, judge_playbooks, try_cases
from assess.questionnaire.facade import Questionnaire
from assess.questionnaire_files import builtin_questionnaire

NOTHING_TUNED = (
    "No threshold, level or weight of the model was fitted to these cases: each comes from a source or is marked as "
    "our judgement, so a leave-one-out figure would have nothing to leave out and is not given. Those who wrote the "
    "rules knew the cases, though; a case that they did not know is the fairer test. How much hangs on each "
    "figure of ours is in docs/model.md."
)


class Command(BaseCommand):
    """Always exit status 0: a miss is something to tell, not an error."""

    help = "Hold the model against the published cases: hits, misses, how often each rule fires, and each playbook."
    requires_system_checks: list[str] = []  # noqa: RUF012  # as Django declares it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the figures as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        figures = backtest(builtin_questionnaire(), published_cases())
        if options["json"]:
            self.stdout.write(json.dumps(figures, indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(format_lines(figures)))


def backtest(questionnaire: Questionnaire, cases: tuple[Case, ...]) -> dict[str, Any]:
    """The figures as plain JSON values. Cases that cannot be scored are listed apart and count nowhere else."""
    trials = try_cases(questionnaire, cases, decide)
    scored = [trial for trial in trials if trial.hit is not None]
    fired = {slug: [trial.case.id for trial in scored if trial.result.rule == slug] for slug in RULES}
    return {
        "model_version": MODEL_VERSION,
        "questionnaire": questionnaire.slug,
        "questionnaire_version": questionnaire.version,
        "scorable": len(scored),
        "hits": sum(trial.hit is True for trial in scored),
        "exact": sum(trial.result.verdict == trial.case.verdict_in_hindsight for trial in scored),
        "hit_cases": [trial_row(trial) for trial in scored if trial.hit],
        "misses": [trial_row(trial) for trial in scored if not trial.hit],
        "unscorable": [trial_row(trial) for trial in trials if trial.hit is None],
        "always_the_same": {verdict: sum(trial.case.accepts(verdict) for trial in scored) for verdict in VERDICTS},
        "decided_themselves": sum(trial.case.accepts(trial.case.decision_taken) for trial in scored),
        "rules": fired,
        "rules_with_one_case": [slug for slug, ids in fired.items() if len(ids) == 1],
        "playbooks": playbook_figures(questionnaire, scored),
        "tuned_by_data": False,
        "leave_one_out": None,
        "note": NOTHING_TUNED,
    }


def trial_row(trial: Trial) -> dict[str, Any]:
    case = trial.case
    return {
        "case": case.id,
        "system": case.system,
        "year": case.year,
        "verdict": trial.result.verdict,
        "form": trial.result.form,
        "rule": trial.result.rule,
        "possible_verdicts": list(trial.result.possible_verdicts),
        "hindsight": case.verdict_in_hindsight,
        "also_acceptable": list(case.also_acceptable),
        "decision_taken": case.decision_taken,
        "confidence": case.confidence,
        "outcome": case.outcome,
        "lesson": case.lesson,
    }


def playbook_figures(questionnaire: Questionnaire, scored: list[Trial]) -> dict[str, dict[str, int]]:
    figures: dict[str, dict[str, int]] = {}
    for trial in scored:
        for playbook in judge_playbooks(questionnaire, trial.case.answers):
            of_source = figures.setdefault(playbook.source, {"judges": 0, "agrees": 0, "of": len(scored)})
            if playbook.verdict is not None:
                of_source["judges"] += 1
                of_source["agrees"] += trial.case.accepts(playbook.verdict)
    return figures


def format_lines(figures: dict[str, Any]) -> Iterator[str]:
    yield f"Model {figures['model_version']} on {figures['questionnaire']} version {figures['questionnaire_version']}"
    yield f"Hits: {figures['hits']} of {figures['scorable']} cases that can be scored"
    yield f"Of these, {figures['exact']} name the very verdict of hindsight; the others one that it accepts as well"
    same = ", ".join(f"{verdict} {hits}" for verdict, hits in figures["always_the_same"].items())
    yield f"For comparison, always the same verdict would hit: {same}"
    yield f"For comparison, those who decided hit by the same measure: {figures['decided_themselves']}"
    for title, name in (("Misses", "misses"), ("Hits", "hit_cases"), ("Cannot be scored", "unscorable")):
        yield ""
        yield title
        if not figures[name]:
            yield "  none"
        for row in figures[name]:
            hindsight = " or ".join([row["hindsight"], *row["also_acceptable"]])
            yield (
                f"  {row['case']}: {row['verdict']}/{row['form']} by {row['rule']}; hindsight {hindsight}; "
                f"they chose {row['decision_taken']}"
            )
            if name == "misses":
                yield f"      What happened: {row['outcome']}"
                yield f"      Lesson: {row['lesson']}"
    yield ""
    yield "How often each rule fires, on the cases that can be scored"
    for slug, ids in figures["rules"].items():
        yield f"  {slug}: {len(ids)}{f' ({ids[0]})' if len(ids) == 1 else ''}"
    yield "Rules that fire for a single case: " + (", ".join(figures["rules_with_one_case"]) or "none")
    yield ""
    yield "Each playbook by itself, where it can judge"
    for source, row in figures["playbooks"].items():
        yield f"  {source}: judges {row['judges']} of {row['of']}, agrees with hindsight in {row['agrees']}"
    yield ""
    yield figures["note"]
