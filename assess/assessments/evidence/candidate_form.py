"""The form of the candidates: a row for each app of the scan, or for each module that somebody types."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from assess.assessments.evidence.models import CandidateChoices
from assess.assessments.measurements.loads import MatchedLoads, match_loads
from assess.assessments.measurements.models import Measurement
from assess.evidence.facade import CHOICE_FIELDS, MAX_CHOICE_ROWS, Scan
from assess.questionnaire.facade import Issue

#: Empty rows below those with something in them; at the beginning there are more.
SPARE_ROWS: Final = 3
FIRST_ROWS: Final = 6
#: Fields that a scan answers, and the one that only a scan needs.
ONLY_TYPED: Final = ("uses", "transactions")
ONLY_SCAN: Final = ("group",)


class ChoiceForm(forms.Form):
    """One module. What is wrong with it `read_choices` says; here are only the fields."""

    name = forms.CharField(label=_("Module"), required=False)
    group = forms.CharField(
        label=_("Part of"), required=False, help_text=_("A capability. Apps with the same one count as one module.")
    )
    load = forms.CharField(
        label=_("Load, %"), required=False, help_text=_("Its share of all CPU time, or of what you pay for.")
    )
    cacheable = forms.CharField(
        label=_("Cacheable, %"), required=False, help_text=_("How much of that load a cache in front could take.")
    )
    criticality = forms.ChoiceField(
        label=_("If it fails"),
        required=False,
        choices=(
            ("", _("Not known")),
            ("low", _("Nobody loses much")),
            ("medium", _("Some work stops")),
            ("high", _("The business stops")),
        ),
    )
    writers = forms.ChoiceField(
        label=_("Who writes its data"),
        required=False,
        choices=(("", _("Not known")), ("own", _("Only this module")), ("shared", _("Others too"))),
    )
    uses = forms.CharField(
        label=_("Uses directly"),
        required=False,
        help_text=_("Modules whose code or tables it uses, with commas between."),
    )
    transactions = forms.CharField(
        label=_("Same transaction as"), required=False, help_text=_("Modules that write together with it.")
    )
    stays = forms.CharField(
        label=_("Stays, because"), required=False, help_text=_("Fill in to leave it out of the candidates.")
    )


class ChoicesForm:
    """All rows with the field on where loads come from. `data` is what was sent, None for a form to fill in; then a
    `measurement` of load fills the loads of all rows, those that it does not know with nothing."""

    def __init__(
        self,
        *,
        is_typed: bool,
        scan: Scan | None,
        row: CandidateChoices | None,
        data: Mapping[str, Any] | None = None,
        measurement: Measurement | None = None,
    ) -> None:
        saved = dict(row.content) if row is not None and row.content.get("is_typed") is is_typed else {}
        kept = {str(each["name"]): each for each in saved.get("rows", ()) if each.get("name")}
        self.is_typed = is_typed
        self.has_saved_rows = bool(kept)
        if is_typed:
            spare = SPARE_ROWS if kept else FIRST_ROWS
            initials = [*kept.values(), *({} for _number in range(min(spare, MAX_CHOICE_ROWS - len(kept))))]
        else:
            initials = [kept.get(name, {"name": name}) for name in names_of_rows(scan, kept)]
        load_from = saved.get("load_from", "")
        self.loads: MatchedLoads | None = None
        if measurement is not None:
            names = [str(each["name"]) for each in initials if each.get("name")]
            self.loads = match_loads(measurement, names, None if is_typed else scan)
            load_from = self.loads.load_from
            initials = [{**each, "load": self.loads.shares.get(str(each.get("name")), "")} for each in initials]
        count = read_count(data.get("count", "")) if data is not None else len(initials)
        self.rows = [
            ChoiceForm(
                data,
                prefix=f"rows-{number}",
                initial=initials[number] if number < len(initials) else {},
                use_required_attribute=False,
            )
            for number in range(count)
        ]
        for form in self.rows:
            for name in ONLY_SCAN if is_typed else ONLY_TYPED:
                del form.fields[name]
            if not is_typed:
                form.fields["name"].widget = forms.HiddenInput()
        self.general = GeneralForm(data, initial={"load_from": load_from})
        self.all_apps = len(scan.apps) if scan is not None and not is_typed else 0
        self.issues: list[Issue] = []

    def content(self) -> dict[str, Any]:
        """What was sent, as it is kept; rows with nothing but an app's name are left out."""
        rows = [
            {name: str(form[name].value() or "").strip() for name in CHOICE_FIELDS if name in form.fields}
            for form in self.rows
        ]
        said = [row if self.is_typed or any(row[name] for name in row if name != "name") else {} for row in rows]
        return {
            "is_typed": self.is_typed,
            "load_from": str(self.general["load_from"].value() or "").strip(),
            "rows": said,
        }

    def add_issues(self, issues: list[Issue]) -> None:
        """Shows each beside its field; those of no field, above the form."""
        self.issues = issues
        for issue in issues:
            prefix, _dash, name = issue.key.rpartition("-")
            form = next((each for each in self.rows if each.prefix == prefix), None)
            if form is not None and name in form.fields:
                form.add_error(name, issue.message)
            elif issue.key in self.general.fields:
                self.general.add_error(issue.key, issue.message)

    @property
    def anchored_issues(self) -> Iterator[tuple[str, str, str]]:
        """Each mistake as its module's name, its sentence, and the id of its field ("" where it has none)."""
        ids = {f"{form.prefix}-{field.name}": field.id_for_label for form in self.rows for field in form}
        ids["load_from"] = self.general["load_from"].id_for_label
        names = {form.prefix: str(form["name"].value() or "") for form in self.rows}
        for issue in self.issues:
            yield names.get(issue.key.rpartition("-")[0], ""), issue.message, ids.get(issue.key, "")


class GeneralForm(forms.Form):
    load_from = forms.CharField(
        label=_("Where the loads come from"), required=False, help_text=_("For example: profiler, one week of October.")
    )


def names_of_rows(scan: Scan | None, kept: Mapping[str, Any]) -> list[str]:
    """The apps that have a row: those with something kept, then the largest, in alphabetical order."""
    apps = sorted(scan.apps, key=lambda app: (app.id not in kept, -app.lines, app.id)) if scan else []
    return sorted(app.id for app in apps[:MAX_CHOICE_ROWS])


def read_count(text: str) -> int:
    """How many rows were sent; one more than may be, so that too many are refused."""
    return min(int(text), MAX_CHOICE_ROWS + 1) if text.isascii() and text.isdecimal() and len(text) < 5 else 0
