"""The rules as tables that a reader of the sources can check."""

import pytest

from assess.decision import decide
from tests.unit.decision.model_1.strategies import QUESTIONNAIRE, answers

#: A system that may extract its hot part: one part carries a felt load, and every gate is open.
HOT = {
    "current_shape": "monolith",
    "scaling_profile": "one_part_dominates",
    "load_fit": "failing",
    "boundaries": "named",
    "cross_boundary_transactions": "few",
    "tracing": "planned",
    "central_logging": "in_place",
    "ci_cd": "pipeline",
    "platform_team": "shared",
}
#: Five teams that wait for each other, with the business and the checklist behind them.
WAITING = {
    "current_shape": "monolith",
    "product_stage": "established",
    "developers": 35,
    "teams": 5,
    "deploy_minutes": 45,
    "deploy_waiting": "often",
    "hot_share": 40,
    "boundaries": "named",
    "platform_team": "dedicated",
    "ci_cd": "pipeline",
    "tracing": "every_request",
    "central_logging": "in_place",
    "hiring": "easy",
    "migration_horizon": "half_year",
}
#: A landscape of services about which nothing speaks against them.
SERVING = {
    "current_shape": "services",
    "services": 12,
    "teams": 6,
    "developers": 40,
    "distributed_monolith_signs": (),
    "ownership": "teams",
}


def outcome(values):
    result = decide(QUESTIONNAIRE, answers(**values))
    return result.verdict, result.form, result.rule


@pytest.mark.parametrize(
    ("why", "base", "change", "expected"),
    [
        ("nothing known hurts (S0, S3)", {}, {}, ("stay", "healthy", "no-acute-pain")),
        ("a motive is not a pain (S4)", {}, {"motives": ("imitation",)}, ("stay", "motives", "no-acute-pain")),
        (
            "slow delivery alone is a matter of automation",
            {},
            {"deploy_minutes": 240, "deploy_demand": "blocked"},
            ("stay", "healthy", "no-acute-pain"),
        ),
        (
            "felt load that no part dominates: more machines, caches, shards",
            {},
            {"load_fit": "failing", "scaling_profile": "even"},
            ("stay", "offload", "cheaper-cure"),
        ),
        (
            "a runtime of its own while the load is carried: a library",
            {},
            {"tech_lock_in": "blocking", "load_fit": "comfortable"},
            ("stay", "offload", "cheaper-cure"),
        ),
        (
            "cost alone, as in S3's report generator, is offloaded first",
            {},
            {"infra_cost": "painful", "hot_share": 90, "load_fit": "comfortable"},
            ("stay", "offload", "cheaper-cure"),
        ),
        (
            "unrelated breakage is cured by boundaries (S1)",
            {},
            {"change_breakage": "weekly"},
            ("modular", "cure", "boundaries-first"),
        ),
        (
            "colliding teams are cured by boundaries (S3)",
            {},
            {"team_collisions": "weekly"},
            ("modular", "cure", "boundaries-first"),
        ),
        ("one hot part goes (S0, S2, S3)", HOT, {}, ("extract", "hot_part", "hot-part")),
        ("a small team may let a hot part go", HOT, {"developers": 4}, ("extract", "hot_part", "hot-part")),
        (
            "so may a product still searching",
            HOT,
            {"product_stage": "searching"},
            ("extract", "hot_part", "hot-part"),
        ),
        (
            "not across many transactions (S0, S1, S3)",
            HOT,
            {"cross_boundary_transactions": "many"},
            ("modular", "first_step", "boundaries-first"),
        ),
        ("not out of a tangle (S2, S4)", HOT, {"boundaries": "tangled"}, ("modular", "first_step", "boundaries-first")),
        ("gate: boundaries only sketched", HOT, {"boundaries": "sketched"}, ("modular", "first_step", "gate-failed")),
        ("gate: no tracing (S3, S4)", HOT, {"tracing": "none"}, ("modular", "first_step", "gate-failed")),
        ("gate: no central logging", HOT, {"central_logging": "none"}, ("modular", "first_step", "gate-failed")),
        ("gate: releases by script", HOT, {"ci_cd": "scripted"}, ("modular", "first_step", "gate-failed")),
        ("gate: nobody runs the platform", HOT, {"platform_team": "none"}, ("modular", "first_step", "gate-failed")),
        ("several waiting teams, all backed (S3)", WAITING, {}, ("extract", "organisation", "organisation")),
        (
            "still searching for a market (S3)",
            WAITING,
            {"product_stage": "searching"},
            ("modular", "first_step", "too-early"),
        ),
        ("fewer than ten people (S3)", WAITING, {"developers": 9}, ("modular", "first_step", "too-early")),
        ("exactly ten people are not fewer", WAITING, {"developers": 10}, ("extract", "organisation", "organisation")),
        ("one team waits for nobody", WAITING, {"teams": 1}, ("modular", "first_step", "boundaries-first")),
        (
            "the business gave a quarter (S3: 6-12 months)",
            WAITING,
            {"migration_horizon": "quarter"},
            ("modular", "first_step", "boundaries-first"),
        ),
        (
            "two noes of seven leave five",
            WAITING,
            {"hiring": "hard", "deploy_minutes": 30},
            ("extract", "organisation", "organisation"),
        ),
        (
            "three noes of seven leave four (S3)",
            WAITING,
            {"hiring": "hard", "deploy_minutes": 30, "hot_share": 10},
            ("modular", "first_step", "boundaries-first"),
        ),
        (
            "one part decided on: its releases wait",
            WAITING,
            {"scope": "one_part", "developers": 6},
            ("extract", "hot_part", "part-waits"),
        ),
        (
            "but a single team waits for nobody",
            WAITING,
            {"scope": "one_part", "teams": 1},
            ("modular", "first_step", "boundaries-first"),
        ),
        (
            "what many transactions tie together cannot be taken apart (S0, S1, S3)",
            WAITING,
            {"cross_boundary_transactions": "many"},
            ("modular", "first_step", "boundaries-first"),
        ),
        ("services that serve (S0, S4)", SERVING, {}, ("extract", "keep", "services-serve")),
        (
            "they release together (S3, S4)",
            SERVING,
            {"distributed_monolith_signs": ("release_together",)},
            ("modular", "consolidate", "services-strained"),
        ),
        (
            "synchronous calls alone are a choice (S0)",
            SERVING,
            {"distributed_monolith_signs": ("synchronous_chains",)},
            ("extract", "keep", "services-serve"),
        ),
        (
            "with unowned services they are not",
            SERVING,
            {"distributed_monolith_signs": ("synchronous_chains", "unowned_services")},
            ("modular", "consolidate", "services-strained"),
        ),
        (
            "47 services, four hours to deploy (S3)",
            {},
            {"current_shape": "services", "services": 47, "deploy_minutes": 240},
            ("modular", "consolidate", "services-strained"),
        ),
        (
            "more services than a few people can own",
            SERVING,
            {"services": 30, "developers": 3},
            ("modular", "consolidate", "services-strained"),
        ),
        (
            "a monolith beside clean services is judged as a monolith",
            WAITING,
            {"current_shape": "monolith_with_services", "services": 4, "distributed_monolith_signs": ()},
            ("extract", "organisation", "organisation"),
        ),
        (
            "a monolith beside entangled services merges first",
            WAITING,
            {
                "current_shape": "monolith_with_services",
                "services": 4,
                "distributed_monolith_signs": ("release_together",),
            },
            ("modular", "consolidate", "services-strained"),
        ),
        (
            "a shared database beside a monolith is a stage of migrating (S3)",
            WAITING,
            {
                "current_shape": "monolith_with_services",
                "services": 4,
                "distributed_monolith_signs": ("shared_database",),
            },
            ("extract", "organisation", "organisation"),
        ),
        (
            "among services it is a sign by itself (S3, S4)",
            SERVING,
            {"distributed_monolith_signs": ("shared_database",)},
            ("modular", "consolidate", "services-strained"),
        ),
        (
            "services without tracing and central logging are strained (S4)",
            SERVING,
            {"tracing": "none", "central_logging": "none"},
            ("modular", "consolidate", "services-strained"),
        ),
        (
            "nine people may own five services; a product still searching may not (S3)",
            SERVING,
            {"developers": 9, "services": 5},
            ("extract", "keep", "services-serve"),
        ),
    ],
)
def test_the_rules_say(why, base, change, expected):
    assert outcome({**base, **change}) == expected, why


@pytest.mark.parametrize(
    ("gate", "key"),
    [
        ("boundaries", "boundaries"),
        ("tracing", "tracing"),
        ("logging", "central_logging"),
        ("pipeline", "ci_cd"),
        ("platform", "platform_team"),
    ],
)
def test_a_gate_that_is_not_known_is_open_and_keeps_the_verdict_conditional(gate, key):
    result = decide(QUESTIONNAIRE, answers(**{k: v for k, v in HOT.items() if k != key}))
    assert {g.gate: g.state for g in result.gates}[gate] == "open"
    assert result.verdict == "extract"
    assert not result.firm
    assert set(result.possible_verdicts) == {"modular", "extract"}
    assert key in result.decisive_open_keys


def test_a_pain_fires_only_when_it_is_known():
    result = decide(QUESTIONNAIRE, {})
    assert result.verdict == "stay"
    assert set(result.possible_verdicts) == {"stay", "modular", "extract"}
    assert {axis: score.points for axis, score in result.scores.items()} == dict.fromkeys(result.scores, 0)


def test_the_worst_pain_dominates_and_further_ones_add():
    alone = decide(QUESTIONNAIRE, answers(team_collisions="weekly")).scores["boundary"]
    both = decide(QUESTIONNAIRE, answers(team_collisions="weekly", change_breakage="monthly")).scores["boundary"]
    assert alone.points == 70
    # 55 of 100 closes a third of its share of the 30 that are left: 30 x 0.55 / 3 = 5.5
    assert both.points == 76
    assert [(part.key, part.points) for part in both.contributions] == [("team_collisions", 70), ("change_breakage", 6)]


def test_many_mild_pains_stay_below_an_acute_one():
    mild = answers(
        deploy_waiting="sometimes",
        deploy_demand="blocked",
        deploy_minutes=60,
        scaling_profile="one_part_dominates",
        infra_cost="painful",
        tech_lock_in="wish",
    )
    score = decide(QUESTIONNAIRE, mild).scores["deployable"]
    assert score.threshold == 50
    assert 40 < score.points < 50


def test_what_does_not_apply_leaves_both_sides_of_the_sum():
    from assess.questionnaire.schema import Answer

    known = answers(tracing="every_request", central_logging="in_place")
    with_blank = decide(QUESTIONNAIRE, known).scores["tracing"]
    without = decide(QUESTIONNAIRE, {**known, "metrics": Answer(not_applicable="The platform reports them.")})
    assert with_blank.points == 70
    assert without.scores["tracing"].points == 100
    assert "metrics" not in without.scores["tracing"].open_keys


def test_a_headline_is_only_as_sure_as_what_is_known():
    settled = decide(QUESTIONNAIRE, answers(**WAITING))
    gates_open = decide(QUESTIONNAIRE, answers(**{k: v for k, v in WAITING.items() if k != "ci_cd"}))
    assert settled.headline.startswith("Extract")
    assert gates_open.verdict == "extract"
    assert gates_open.headline.startswith("Prepare")
    assert "only when the open gates hold" in gates_open.headline
    nothing = decide(QUESTIONNAIRE, {})
    told = decide(
        QUESTIONNAIRE,
        answers(
            team_collisions="never",
            change_breakage="never",
            deploy_waiting="never",
            load_fit="comfortable",
            tech_lock_in="none",
        ),
    )
    assert "as far as is known" in nothing.headline
    assert "as far as is known" not in told.headline


def test_steps_leave_out_what_is_done_and_name_what_a_split_stands_on():
    def codes(**values):
        return [step.code for step in decide(QUESTIONNAIRE, answers(**{**WAITING, **values})).steps]

    assert "extract.gateway" in codes()
    assert "extract.gateway" not in codes(gateway="in_place")
    assert "extract.backing" not in codes()
    assert "extract.backing" in codes(budget="none")
    held = codes(migration_horizon="quarter")
    assert "modular.conditions" in held
    assert "modular.contracts" in held
    assert "modular.contracts" not in codes(migration_horizon="quarter", boundaries="enforced")


def test_what_causes_a_felt_load_is_said_only_when_it_is_known():
    def told(**values):
        reasons = decide(QUESTIONNAIRE, answers(load_fit="failing", **values)).reasons
        return next(reason.sentence for reason in reasons if reason.code == "pain.load_fit")

    assert "is not known" in told()
    assert "no single part causes it" in told(scaling_profile="even", hot_share=10)
    assert "one part causes it" in told(scaling_profile="one_part_dominates")
