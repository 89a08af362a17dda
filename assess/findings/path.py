"""The decision path: the questions that the rules asked, what was answered, and where each could still lead."""

from dataclasses import dataclass

from assess.decision.facade import Exit, Result, Station, Verdict, build_stations, title_of, words_of_form
from assess.language import _, capitalised, ngettext, number_word
from assess.questionnaire.facade import Answers, Questionnaire

__all__ = ["DecisionPath", "Exit", "Station", "build_path"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionPath:
    """The way to the verdict, for `charts/path.html`. Without stations for a verdict of the first model."""

    stations: tuple[Station, ...]
    verdict: Verdict
    title: str
    form: str
    rule_sentence: str

    @property
    def open_exits(self) -> int:
        """How many stations could still lead to another verdict."""
        return sum(1 for station in self.stations if station.exit and station.exit.is_possible)

    @property
    def finding(self) -> str:
        if not self.stations:
            return _("This rule decided")
        asked = ngettext("One question led here.", "{count} questions led here.", len(self.stations)).format(
            count=capitalised(number_word(len(self.stations)))
        )
        if not self.open_exits:
            return _("{asked} No exit is open.").format(asked=asked)
        still = ngettext("One exit is still open.", "{count} exits are still open.", self.open_exits).format(
            count=capitalised(number_word(self.open_exits))
        )
        return _("{asked} {still}").format(asked=asked, still=still)


def build_path(questionnaire: Questionnaire, answers: Answers, result: Result) -> DecisionPath:
    """The path of this result."""
    return DecisionPath(
        stations=build_stations(questionnaire, answers),
        verdict=result.verdict,
        title=title_of(result.verdict, result.form),
        form=words_of_form(result.form),
        rule_sentence=result.rule_sentence,
    )
