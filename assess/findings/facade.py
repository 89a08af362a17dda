"""The door of `findings`: what other rooms may use of it. They import nothing else from here."""

from assess.findings.all_findings import Findings, build_findings
from assess.findings.bars import Bar, PainGroup, PainRow, Pains, Scale, Scales, build_pains, build_scales
from assess.findings.card import (
    KeyReason,
    OpenQuestion,
    TriedAnswer,
    build_key_reasons,
    build_open_question,
)
from assess.findings.gates import GateBox, Gates, build_gates
from assess.findings.hero import Hero, build_hero
from assess.findings.line import Column, LineRow, VerdictLine, build_line
from assess.findings.lists import (
    AskAgain,
    Cases,
    OpenAnswers,
    Sources,
    Weighing,
    build_ask_again,
    build_open_answers,
    build_sources,
    build_weighing,
)
from assess.findings.path import DecisionPath, build_path
from assess.findings.roadmap import PlacedStep, PlannedStep, Roadmap, build_roadmap
from assess.findings.squares import Squares, build_checklist, build_evidence, build_small_changes
