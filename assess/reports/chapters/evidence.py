"""The appendix on evidence: what the scan did not see, which scan and measurements there are, and each answer against
what they found."""

from assess.language import _
from assess.reports.chapters.appendix import facts_table
from assess.reports.chapters.datetime_format import format_moment, format_moment_with_zone
from assess.reports.chapters.verdict import list_scan_conflicts
from assess.reports.content.data import Brand, ReportData
from assess.reports.content.evidence import ClaimLine, EvidenceData, MeasurementIdentity
from assess.reports.document import Block, Column, Items, Line, Paragraph, Part, Row, Run, Table, line


def write_evidence(report: ReportData) -> tuple[Block, ...] | None:
    """Limits first; None where nothing is attached and nothing was decided on."""
    evidence = report.claims
    if evidence is None:
        return None
    blocks: list[Block] = []
    if evidence.scan and evidence.scan.limits:
        limits = Items(lines=tuple(line(limit) for limit in evidence.scan.limits))
        blocks.append(Part(title=_("What the scan did not see"), blocks=(limits,)))
    blocks.append(
        Paragraph(
            line=line(
                _("Figures propose and never decide: people accept a proposal, or override it and say why."),
                _("What a scan did not find may still be there."),
            )
        )
    )
    if evidence.scan:
        blocks.append(Part(title=_("Which scan"), blocks=(facts_table(list_scan_facts(report, evidence)),)))
    if evidence.measurements:
        table = measurements_table(evidence.measurements, report.brand)
        blocks.append(Part(title=_("Measurements from files"), blocks=(table,)))
    if evidence.conflicts and report.argument is None:  # else they stand with the other contradictions
        blocks.append(list_scan_conflicts(evidence))
    if evidence.lines:
        blocks.append(Part(title=_("Claimed against measured"), blocks=(claims_table(evidence, report.brand),)))
    return tuple(blocks)


def list_scan_facts(report: ReportData, evidence: EvidenceData) -> list[tuple[str, Line]]:
    """What identifies the scan, by name."""
    scan = evidence.scan
    assert scan is not None
    attached = _("{moment} by {name}").format(
        moment=format_moment_with_zone(scan.attached_at, report.brand), name=scan.attached_by
    )
    return [
        (_("Repository"), line(scan.repository)),
        (_("Commit"), line(Run(scan.commit, "hash")) if scan.commit else line(_("not known: scanned without git"))),
        (_("Scanner"), line(_("version {version}").format(version=scan.tool_version))),
        (_("Scanned"), line(format_moment_with_zone(scan.scanned_at, report.brand))),
        (_("Attached"), line(attached)),
        (_("Hash of the scan"), line(Run(scan.sha256, "hash"))),
    ]


def measurements_table(measurements: tuple[MeasurementIdentity, ...], brand: Brand) -> Table:
    """A row for each file; what to know before trusting it stands below."""
    return Table(
        look="answers",
        columns=(
            Column(title=_("File")),
            Column(title=_("Figures")),
            Column(title=_("Attached"), width="who"),
        ),
        rows=tuple(
            Row(
                cells=(
                    line(
                        Run(each.file_name, "strong"),
                        f"\n{each.kind_words}",
                        Run(f"\n{each.shape_words}", "quiet"),
                    ),
                    line(
                        "\n".join(_("{name}: {figure}").format(name=name, figure=text) for name, text in each.figures)
                    ),
                    line(each.attached_by, Run(f"\n{format_moment(each.attached_at, brand)}", "quiet")),
                ),
                head=None,
                notes=(
                    *(line(Run(warning, "quiet")) for warning in each.warnings),
                    line(Run(_("Hash of the file"), "quiet"), Run(each.sha256, "hash")),
                ),
            )
            for each in measurements
        ),
    )


def claims_table(evidence: EvidenceData, brand: Brand) -> Table:
    return Table(
        look="answers",
        columns=(
            Column(title=_("Question")),
            Column(title=_("Answer"), width="state"),
            Column(title=_("Measured")),
            Column(title=_("Proposal"), width="state"),
            Column(title=_("Decided"), width="who"),
        ),
        rows=tuple(claim_row(one, brand) for one in evidence.lines),
    )


def claim_row(one: ClaimLine, brand: Brand) -> Row:
    """One answer; what the source can't see and the reason of an override stand below it."""
    notes = [line(Run(limit, "quiet")) for limit in one.limits]
    if one.reason:
        notes.append(line(Run(_("Overridden because:"), "strong"), one.reason))
    return Row(
        cells=(
            line(one.wording),
            line(one.answer),
            line(one.found, Run(f"\n{one.source}" if one.source else "", "quiet")),
            line(
                one.proposed or Run(_("No proposal"), "quiet"),
                Run(f"\n{one.confidence}" if one.confidence else "", "quiet"),
            ),
            line(
                Run(one.decision_words, "strong" if one.decision else "quiet"),
                f"\n{one.by}" if one.by else "",
                Run(f"\n{format_moment(one.at, brand)}" if one.at else "", "quiet"),
            ),
        ),
        head=None,
        notes=tuple(notes),
    )
