"""What a report says of the module to extract first: on page 1, and in a chapter of its own."""

import pytest

from assess.evidence.facade import Candidates, build_candidates, build_inventory, read_choices, read_evidence
from assess.reports.chapters import Choice, build_document
from assess.reports.content.page_one import MAX_WORDS, count_words
from assess.reports.document import Items, Paragraph, Table, plain_text
from assess.reports.renderings.madr import render_madr
from assess.reports.renderings.page_one_blocks import page_one_blocks
from tests.evidence_samples import shop_evidence
from tests.unit.reports.report_factory import BY_FORM, made_report
from tests.unit.reports.test_page_one import review


def scanned() -> Candidates:
    return build_candidates(build_inventory(read_evidence(shop_evidence()), None) or pytest.fail("no inventory"))


def typed(*names: str) -> Candidates:
    rows = [{"name": name, "criticality": "high"} for name in names]
    choices, _issues = read_choices({"is_typed": True, "rows": rows})
    return build_candidates(build_inventory(None, choices) or pytest.fail("no inventory"))


def test_page_1_of_an_extraction_names_the_first_candidate_and_where_it_comes_from() -> None:
    page = made_report(BY_FORM["organisation"](), candidates=scanned()).page_one
    assert page is not None
    assert page.candidate == "First candidate, from a scan: orders."
    assert page.candidate in {plain_text(block.line) for part in page_one_blocks(page) for block in lines_of(part)}
    by_hand = made_report(BY_FORM["organisation"](), candidates=typed("search", "mail")).page_one
    assert by_hand is not None
    assert by_hand.candidate == "First candidate, typed by the team: mail."


def lines_of(part: object) -> list[object]:
    return [block for block in getattr(part, "blocks", (part,)) if hasattr(block, "line")]


def test_page_1_without_candidates_says_how_to_get_some() -> None:
    page = made_report(BY_FORM["organisation"]()).page_one
    assert page is not None
    assert page.candidate == "First candidate: none yet. Scan the code or type an inventory."


def test_page_1_recommends_no_module_where_none_is_worth_it_and_says_what_would_tell() -> None:
    rows = [{"name": name, "criticality": "low"} for name in ("search", "mail")]
    choices, _issues = read_choices({"is_typed": True, "rows": rows})
    pointless = build_candidates(build_inventory(None, choices) or pytest.fail("no inventory"))
    report = made_report(BY_FORM["organisation"](), candidates=pointless)
    assert report.page_one is not None
    assert report.page_one.candidate.startswith("First candidate: none stands out.")
    assert report.page_one.candidate.endswith("Add the load of each one: that can change it.")
    assert "First candidate: none stands out." in render_madr(report)
    document = build_document(report, Choice(reader="architect"))
    assert "No candidate stands out" in [each.title for each in document.chapters]
    signed = made_report(BY_FORM["organisation"](), submitted=True, review=review(), candidates=pointless).page_one
    assert signed is not None
    assert signed.candidate == "First candidate: none stands out."


@pytest.mark.parametrize("form", [form for form in BY_FORM if form not in ("organisation", "hot_part")])
def test_page_1_of_another_decision_names_no_candidate(form: str) -> None:
    page = made_report(BY_FORM[form](), candidates=scanned(), submitted=True).page_one
    assert page is not None
    assert page.candidate == ""


def test_page_1_names_a_candidate_where_somebody_overruled_the_model_to_extract() -> None:
    overruled = review(overruled_to="extract", overruled_words="Extract services", reason="The board wants it")
    page = made_report(BY_FORM["cure"](), submitted=True, review=overruled, candidates=scanned()).page_one
    assert page is not None
    assert "orders" in page.candidate
    to_stay = review(overruled_to="stay", overruled_words="Stay monolithic", reason="No money")
    stays = made_report(BY_FORM["organisation"](), submitted=True, review=to_stay, candidates=scanned()).page_one
    assert stays is not None
    assert stays.candidate == ""


def test_page_1_keeps_to_its_words_however_long_the_names_of_modules_are() -> None:
    names = ["a long name of a module that nobody shortens " * 4 + str(number) for number in range(3)]
    page = made_report(
        BY_FORM["organisation"](), submitted=True, review=review(conditions=6), candidates=typed(*names)
    ).page_one
    assert page is not None
    assert page.candidate
    assert count_words(page) <= MAX_WORDS


def test_the_chapter_is_for_architects_and_says_what_each_of_the_first_three_takes() -> None:
    report = made_report(BY_FORM["organisation"](), candidates=scanned(), candidates_from="Scan of 2 November.")
    assert "candidates" not in [each.slug for each in build_document(report, Choice(reader="leadership")).chapters]
    document = build_document(report, Choice(reader="architect"))
    chapter = next(each for each in document.chapters if each.slug == "candidates")
    assert chapter.title == "First candidate: orders"
    told = [plain_text(block.line) for block in chapter.all_blocks() if isinstance(block, Paragraph)]
    assert "First however we weigh the counts. Counted by a scan. Scan of 2 November." in told
    takes = [plain_text(line) for block in chapter.all_blocks() if isinstance(block, Items) for line in block.lines]
    assert "4 foreign keys become ids: 2 to it, 2 from it." in takes
    cells = [
        plain_text(cell)
        for block in chapter.all_blocks()
        if isinstance(block, Table)
        for row in block.rows
        for cell in row.cells
    ]
    assert "Shared by most: 3 of the 5 other modules depend on its code." in cells
    assert "Foreign keys: 2 in, 2 out" in cells


def test_a_report_without_candidates_has_no_chapter_on_them() -> None:
    document = build_document(made_report(BY_FORM["organisation"]()))
    assert "candidates" not in [each.slug for each in document.chapters]
