"""Which services to merge first: ties from traces and deploys, groups, and what is said where nothing is known."""

import io

import pytest

from assess.advice.merging import build_merging, runs_as_services
from assess.advice.pitfalls import Facts
from assess.advice.service_ties import MOST_IN_A_GROUP, build_groups, find_ties, join_calls
from assess.demo.traces import build_traces
from assess.measurements.facade import Call, Calls, Deploy, Options, read_measurements
from assess.questionnaire.facade import Answer
from assess.questionnaire_files import builtin_questionnaire

HOUR = 3600
#: S3's company at the moment when its head asked for help.
ANSWERS = {
    "current_shape": Answer(value="services"),
    "services": Answer(value=47),
    "distributed_monolith_signs": Answer(value=("release_together",)),
}


def facts(calls=None, **answers):
    values = {key: Answer(value=value) for key, value in answers.items()}
    return Facts(questionnaire=builtin_questionnaire(), answers=ANSWERS | values, calls=calls, design={})


def call(caller, callee, times=10, **more):
    return Call(caller=caller, callee=callee, times=times, **more)


def calls_of(*calls, databases=None):
    return Calls(calls=calls, traces=10, databases=databases or {})


def releases(**services):
    """Deploys by service, as the hours at which it was released."""
    deploys = [
        Deploy(finished=int(hour * HOUR), minutes=10, result="success", service=service)
        for service, hours in services.items()
        for hour in hours
    ]
    return sorted(deploys, key=lambda each: each.finished)


def kinds(calls=None, deploys=()):
    return {(tie.kind, *sorted(tie.pair)) for tie in find_ties(calls, deploys)}


# --- ties


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        (calls_of(call("a", "b"), call("c", "b")), {("calls", "a", "b"), ("calls", "b", "c")}),
        (calls_of(call("a", "b")), {("calls", "a", "b"), ("only_caller", "a", "b")}),
        (calls_of(call("a", "b", deepest=3), call("c", "b")), {("chain", "a", "b"), ("calls", "b", "c")}),
        (calls_of(call("a", "b"), call("b", "a")), {("calls", "a", "b"), ("both_ways", "a", "b"),
                                                    ("only_caller", "a", "b")}),
        (calls_of(call("a", "b", is_synchronous=False)), set()),
        (calls_of(databases={"a": ("postgresql shop",), "b": ("postgresql shop",)}), {("database", "a", "b")}),
        (calls_of(databases={"a": ("postgresql a",), "b": ("postgresql b",)}), set()),
        (calls_of(databases=dict.fromkeys("abcdefg", ("postgresql one",))), set()),  # all share it
    ],
)  # fmt: skip
def test_ties_of_calls_and_databases(calls, expected):
    assert kinds(calls) == expected


def test_a_gateway_that_calls_everything_is_tied_to_nothing():
    calls = calls_of(*[call("gateway", f"s{number}", deepest=3) for number in range(10)])
    assert find_ties(calls, ()) == ()


@pytest.mark.parametrize(
    ("a", "b", "tied"),
    [
        ((1, 100, 200), (1.4, 100.4, 200.4), True),
        ((1, 100), (1, 100), False),  # twice may be chance
        ((1, 100, 200), (5, 110, 250), False),
        ((1, 100, 200), (1, 100, 200, 300, 310, 320, 330), False),  # b is mostly released alone
    ],
)
def test_services_are_tied_by_releases_within_an_hour_again_and_again(a, b, tied):
    assert (("release", "a", "b") in kinds(deploys=releases(a=a, b=b))) is tied


def test_failed_deploys_and_deploys_without_a_service_tie_nothing():
    failed = [
        Deploy(finished=hour * HOUR, minutes=1, result=result, service=service)
        for hour in (1, 100, 200)
        for result, service in (("failure", "a"), ("success", "b"), ("success", ""))
    ]
    assert find_ties(None, failed) == ()


def test_a_deploy_is_matched_with_its_traced_service_up_to_the_ending_of_its_name():
    calls = calls_of(databases={"orders": ("postgresql shop",), "carts": ("postgresql shop",)})
    times = (1, 100, 200)
    deploys = releases(**{"Orders-Service": times, "carts_svc": times})
    assert kinds(calls, deploys) == {("database", "carts", "orders"), ("release", "carts", "orders")}


# --- groups


def test_a_shared_database_is_enough_for_a_group_and_one_call_is_not():
    shared = {"a": ("postgresql shop",), "b": ("postgresql shop",)}
    (group,) = build_groups(find_ties(calls_of(databases=shared), ()))
    assert group.services == ("a", "b")
    assert group.reasons == ("a and b use the database postgresql shop.",)
    assert build_groups(find_ties(calls_of(call("a", "b"), call("c", "b")), ())) == ()


def test_a_chain_that_is_also_released_together_is_a_group():
    calls, deploys = calls_of(call("a", "b", deepest=3), call("c", "b")), releases(a=(1, 50, 99), b=(1, 50, 99))
    (group,) = build_groups(find_ties(calls, deploys))
    assert group.services == ("a", "b")
    assert not any("may do instead" in reason for reason in group.reasons)


def test_a_group_that_only_calls_tie_names_what_may_do_instead_of_a_merge():
    (group,) = build_groups(find_ties(calls_of(call("a", "b", deepest=3)), ()))
    assert group.reasons[-1].startswith("Only calls tie them: events, or one call for many items")


def test_a_release_train_of_all_services_alone_merges_none():
    trains = {f"s{number}": (1, 100, 200) for number in range(20)}
    assert build_groups(find_ties(None, releases(**trains))) == ()


def test_a_group_stays_small_enough_to_be_merged_and_the_strongest_comes_first():
    chain = [call(f"s{number:02}", f"s{number + 1:02}", deepest=9) for number in range(20)]
    weak = {"x": ("postgresql x",), "y": ("postgresql x",)}
    groups = build_groups(find_ties(calls_of(*chain, databases=weak), ()))
    assert max(len(group.services) for group in groups) <= MOST_IN_A_GROUP
    assert [group.points for group in groups] == sorted((group.points for group in groups), reverse=True)
    assert groups[-1].services == ("x", "y")


def test_the_calls_of_two_files_are_added_up():
    first = calls_of(call("a", "b", 3, most_in_a_trace=2, deepest=1), databases={"a": ("postgresql a",)})
    second = calls_of(call("a", "b", 4, most_in_a_trace=1, deepest=2), databases={"a": ("postgresql x",)})
    joined = join_calls([first, second])
    assert joined == Calls(
        calls=(call("a", "b", 7, most_in_a_trace=2, deepest=2),), traces=20,
        databases={"a": ("postgresql a", "postgresql x")},
    )  # fmt: skip
    assert join_calls([]) is None


# --- the story of S3


@pytest.fixture(scope="module")
def demo_calls():
    return read_measurements(io.BytesIO(build_traces()), options=Options()).content


def test_the_company_with_47_services_is_left_with_15(demo_calls):
    """S3: 32 of 47 services were removed."""
    merging = build_merging(facts(demo_calls), ())
    assert (merging.seen, merging.before, merging.removed, merging.after) == (47, 47, 32, 15)
    assert merging.finding == "Merge 15 groups of services: 47 become 15"
    assert ("order-lines", "order-status", "orders", "returns") in {group.services for group in merging.groups}
    assert all(group.reasons for group in merging.groups)


def test_the_drawing_has_services_of_a_group_side_by_side_and_frames_long_chains(demo_calls):
    matrix = build_merging(facts(demo_calls), ()).matrix
    names = [part.name for part in matrix.parts]
    for group in build_merging(facts(demo_calls), ()).groups:
        places = sorted(names.index(service) for service in group.services if service in names)
        assert places == list(range(places[0], places[0] + len(places))) if places else True
    assert any(cell.to_cut for cell in matrix.cells)
    assert len(names) + len(matrix.alone) == 47
    assert "calls" in dict(matrix.key)["band"]


# --- signs, and what is not known


def test_signs_are_shown_as_answered_and_as_measured(demo_calls):
    signs = {sign.title: sign for sign in build_merging(facts(demo_calls), ()).signs}
    together, chains = signs["Services are released together"], signs["Requests run through chains of services"]
    assert (together.answered, together.measured) == ("yes", "")
    assert chains.answered == "no"
    assert "waits for" in chains.measured
    assert "carts calls cart-items up to 12 times in one" in chains.measured
    assert signs["Services share tables"].measured == "15 of 15 databases are used by two services or more."


def test_without_traces_and_deploys_it_says_what_is_not_known_and_how_to_find_out():
    merging = build_merging(facts(), ())
    assert merging.finding == "Which services to merge first is not known yet"
    assert (merging.before, merging.after, merging.matrix) == (47, 47, None)
    unknown = " ".join(merging.unknown)
    for words in ("Who calls whom: attach traces", "a column “service”", "Who owns too many", "No file shows".lower()):
        assert words in unknown


def test_an_unanswered_question_is_no_sign():
    merging = build_merging(facts(distributed_monolith_signs=None), ())
    assert {sign.answered for sign in merging.signs} == {"unknown"}


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"teams": 3}, "47 services for 3 teams: 15.7 each. More than 8"),
        ({"teams": 10}, "47 services for 10 teams: 4.7 each. Up to 8"),
        ({"developers": 12}, "47 services for 12 people: 3.9 each. More than 2"),
        ({"teams": 0}, ""),
        ({}, ""),
    ],
)
def test_whether_the_teams_can_own_so_many_services(answers, words):
    ownership = build_merging(facts(**answers), ()).ownership
    assert ownership.startswith(words)
    assert bool(ownership) is bool(words)


@pytest.mark.parametrize(
    ("shape", "asked"), [("services", True), ("monolith_with_services", True), ("monolith", False)]
)
def test_merging_is_a_question_for_systems_that_run_as_services(shape, asked):
    assert runs_as_services(facts(current_shape=shape)) is asked
