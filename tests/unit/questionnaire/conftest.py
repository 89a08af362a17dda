"""A small questionnaire that is well formed, for tests that break it in one place."""

import pytest

SMALL = """\
questionnaire: small-list
version: 1
title: Small list
language: en
summary: Three questions.
sections:
  - slug: shape
    title: Shape
    intro: What runs.
    questions:
      - key: runs
        type: choice
        wording: What runs?
        hint: Choose one.
        why: It decides what else is asked.
        sources: [S3, ours]
        options:
          - {value: one, label: One, means: A single deployment.}
          - {value: many, label: Many, means: Several deployments.}
        reads: {axis: devops, weight: 100, levels: {one: 0, many: 100}}
      - key: signs
        type: several
        wording: What do you see?
        hint: Tick all.
        why: Signs add up.
        sources: [S4]
        asked_when: {key: runs, any_of: [many]}
        options:
          - {value: chains, label: Chains, means: One waits for another.}
          - {value: tables, label: Tables, means: Tables are shared.}
      - key: minutes
        type: number
        quick: true
        wording: How long?
        hint: In minutes.
        why: Slow is slow.
        sources: [S3]
        unit: minutes
        minimum: 0
        maximum: 10080
        whole: false
        reads: {axis: deployable, signal: speed, comfortable: 10, acute: 30, top: 30}
"""


@pytest.fixture
def small() -> str:
    return SMALL
