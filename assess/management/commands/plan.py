"""`manage.py plan ASSESSMENT [--json | --format md] [--fail-on extract|due|gate]`: a version's plan, printed."""

import json
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from assess.advice.facade import step_to_json
from assess.assessments.facade import Assessment
from assess.command_line import add_fail_on, end_on
from assess.reports.facade import ReportData, load_report, with_report_relations, write_plan_file
from assess.web.facade import absolute_url, localized

#: The file (`PLAN_FORMATS`) behind each format.
FORMATS: Final = {
    "md": "plan.md",
    "adr": "plan-adr.md",
    "csv": "plan.csv",
    "ics": "plan.ics",
    "jira": "plan-jira.csv",
    "github": "plan-github.csv",
    "linear": "plan-linear.csv",
}


class Command(BaseCommand):
    """Exit status 0 with the plan; 2 where there is no such assessment or no plan; 3 where `--fail-on` finds what it
    names, such as a step that is overdue: the plan is printed all the same."""

    help = "Print the plan of an assessment. Reads only."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("assessment", type=int, help="the assessment's number, as in its address")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print the steps as JSON")
        form.add_argument("--format", choices=FORMATS, default="md", help="how to print it; Markdown unless said")
        add_fail_on(parser, "extract", "due", "gate")

    def handle(self, *args: Any, assessment: int, **options: Any) -> None:
        found = with_report_relations(Assessment.objects.filter(pk=assessment, deleted_at=None)).first()
        if found is None:
            raise CommandError(f"There is no assessment {assessment}. Take the number from its address.", returncode=2)
        address = absolute_url(reverse("plan", args=[found.pk]))
        with localized(found.workspace):
            report = load_report(found)
            plan = report.planning.plan
            if plan is None:
                raise CommandError(f"No plan is begun. Begin it at {address}", returncode=2)
            if options["json"]:
                document = {
                    "assessment": found.pk,
                    "finding": plan.finding,
                    "steps": list(map(step_to_json, plan.lines)),
                }
                self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))
            else:
                content = write_plan_file(report, FORMATS[options["format"]], address).decode()
                self.stdout.write(content, ending="")
        end_on(options["fail_on"], find_conditions(report))


def find_conditions(report: ReportData) -> list[str]:
    """What of `--fail-on` is so: by the decision that stands, the steps' days, and the gates that nobody ticked or
    waived."""
    plan, preparation = report.planning.plan, report.planning.preparation
    verdict = report.page_one.verdict if report.page_one else report.verdict
    lines = preparation.lines if preparation else ()
    found = {
        "extract": verdict == "extract",
        "due": plan is not None and bool(plan.late),
        "gate": any(line.is_gate and line.state in ("missing", "open") for line in lines),
    }
    return [name for name, is_so in found.items() if is_so]
