"""Answers of three systems that the tests vary, by question."""

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
