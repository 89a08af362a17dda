"""`recheck_evidence NEW --baseline OLD [--answers FILE]`: whether a later scan asks for another look at a decision."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assess.assessments.facade import describe_met_trigger, find_triggers, is_trigger_met
from assess.cases_file import published_cases
from assess.command_line import read_answers_input, read_input
from assess.decision.facade import argue, decide, to_json
from assess.evidence.facade import (
    MAX_BYTES,
    Scan,
    find_decay,
    propose,
    read_evidence,
    read_evidence_file,
    why_no_boundaries,
)
from assess.questionnaire.facade import ValidationFailed


class Command(BaseCommand):
    """Exit status 0 when nothing asks for another look, 1 with each reason on a line, 2 for files that are wrong."""

    help = (
        "Compare two scans of one repository. Fails when an import points up that did not before, and when what the "
        "new scan counted meets a condition to ask again of a decision. Touches no database."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012  # as Django declares it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("evidence", metavar="NEW", help="the new scan's evidence.json, or '-' for standard input")
        parser.add_argument("--baseline", metavar="OLD", required=True, help="the scan that it is compared with")
        parser.add_argument("--answers", metavar="FILE", help="the answers of the decision, as `decide` reads them")
        parser.add_argument("--json", action="store_true", help="print the reasons as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        before, after = read_scan(options["baseline"]), read_scan(options["evidence"])
        unknown = why_no_boundaries(after)
        if unknown and not (options["answers"] and why_no_boundaries(before)):
            # Without boundaries nothing could decay, and whoever asks would read that all is well.
            raise CommandError(f"{options['evidence']}: {unknown}", returncode=2)
        reasons = [
            {"kind": "boundary", "sentence": f"{importer} imports {imported}, which lies above it."}
            for importer, imported in find_decay(before, after)
        ]
        if options["answers"]:
            sentences = find_met_triggers(options["answers"], after)
            reasons += [{"kind": "trigger", "sentence": f"{sentence}."} for sentence in sentences]
        if options["json"]:
            self.stdout.write(json.dumps({"reasons": reasons}, indent=2, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(each["sentence"] for each in reasons) or "Nothing asks for another look.")
        if reasons:
            raise SystemExit(1)


def read_scan(name: str) -> Scan:
    """The scan in a file. Raises CommandError with status 2 and every mistake."""
    try:
        return read_evidence(read_evidence_file(read_input(name, most=MAX_BYTES)))
    except ValidationFailed as refused:
        problems = "\n".join(f"{name}: {issue}" if not issue.file else str(issue) for issue in refused.issues)
        raise CommandError(problems, returncode=2) from refused


def find_met_triggers(name: str, scan: Scan) -> list[str]:
    """Conditions to ask again that the scan's figures meet, in words, where they did not hold when it was decided.

    Raises CommandError with status 2 and every mistake of the file of answers.
    """
    questionnaire, answers = read_answers_input(name)
    result = decide(questionnaire, answers)
    flips = to_json(result, argue(questionnaire, answers, result, published_cases()))["flips"]
    measured = {each.key: each.value for each in propose(scan, questionnaire, answers) if each.value is not None}
    return [
        describe_met_trigger(questionnaire, trigger, measured[trigger.key])
        for trigger in find_triggers(questionnaire, flips)
        if trigger.key in measured and is_trigger_met(questionnaire.by_key[trigger.key], trigger, measured[trigger.key])
    ]
