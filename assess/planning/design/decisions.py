"""Every design question of a version: whether its verdict asks it, what proposes an option, and what was decided."""

from dataclasses import dataclass
from functools import cached_property

from assess.advice.facade import (
    BASIS_WORDS,
    DESIGN_QUESTIONS,
    PHASE_WORDS,
    DesignOption,
    DesignProposal,
    DesignQuestion,
    is_design_asked,
    propose_design,
    translate_design_question,
)
from assess.assessments.facade import Assessment, build_version_candidates, judge, latest_scan_of, questionnaire_of
from assess.decision.facade import Result, find_standing_form
from assess.language import _
from assess.planning.measured import load_measured_services
from assess.planning.models import DesignDecision
from assess.questionnaire.facade import Answers, Questionnaire


@dataclass(frozen=True, kw_only=True)
class DesignLine:
    """One question. `decision` is None while it is open; `proposal` stays visible beside a decision."""

    question: DesignQuestion
    is_asked: bool
    proposal: DesignProposal | None
    decision: DesignDecision | None

    @property
    def state_words(self) -> str:
        if self.decision is not None:
            return _("Decided")
        return _("Proposed") if self.proposal else _("Open")

    @cached_property
    def chosen(self) -> DesignOption | None:
        """The option that was decided; None while open, and for one that this release does not know."""
        return self.question.option(self.decision.option) if self.decision else None

    @cached_property
    def proposed(self) -> DesignOption | None:
        return self.question.option(self.proposal.option) if self.proposal else None

    @property
    def basis_words(self) -> str:
        return BASIS_WORDS[self.proposal.basis] if self.proposal else ""

    @property
    def phase_words(self) -> str:
        return PHASE_WORDS[self.question.phase]


def find_asked_design(
    assessment: Assessment, questionnaire: Questionnaire, answers: Answers, result: Result
) -> frozenset[str]:
    """The slugs of the questions that the decision that stands asks, or the shape of the system."""
    is_decided = bool(result.shown_verdict or assessment.overruled_to)
    form = find_standing_form(questionnaire, answers, result, assessment.overruled_to) if is_decided else ""
    shape = answers.get("current_shape")
    shape_value = str(shape.value) if shape else ""
    return frozenset(slug for slug, each in DESIGN_QUESTIONS.items() if is_design_asked(each, form, shape_value))


def load_design_lines(assessment: Assessment) -> tuple[DesignLine, ...]:
    """All questions in their order, in the reader's language. Four queries, those of the answers, and reading the files
    of a scan and of calls."""
    answers = assessment.current_answers()
    questionnaire = questionnaire_of(assessment.edition)
    asked = find_asked_design(assessment, questionnaire, answers, judge(assessment, questionnaire, answers).result)
    scan = latest_scan_of(assessment)
    candidates = build_version_candidates(assessment, scan).candidates
    ranked = candidates.ranked if candidates else ()
    proposals = propose_design(answers, scan, load_measured_services(assessment).calls, ranked[0] if ranked else None)
    decided = {row.key: row for row in assessment.design_decisions.select_related("decided_by")}
    return tuple(
        DesignLine(
            question=translate_design_question(question),
            is_asked=slug in asked,
            proposal=proposals.get(slug),
            decision=decided.get(slug),
        )
        for slug, question in DESIGN_QUESTIONS.items()
    )
