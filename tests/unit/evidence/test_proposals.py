"""What a scan proposes, what it keeps quiet about, and which answers it contradicts."""

from typing import Any

import pytest

from assess.evidence.conflicts import find_conflicts
from assess.evidence.proposals import Proposal, compare_answer, propose
from assess.evidence.records import Scan, read_evidence
from assess.questionnaire.facade import Answer
from assess.questionnaire_files import builtin_questionnaire
from tests.evidence_samples import shop_evidence

CHECKLIST = builtin_questionnaire()
READ: dict[str, list[Any]] = {"counts": [], "first": []}  # nothing was left unread


def proposals(scan: Scan, **answers: Any) -> dict[str, Proposal]:
    given = {key: Answer(value=value) for key, value in answers.items()}
    return {each.key: each for each in propose(scan, CHECKLIST, given)}


def conflicts(scan: Scan, **answers: Any) -> set[str]:
    given = {key: Answer(value=value) for key, value in answers.items()}
    return {each.code for each in find_conflicts(scan, CHECKLIST, given)}


def shop(**changes: Any) -> Scan:
    return read_evidence(shop_evidence(**changes))


def cycles(cut: int, of: int) -> dict[str, Any]:
    return {
        "imports": of,
        "groups": [["orders", "payments"]] if cut else [],
        "order": ["admin", "payments", "orders", "recommendations", "auth_users", "catalog"],
        "cut": [{"from": "orders", "to": "payments", "imports": cut}] if cut else [],
        "cut_imports": [],
    }


def tool(kind: str, name: str, *, listed: str = "", imported: str = "", configured: str = "") -> dict[str, Any]:
    found = {"listed": listed, "imported": imported, "configured": configured}
    return {"kind": kind, "name": name, **{how: [path] if path else [] for how, path in found.items()}}


def test_what_is_counted_is_proposed_with_its_figure_and_its_limits() -> None:
    found = proposals(shop())
    assert found["models"].value == 9
    assert "9 models in 6 apps" in found["models"].found
    assert any("1 file was not read" in limit for limit in found["models"].limits)
    assert found["developers"].value == 29
    assert found["developers"].figure == "people.active_authors"
    assert "38 made at least one" in found["developers"].found


def test_proposals_come_in_the_order_of_the_questions_and_each_says_what_it_cannot_see() -> None:
    found = propose(shop(), CHECKLIST, {})
    keys = [question.key for question in CHECKLIST.questions]
    assert [each.key for each in found] == sorted((each.key for each in found), key=keys.index)
    assert all(each.limits for each in found)


@pytest.mark.parametrize(
    ("cut", "contract", "value"),
    [
        (18, False, "tangled"),
        (18, True, "tangled"),
        (17, True, "sketched"),
        (15, False, "sketched"),
        (14, False, "named"),
        (0, False, "named"),
        (0, True, "enforced"),
    ],
)
def test_boundaries_follow_the_share_to_cut_and_are_enforced_only_with_a_contract(
    cut: int, contract: bool, value: str
) -> None:
    contracts = [tool("boundaries", "import-linter", configured=".importlinter")] if contract else []
    scan = shop(cycles=cycles(cut, 100), capabilities=contracts)
    assert proposals(scan)["boundaries"].value == value


def test_a_contract_that_is_only_listed_enforces_nothing() -> None:
    scan = shop(cycles=cycles(0, 100), capabilities=[tool("boundaries", "import-linter", listed="pyproject.toml")])
    assert proposals(scan)["boundaries"].value == "named"


def test_a_handful_of_imports_says_nothing_about_boundaries() -> None:
    assert "boundaries" not in proposals(shop(cycles=cycles(0, 19)))


@pytest.mark.parametrize(
    ("found", "value"),
    [
        (tool("tracing", "opentelemetry", listed="requirements.txt"), None),
        (tool("tracing", "opentelemetry", imported="opentelemetry/__init__.py"), None),
        (tool("tracing", "opentelemetry", listed="requirements.txt", imported="shop/tracing.py"), "partial"),
    ],
)
def test_a_library_counts_where_it_is_listed_and_imported(found: dict[str, Any], value: str | None) -> None:
    proposal = proposals(shop(capabilities=[found])).get("tracing")
    assert (proposal.value if proposal else None) == value


def test_what_was_not_found_proposes_nothing() -> None:
    found = proposals(shop(capabilities=[], people=None, history=None, rhythm=None, models=[], relations=[]))
    assert set(found) == {"boundaries", "cross_boundary_transactions"}


def test_a_tag_is_no_deploy_and_a_foreign_key_no_transaction_so_they_propose_no_value() -> None:
    found = proposals(shop())
    hints = {key for key, each in found.items() if each.value is None}
    assert hints == {
        *("deploys_per_week", "cross_boundary_transactions", "team_collisions", "deploy_waiting", "change_breakage"),
    }
    assert all(found[key].confidence == "hint" for key in hints)
    assert "7 of 10 foreign keys" in found["cross_boundary_transactions"].found
    assert "30 %" in found["team_collisions"].found


def test_codeowners_of_some_apps_are_partly_and_of_all_apps_teams() -> None:
    assert proposals(shop())["ownership"].value == "teams"
    people = shop_evidence()["people"]
    people["apps"][0]["owners"] = 0
    assert proposals(shop(people=people))["ownership"].value == "partly"


def test_questions_about_one_part_get_no_proposal_from_a_scan_of_all() -> None:
    found = proposals(shop(), scope="one_part")
    assert "boundaries" not in found
    assert "ownership" not in found
    assert "models" in found


@pytest.mark.parametrize(
    ("answer", "state"), [(None, "open"), (29, "same"), (27, "same"), (26, "differs"), (40, "differs")]
)
def test_a_number_is_the_same_within_a_tenth(answer: int | None, state: str) -> None:
    assert compare_answer(proposals(shop())["developers"], answer) == state


def test_a_count_that_the_question_does_not_take_is_not_proposed() -> None:
    people = {**shop_evidence()["people"], "commits": 100_001, "authors": 100_001, "active_authors": 100_001}
    assert "developers" not in proposals(shop(people=people))
    assert proposals(shop(people={**people, "active_authors": 100_000}))["developers"].value == 100_000


def test_every_proposed_value_is_one_that_the_question_can_have() -> None:
    tools = [
        tool("ci", "github_actions", configured=".github/workflows/test.yml"),
        tool("containers", "docker", configured="Dockerfile"),
        tool("gateway", "nginx", configured="nginx.conf"),
        *(
            tool(kind, kind, listed="requirements.txt", imported="shop/x.py")
            for kind in ("tracing", "logging", "metrics")
        ),
    ]
    found = proposals(shop(capabilities=tools))
    assert {"ci_cd", "runtime_platform", "gateway", "tracing", "central_logging", "metrics"} <= set(found)
    for each in found.values():
        question = CHECKLIST.by_key[each.key]
        if question.kind == "choice" and each.value is not None:
            assert each.value in {option.value for option in question.options}


# --- conflicts


@pytest.mark.parametrize(
    ("answers", "scan", "code"),
    [
        ({"boundaries": "enforced"}, shop(cycles=cycles(24, 100)), "scan-enforced-but-cyclic"),
        ({"current_shape": "modular_monolith"}, shop(cycles=cycles(24, 100)), "scan-modular-but-cyclic"),
        ({"boundaries": "enforced"}, shop(unread=READ), "scan-enforced-without-check"),
        ({"teams": 3, "team_collisions": "never"}, shop(), "scan-team-collisions-never"),
        ({"teams": 3, "deploy_waiting": "never"}, shop(), "scan-deploy-waiting-never"),
        ({"developers": 60}, shop(), "scan-other-developers"),
        ({"developers": 10}, shop(), "scan-other-developers"),
        ({"models": 40}, shop(), "scan-other-models"),
        ({"tracing": "every_request"}, shop(capabilities=[], unread=READ), "scan-traced-without-library"),
        ({"tracing": "none"}, shop(), "scan-untraced-with-library"),
    ],
)
def test_answers_that_the_scan_contradicts_are_named(answers: dict[str, Any], scan: Scan, code: str) -> None:
    assert code in conflicts(scan, **answers)


@pytest.mark.parametrize(
    ("answers", "scan"),
    [
        # At the quartile, a second short of the shares, and with one team.
        ({"boundaries": "enforced"}, shop(cycles=cycles(17, 100))),
        ({"boundaries": "named"}, shop(cycles=cycles(31, 100))),
        ({"teams": 1, "team_collisions": "never"}, shop()),
        ({"teams": 3, "team_collisions": "weekly"}, shop()),
        ({"teams": 3, "team_collisions": "never"}, shop(history={**shop_evidence()["history"], "across_apps": 119})),
        ({"developers": 40}, shop()),
        ({"models": 18}, shop()),
        # One file was not read: the library may be there.
        ({"tracing": "every_request"}, shop(capabilities=[])),
        ({"tracing": "partial"}, shop(capabilities=[], unread=READ)),
    ],
)
def test_answers_within_the_limits_are_no_conflict(answers: dict[str, Any], scan: Scan) -> None:
    assert conflicts(scan, **answers) == set()


def test_forty_developers_with_six_active_authors_are_a_conflict() -> None:
    people = {**shop_evidence()["people"], "active_authors": 6}
    assert conflicts(shop(people=people), developers=40) == {"scan-other-developers"}


@pytest.mark.parametrize(
    ("part", "codes"),
    [
        # More keys, imports and shared changes than any other app, and in a cycle.
        ("Orders", {"scan-hardest-part"}),
        # One foreign key, two imports, nothing else.
        ("recommendations", set()),
        ("PDF reports", set()),
    ],
)
def test_a_first_candidate_in_the_hardest_quarter_is_a_conflict(part: str, codes: set[str]) -> None:
    assert conflicts(shop(), scope="one_part", part_name=part) == codes


def test_an_answer_to_a_question_that_is_not_asked_contradicts_nothing() -> None:
    assert conflicts(shop(), scope="whole_system", part_name="orders") == set()


def test_owners_of_some_apps_contradict_a_team_for_every_area() -> None:
    people = shop_evidence()["people"]
    people["apps"][0]["owners"] = 0
    assert conflicts(shop(people=people), ownership="teams") == {"scan-owned-in-part"}
    assert conflicts(shop(), ownership="teams") == set()
