"""The chapters of a report, and for whom each of them is. Read `CHAPTERS` first.

`verdict`, `actions`, `people`, `scan` and `appendix` hold the functions that write them; a new chapter is one such
function and one `ChapterSpec` here. Page 1 is not a chapter: it has a form of its own (`content.page_one`). Pure.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args
from urllib.parse import parse_qs, urlencode

from assess.language import N_, _, all_of
from assess.questionnaire.facade import Issue, ValidationFailed
from assess.reports.chapters import (
    actions,
    appendix,
    candidates,
    design,
    evidence,
    goals,
    merging,
    money,
    outcome,
    people,
    pitfalls,
    plan,
    preparation,
    scan,
    verdict,
)
from assess.reports.content.data import ReportData
from assess.reports.content.sanitize import clean_line
from assess.reports.document import Block, Chapter, Document, Paragraph, line

#: For whom a report is: page 1 and what to do; what an architect argues with; everything.
Reader = Literal["leadership", "architect", "full"]

#: What the report for each reader is called, and what it has.
READERS: Final[Mapping[Reader, tuple[str, str]]] = {
    "leadership": (
        N_("For leadership"),
        N_("Four pages: the decision, why, how firm it is, and what to do next."),
    ),
    "architect": (
        N_("For architects"),
        N_("Also: reasons each way, what would change the verdict, open questions, and comments."),
    ),
    "full": (N_("Everything"), N_("Also: every answer with its note, and the method.")),
}
EVERYONE: Final[tuple[Reader, ...]] = ("leadership", "architect", "full")
ARCHITECTS: Final[tuple[Reader, ...]] = ("architect", "full")
ONLY_FULL: Final[tuple[Reader, ...]] = ("full",)

MAX_ECHOED: Final = 40  #: characters of somebody's input that an error message repeats


@dataclass(frozen=True, kw_only=True, slots=True)
class ChapterSpec:
    """One chapter. `write` returns None where a report has nothing to say there.

    `title` and `purpose` are sentences to translate, for whoever chooses chapters. The heading is the chapter's
    `finding` where it has one: who reads headings alone knows the result. A chapter that is `about_model` follows from
    the model's verdict, and says so first where that verdict was overruled. One that `starts_page` does so on paper; a
    `required` one is in every report.
    """

    slug: str
    title: str
    purpose: str
    readers: tuple[Reader, ...]
    write: Callable[[ReportData], tuple[Block, ...] | None]
    finding: Callable[[ReportData], str] = lambda report: ""
    about_model: bool = False
    starts_page: bool = False
    is_appendix: bool = False
    required: bool = False


#: Every chapter of a report on one system, in its order.
CHAPTERS: Final = (
    ChapterSpec(
        slug="hurts",
        title=N_("What hurts"),
        purpose=N_("Each pain against the threshold."),
        readers=EVERYONE,
        write=verdict.write_pains,
        finding=lambda report: report.pains.finding,
    ),
    ChapterSpec(
        slug="path",
        title=N_("How the rules decided"),
        purpose=N_("The questions that led to the verdict, and the exits that are open."),
        readers=EVERYONE,
        write=verdict.write_path,
        about_model=True,
        finding=lambda report: report.path.finding,
    ),
    ChapterSpec(
        slug="gates",
        title=N_("Gates and readiness"),
        purpose=N_("What must be in place before an extraction, and how ready you are."),
        readers=EVERYONE,
        write=verdict.write_gates,
        finding=lambda report: report.gate_boxes.finding if report.gate_boxes.boxes else "",
    ),
    ChapterSpec(
        slug="firm",
        title=N_("How firm it is"),
        purpose=N_("Which answers keep the verdict, and how well they are known."),
        readers=EVERYONE,
        write=verdict.write_firmness,
        finding=lambda report: report.argument.verdict_line.finding if report.argument else "",
        about_model=True,
        starts_page=True,
    ),
    ChapterSpec(
        slug="others",
        title=N_("What others say"),
        purpose=N_("Each source's own verdict, and published cases like yours."),
        readers=EVERYONE,
        write=verdict.write_sources,
        finding=lambda report: report.argument.sources_finding if report.argument else "",
    ),
    ChapterSpec(
        slug="steps",
        title=N_("Next steps"),
        purpose=N_("What to do within 30, 60 and 90 days."),
        readers=EVERYONE,
        write=actions.write_steps,
        finding=lambda report: report.roadmap.finding,
        starts_page=True,
    ),
    ChapterSpec(
        slug="goals",
        title=N_("Goals: before and after"),
        purpose=N_("What each figure is today, what it has to become, and what was measured since."),
        readers=EVERYONE,
        write=goals.write_goals,
        finding=goals.describe_finding,
    ),
    ChapterSpec(
        slug="plan",
        title=N_("The plan"),
        purpose=N_("How far the plan is, as a timeline, and the changes to answers that are planned."),
        readers=EVERYONE,
        write=plan.write_plan,
        finding=lambda report: report.planning.plan.finding if report.planning.plan else "",
    ),
    ChapterSpec(
        slug="money",
        title=N_("Cost"),
        purpose=N_("Staying, going modular and extracting over three years, or the figures to add."),
        readers=EVERYONE,
        write=money.write_money,
        finding=money.describe_cost_finding,
    ),
    ChapterSpec(
        slug="outcome",
        title=N_("What became of it"),
        purpose=N_("What was done after 6 and 12 months, and what changed."),
        readers=EVERYONE,
        write=outcome.write_outcome,
        finding=outcome.describe_last_outcome,
    ),
    ChapterSpec(
        slug="again",
        title=N_("When to ask again"),
        purpose=N_("The day to ask again, and what to watch until then."),
        readers=EVERYONE,
        write=verdict.write_ask_again,
        finding=lambda report: report.argument.ask_again if report.argument else "",
    ),
    ChapterSpec(
        slug="disagreement",
        title=N_("Where people disagree"),
        purpose=N_("Questions that people answered differently."),
        readers=EVERYONE,
        write=people.write_disagreement,
    ),
    ChapterSpec(
        slug="challenges",
        title=N_("Challenges"),
        purpose=N_("Objections to a signature, and how they ended."),
        readers=EVERYONE,
        write=people.write_challenges,
    ),
    ChapterSpec(
        slug="reasons",
        title=N_("What speaks for and against"),
        purpose=N_("The rule that decided, and the strongest reasons each way."),
        readers=ARCHITECTS,
        write=verdict.write_reasons,
        starts_page=True,
    ),
    ChapterSpec(
        slug="checklist",
        title=N_("Gates and checklist in detail"),
        purpose=N_("What each gate means here, and the readiness checklist."),
        readers=ARCHITECTS,
        write=verdict.write_checklist,
    ),
    ChapterSpec(
        slug="scores",
        title=N_("What each score is made of"),
        purpose=N_("Every answer behind a score, with its points."),
        readers=ARCHITECTS,
        write=verdict.write_scores,
    ),
    ChapterSpec(
        slug="map",
        title=N_("The map of the code"),
        purpose=N_("Which app depends on which, what closes a cycle, and what is easy to extract."),
        readers=ARCHITECTS,
        write=scan.write_map,
        finding=lambda report: report.scan_charts.matrix.finding if report.scan_charts else "",
        starts_page=True,
    ),
    ChapterSpec(
        slug="since",
        title=N_("Since the last version"),
        purpose=N_("What changed, and what moved the verdict."),
        readers=ARCHITECTS,
        write=verdict.write_changes,
    ),
    ChapterSpec(
        slug="flips",
        title=N_("What would change the verdict"),
        purpose=N_("Changes that lead to another verdict."),
        readers=ARCHITECTS,
        write=verdict.write_flips,
        about_model=True,
    ),
    ChapterSpec(
        slug="why_steps",
        title=N_("Why these steps"),
        purpose=N_("The reason for each step, with its source."),
        readers=ARCHITECTS,
        write=actions.write_step_reasons,
    ),
    ChapterSpec(
        slug="plan_steps",
        title=N_("Steps of the plan"),
        purpose=N_("Each step with what tells that it is done, owner, days, state and note."),
        readers=ARCHITECTS,
        write=plan.write_plan_steps,
    ),
    ChapterSpec(
        slug="preparation",
        title=N_("Before the first service"),
        purpose=N_("What to prepare first."),
        readers=ARCHITECTS,
        write=preparation.write_preparation,
        about_model=True,
        finding=lambda report: report.planning.preparation.finding if report.planning.preparation else "",
    ),
    ChapterSpec(
        slug="merging",
        title=N_("Which services to merge first"),
        purpose=N_("Services that release together, call each other in chains, share tables or have no owner."),
        readers=ARCHITECTS,
        write=merging.write_merging,
        finding=merging.describe_merging,
    ),
    ChapterSpec(
        slug="candidates",
        title=N_("Candidates"),
        purpose=N_("Which module to extract first, and what each would take."),
        readers=ARCHITECTS,
        write=candidates.write_candidates,
        finding=candidates.describe_first,
    ),
    ChapterSpec(
        slug="design",
        title=N_("Decisions on the way"),
        purpose=N_("How services talk, share data and fail, with options, prices and what was decided."),
        readers=ARCHITECTS,
        write=design.write_design,
        finding=design.describe_design,
    ),
    ChapterSpec(
        slug="pitfalls",
        title=N_("Pitfalls"),
        purpose=N_("Mistakes that your answers or measurements show, and what to do."),
        readers=ARCHITECTS,
        write=pitfalls.write_pitfalls,
        finding=pitfalls.describe_pitfalls,
    ),
    ChapterSpec(
        slug="comments",
        title=N_("Comments"),
        purpose=N_("What reviewers and the team wrote."),
        readers=ARCHITECTS,
        write=people.write_comments,
    ),
    ChapterSpec(
        slug="open",
        title=N_("What is not known"),
        purpose=N_("Open questions, and which could change the verdict."),
        readers=ARCHITECTS,
        write=people.write_open_questions,
    ),
    ChapterSpec(
        slug="answers",
        title=N_("Appendix: every answer"),
        purpose=N_("Each answer with its basis, notes and author."),
        readers=ONLY_FULL,
        write=appendix.write_answers,
        is_appendix=True,
    ),
    ChapterSpec(
        slug="evidence",
        title=N_("Appendix: claimed against measured"),
        purpose=N_(
            "Which scan and measurements, what they did not see, each answer against them, and overrides with reasons."
        ),
        readers=ARCHITECTS,
        write=evidence.write_evidence,
        is_appendix=True,
    ),
    ChapterSpec(
        slug="money_lines",
        title=N_("Appendix: cost, line by line"),
        purpose=N_("Every figure with where it comes from, and how each line is worked out."),
        readers=ARCHITECTS,
        write=money.write_money_lines,
        is_appendix=True,
    ),
    ChapterSpec(
        slug="method",
        title=N_("Appendix: method"),
        purpose=N_("How the verdict follows from the answers, and the sources."),
        readers=ONLY_FULL,
        write=appendix.write_method,
        is_appendix=True,
    ),
    ChapterSpec(
        slug="signoff",
        title=N_("Appendix: identification and sign-off"),
        purpose=N_("What this report is about, and who signed it."),
        readers=EVERYONE,
        write=appendix.write_sign_off,
        is_appendix=True,
        required=True,
    ),
)
SLUGS: Final = tuple(spec.slug for spec in CHAPTERS)
REQUIRED: Final = frozenset(spec.slug for spec in CHAPTERS if spec.required)


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """Which chapters of a report somebody wants: those for a reader, or `chapters` by their own choice.

    `parse` makes equal choices equal: the slugs are in the report's order, and none where all are chosen.
    """

    reader: Reader = "full"
    chapters: tuple[str, ...] = ()

    @classmethod
    def parse(cls, reader: str, chapters: Collection[str] = ()) -> "Choice":
        """The choice that these words name; "" is the full report. Raises ValidationFailed with every unknown word.

        >>> Choice.parse("leadership").reader
        'leadership'
        """
        known = next((one for one in get_args(Reader) if one == (reader or "full")), None)
        issues = []
        if known is None:
            message = _("There is no report for “{reader}”. Choose one of {known}").format(
                reader=clean_line(reader, MAX_ECHOED), known=", ".join(get_args(Reader))
            )
            issues.append(Issue(code="unknown_reader", message=message, key="reader"))
        for slug in dict.fromkeys(chapters):
            if slug not in SLUGS:
                message = _("There is no chapter “{chapter}”. Choose among {known}").format(
                    chapter=clean_line(slug, MAX_ECHOED), known=", ".join(SLUGS)
                )
                issues.append(Issue(code="unknown_chapter", message=message, key=slug))
        if issues or known is None:
            raise ValidationFailed(issues)
        chosen = tuple(slug for slug in SLUGS if slug in chapters or slug in REQUIRED) if chapters else ()
        return cls(reader=known, chapters=() if len(chosen) == len(SLUGS) else chosen)

    @classmethod
    def from_query(cls, query: str) -> "Choice":
        """The choice in an address's query (`for=…` or `chapter=…`). Raises ValidationFailed.

        >>> Choice.from_query("chapter=steps&inline").chapters
        ('steps', 'signoff')
        """
        fields = parse_qs(query, keep_blank_values=True)
        return cls.parse(fields.get("for", [""])[-1], fields.get("chapter", []))

    def to_query(self) -> str:
        """The choice as addresses and the database have it.

        >>> Choice().to_query(), Choice(reader="leadership").to_query()
        ('', 'for=leadership')
        """
        if self.chapters:
            return urlencode([("chapter", slug) for slug in self.chapters])
        return "" if self.reader == "full" else urlencode({"for": self.reader})

    def includes(self, spec: ChapterSpec) -> bool:
        """Whether a report by this choice has the chapter."""
        return spec.required or (spec.slug in self.chapters if self.chapters else self.reader in spec.readers)

    def describe_omitted(self, titles: Sequence[str]) -> str:
        """The sentence that names the chapters left out; "" for none."""
        if not titles:
            return ""
        if self.chapters:
            pattern = _("Left out of this report by choice: {chapters}; the full report has them.")
        elif self.reader == "leadership":
            pattern = _("Left out of this report for leadership: {chapters}; the full report has them.")
        else:
            pattern = _("Left out of this report for architects: {chapters}; the full report has them.")
        return pattern.format(chapters=all_of([_("“{title}”").format(title=title) for title in titles]))


FULL: Final = Choice()


def build_document(report: ReportData, choice: Choice = FULL) -> Document:
    """Everything after page 1, with the chapters of this choice that have something to say.

    >>> [chapter.slug for chapter in build_document(report, Choice(chapters=("steps", "signoff"))).chapters]
    ['steps', 'signoff']
    """
    written = [(spec, blocks) for spec in CHAPTERS if (blocks := spec.write(report)) is not None]
    return Document(
        title=report.title,
        language=report.brand.language,
        dated=report.dated,
        footer=report.footer,
        chapters=tuple(
            Chapter(
                slug=spec.slug,
                title=spec.finding(report) or _(spec.title),
                starts_page=spec.starts_page,
                blocks=(*(overruled_notice(report) if spec.about_model else ()), *blocks),
                is_appendix=spec.is_appendix,
            )
            for spec, blocks in written
            if choice.includes(spec)
        ),
        left_out=choice.describe_omitted([_(spec.title) for spec, _blocks in written if not choice.includes(spec)]),
    )


def overruled_notice(report: ReportData) -> tuple[Block, ...]:
    """A paragraph that says whose verdict the chapter follows from; empty unless the model was overruled."""
    signature = report.review.signature if report.review else None
    if not signature or not signature.overruled_words:
        return ()
    pattern = _("This chapter follows the model's verdict, “{verdict}”. The decision is “{overruled}”.")
    return (Paragraph(line=line(pattern.format(verdict=report.verdict_words, overruled=signature.overruled_words))),)
