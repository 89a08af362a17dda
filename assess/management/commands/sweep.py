"""`sweep [--check]`: counts what the shipped model can say, and writes it into docs/model.md, or compares."""

import random
import re
from argparse import ArgumentParser
from difflib import unified_diff
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assess.cases_file import judged_systems, published_cases
from assess.decision.facade import build_page_blocks, fill_page, measure_sensitivity, sample_outcomes, sample_population
from assess.questionnaire.facade import Questionnaire, read_yaml
from assess.questionnaire_files import BUILTIN_FILE, builtin_questionnaire

PAGE = Path(settings.BASE_DIR) / "docs" / "model.md"
SAMPLE = 100_000
#: Systems of the realistic population.
POPULATION = 2_000
#: Any would do; it is printed on the page so that others can draw the same sets.
SEED = 1


class Command(BaseCommand):
    """Exit status 1 from `--check` when the page does not say what the model does."""

    help = "Write the generated parts of docs/model.md, or compare them with --check."
    requires_system_checks: list[str] = []  # noqa: RUF012  # as Django declares it

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; fail when the page is out of date")
        parser.add_argument("--page", type=Path, default=PAGE, help="the page, docs/model.md by default")

    def handle(self, *args: Any, check: bool, page: Path, **options: Any) -> None:
        try:
            written = page.read_text("utf-8")
        except OSError as error:
            raise CommandError(f"{page}: cannot be read ({error.strerror}).", returncode=2) from error
        try:
            generated = present_page(written)
        except ValueError as error:
            raise CommandError(f"{page}: {error}. Put `<!-- begin NAME -->` and `<!-- end NAME -->` back.") from error
        if generated == written:
            self.stdout.write(f"{page.name} says what the model does.")
        elif check:
            lines = unified_diff(written.splitlines(), generated.splitlines(), "written", "generated", lineterm="", n=0)
            first = "\n".join(list(lines)[:40])
            raise CommandError(f"{page.name} is out of date: run `python manage.py sweep`.\n{first}")
        else:
            page.write_text(generated, "utf-8")
            self.stdout.write(f"{page.name} written.")


def present_page(page: str) -> str:
    """The page with all generated parts as they should be now."""
    return fill_page(page, present_blocks())


@cache
def present_blocks() -> dict[str, str]:
    questionnaire, cases = builtin_questionnaire(), published_cases()
    draw = random.Random(SEED).randrange  # noqa: S311  # a sample to count, no secret
    return build_page_blocks(
        questionnaire,
        sample=sample_outcomes(questionnaire, draw=draw, size=SAMPLE),
        population=sample_population(questionnaire, random.Random(SEED), POPULATION),  # noqa: S311  # as above
        seed=SEED,
        sensitivity=measure_sensitivity(questionnaire, judged_systems()),
        remarks=reading_remarks(BUILTIN_FILE.read_bytes(), questionnaire),
        cases=cases,
    )


def reading_remarks(content: bytes, questionnaire: Questionnaire) -> dict[str, str]:
    """What the comment above a question's `reads` says, by key; nothing for readings without one."""
    document = read_yaml(content, file=BUILTIN_FILE.name)
    lines = content.decode("utf-8").splitlines()
    remarks = {}
    for n, section in enumerate(questionnaire.sections):
        for m, question in enumerate(section.questions):
            if question.reads is not None:
                line = document.line(("sections", n, "questions", m, "reads"))
                above = takewhile(lambda text: text.lstrip().startswith("#"), reversed(lines[: line - 1]))
                comment = " ".join(re.sub(r"^\s*#\s*", "", text) for text in reversed(list(above)))
                if comment:
                    remarks[question.key] = comment
    return remarks
