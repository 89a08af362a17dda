"""Which runs count as deploys to production, by rules that are the same for all formats.

Of a run only times, result and the name of a service are kept: no actor, address, message or branch.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, cast

from assess.language import N_, Words, _, all_of, ngettext, number
from assess.measurements.reading import DropLog, Options
from assess.measurements.records import Deploy, Deploys, MappedField, Reading
from assess.questionnaire.facade import Issue, ValidationFailed, only_visible, shown

#: More than a busy company deploys in a year; each is stored.
MAX_DEPLOYS: Final = 10_000
#: Clocks differ, and a time without a zone may be most of a day off.
FUTURE_SECONDS: Final = 86_400

Outcome = Literal["success", "failure", "cancelled", "running", "no_deploy"]

OUTCOMES: Final[Mapping[str, Outcome]] = {
    name: outcome
    for outcome, names in cast(
        Mapping[Outcome, str],
        {
            "success": "success succeeded successful ok pass passed done complete completed deployed finished true "
            "yes erfolg erfolgreich fertig ja succes reussi reussie termine oui exito exitoso correcto completado si",
            "failure": "failure failed fail error errored timed_out timeout startup_failure rolled_back rollback false "
            "no fehlgeschlagen fehler gescheitert nein echec echoue erreur non fallo fallido fallida",
            "cancelled": "cancelled canceled aborted stopped abgebrochen annule annulee cancelado cancelada",
            "running": "running in_progress queued pending waiting requested created preparing waiting_for_resource "
            "waiting_for_callback scheduled manual blocked canceling started laufend laeuft lauft en_cours en_curso",
            "no_deploy": "skipped neutral action_required stale ubersprungen ignore ignoree omitido",
        },
    ).items()
    for name in names.split()
}

DROP_WORDS: Words[str] = Words(
    {
        "not_an_object": N_("This entry is no run. Export the list again"),
        "running": N_("It has not ended yet. Export again later to count it"),
        "no_deploy": N_("It was skipped, so nothing was deployed"),
        "no_result": N_("It has no result. Export the field that says whether the run succeeded"),
        "unknown_result": N_("Its result is not known here. Write success, failure or cancelled"),
        "no_time": N_("It has no start or no end. Export both, or the end and a duration"),
        "end_before_start": N_("It ends before it begins. Correct one of the two times"),
        "future": N_("It ends in the future. Check the clock and the time zone"),
        "not_production": N_("It did not go to production"),
        "other_workflow": N_("Its workflow does not deploy, by its name. Export that workflow alone to count it"),
        "other_branch": N_("It ran for another branch than production's"),
        "duplicate": N_("The same run is in the file already"),
        "too_many_cells": N_("It has more cells than the first line. Put quotes around texts with a separator"),
    }
)

# --- what production is, by its names


def as_set(words: str) -> frozenset[str]:
    return frozenset(words.split())


PRODUCTION: Final = as_set("production prod prd live produktion produktiv produccion")
NOT_PRODUCTION: Final = as_set(
    "pre preprod non nonprod not no staging stage test tests testing dev development develop preview qa uat sandbox "
    "canary review demo docs dry local"
)
DEPLOYS: Final = as_set(
    "deploy deploys deployment deploying release releases publish ship rollout cd production prod live deliver "
    "delivery bereitstellen bereitstellung ausliefern ausrollen deployer deploiement desplegar despliegue"
)
MAIN_BRANCHES: Final = frozenset({"main", "master", "trunk", "production", "prod", "live", "release"})
#: Nothing is tried twice (`*+`), so that a hostile name takes no longer than another of its length.
VERSION_TAG: Final = re.compile(r"(?:[a-z]++[-/@])?v?\d++(?:\.\d++)++[\w.+-]*+|release[-/].*", re.ASCII)
#: Events of GitHub and sources of GitLab that run before a change is merged, or for no change at all.
BEFORE_MERGE: Final = as_set(
    "pull_request pull_request_target pull_request_review merge_group merge_request_event "
    "external_pull_request_event parent_pipeline"
)


def plain_words(text: str) -> list[str]:
    """The words of a name in small letters, without accents: `["date", "de", "fin"]`."""
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter)
    )
    return re.findall(r"[a-z0-9]+", bare)


def is_production(environment: str) -> bool:
    """Whether an environment is production by its name: "production/eu" is, "pre-prod" is not."""
    words = frozenset(plain_words(environment))
    is_named = bool(words & PRODUCTION) or any(word.startswith(("produktion", "produktiv")) for word in words)
    return is_named and not words & NOT_PRODUCTION


def is_deploy_name(workflow: str) -> bool:
    """Whether a workflow deploys to production by its name: "Deploy to prod" does, "Deploy preview" does not."""
    words = frozenset(plain_words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", workflow)))
    return bool(words & DEPLOYS) and not words & NOT_PRODUCTION


def is_deploy_workflow(workflow: str, titles: Collection[str]) -> bool:
    """Whether a workflow deploys by its file's name, or by its own where all its runs have that, the only one of
    `titles`: a run may be called something else each time."""
    return is_deploy_name(workflow) or (len(titles) == 1 and all(map(is_deploy_name, titles)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Run:
    """One row before it is judged. Times are seconds since 1970."""

    row: int
    begins: int | None  #: the merge, or the creation of the run, or its start
    finished: int | None
    seconds: float | None  #: how long it took, where the file says that instead of when it began
    waited_seconds: float | None
    outcome: str  #: as the file has it
    environment: str | None = None
    workflow: str | None = None
    title: str = ""  #: the workflow's name where the file tells workflows apart by something else
    branch: str | None = None
    event: str = ""
    service: str = ""
    identity: object = None


# --- the rules


def build_reading(
    shape: str,
    words: str,
    mapping: Sequence[MappedField],
    rows_read: int,
    runs: Sequence[Run],
    drops: DropLog,
    warnings: list[str],
    options: Options,
) -> Reading:
    """The reading: which runs count, and why each other does not."""
    is_counted, more_warnings = choose_runs(runs)
    deploys: list[Deploy] = []
    seen: set[object] = set()
    for run in runs:
        reason = is_counted.get(run.row) or find_reason(run, seen, options)
        if reason:
            drops.add(run.row, reason, DROP_WORDS[reason])
            continue
        assert run.finished is not None
        seconds = run.finished - run.begins if run.begins is not None else cast(float, run.seconds)
        deploys.append(
            Deploy(
                finished=run.finished,
                minutes=round(seconds / 60, 4),
                result=cast(Literal["success", "failure", "cancelled"], find_outcome(run.outcome)),
                waited_minutes=None if run.waited_seconds is None else round(run.waited_seconds / 60, 4),
                service=service_name(run.service),
            )
        )
    if len(deploys) > MAX_DEPLOYS:
        raise too_many()
    if not any(deploy.waited_minutes for deploy in deploys):
        # GitHub's first attempt starts when it is created, whatever it waits for a runner: that is no waiting of 0.
        deploys = [replace(deploy, waited_minutes=None) for deploy in deploys]
    warnings.extend(more_warnings)
    if not deploys:
        warnings.append(
            _("No row is a finished deploy to production, so nothing can be counted. See the dropped rows.")
        )
    drops.listed.sort(key=lambda each: each.row)
    return Reading(
        kind="deploys",
        shape=shape,
        shape_words=_(words),
        mapping=tuple(mapping),
        rows_read=rows_read,
        dropped=tuple(drops.listed),
        dropped_by_reason=dict(drops.by_reason),
        content=Deploys(deploys=tuple(sorted(deploys, key=lambda each: each.finished))),
        warnings=tuple(warnings),
    )


def choose_runs(runs: Sequence[Run]) -> tuple[dict[int, str], list[str]]:
    """By row the reason why a run is none of production, and what to know about the choice.

    1. Where the file names environments, production counts. 2. Runs before a merge don't count. 3. Of several
    workflows those count that deploy by their name. 4. Of several branches main, master, trunk, production and tags of
    versions count, or where none of these is there the branch with the most runs.
    """
    reasons: dict[int, str] = {}
    warnings: list[str] = []
    for run in runs:
        # Where nothing says what a pipeline is for, one that the clock starts is a nightly test sooner than a deploy.
        is_nightly = run.event == "schedule" and run.workflow is None and run.environment is None
        if (
            is_nightly
            or run.event in BEFORE_MERGE
            or (run.environment is not None and not is_production(run.environment))
        ):
            reasons[run.row] = "not_production"
    left = [run for run in runs if run.row not in reasons]
    workflows = Counter(run.workflow for run in left if run.workflow is not None)
    if workflows:
        titles: dict[str, set[str]] = defaultdict(set)
        for run in left:
            if run.workflow is not None:
                titles[run.workflow].add(run.title)
        counted = {name for name in workflows if is_deploy_workflow(name, titles[name])}
        if len(workflows) > 1:
            reasons.update({run.row: "other_workflow" for run in left if run.workflow not in counted})
            chosen = all_of([harmless(name) for name in sorted(counted)[:5]])  # at most five are named
            warnings.append(
                _("The file has {count} workflows. Only these deploy, by their names: {chosen}.").format(
                    count=number(len(workflows)), chosen=chosen
                )
                if counted
                else _(
                    "The file has {count} workflows, and none of them deploys by its name. Export one alone."
                ).format(count=number(len(workflows)))
            )
        elif not counted:
            warnings.append(_("All runs are of one workflow. Check that it deploys to production."))
    left = [run for run in left if run.row not in reasons]
    branches = Counter(run.branch for run in left if run.branch is not None)
    if len(branches) > 1:
        known = {name for name in branches if name in MAIN_BRANCHES or VERSION_TAG.fullmatch(name)}
        known = known or {max(sorted(branches), key=branches.__getitem__)}
        others = len(branches) - len(known)
        reasons.update({run.row: "other_branch" for run in left if run.branch not in known})
        if others:
            warnings.append(
                ngettext(
                    "Runs of {count} other branch don't count.", "Runs of {count} other branches don't count.", others
                ).format(count=number(others))
            )
    return reasons, warnings


def find_outcome(text: str) -> Outcome | None:
    return OUTCOMES.get("_".join(plain_words(text)))


def find_reason(run: Run, seen: set[object], options: Options) -> str:
    """Why a run of production does not count; "" for one that does."""
    outcome = find_outcome(run.outcome)
    if outcome is None:
        return "unknown_result" if run.outcome else "no_result"
    if outcome in ("running", "no_deploy"):
        return outcome
    if run.finished is None or (run.begins is None and run.seconds is None):
        return "no_time"
    if (run.begins is not None and run.finished < run.begins) or (run.waited_seconds or 0) < 0:
        return "end_before_start"
    if options.now is not None and run.finished > options.now + FUTURE_SECONDS:
        return "future"
    key = (
        (run.identity, run.service)
        if run.identity
        else (run.begins, run.finished, run.seconds, run.service, run.environment)
    )
    if key in seen:
        return "duplicate"
    seen.add(key)
    return ""


def service_name(text: str) -> str:
    """The name of a service; "" for what may be a person's address."""
    name = text.strip()
    return "" if "@" in name or name != only_visible(name) else name[:80]


def harmless(workflow: str) -> str:
    """The name of a workflow, or of its file, to be shown."""
    name = workflow.partition("@")[0] if workflow.startswith(".github/") else workflow
    return shown(service_name(name.rpartition("/")[2])) or _("(name left out)")


def no_rows() -> ValidationFailed:
    message = _("Export a span with at least one run; this file has none")
    return ValidationFailed([Issue(code="no_rows", message=message, key="file")])


def too_many() -> ValidationFailed:
    message = _("Export a shorter span: at most {most} deploys").format(most=number(MAX_DEPLOYS))
    return ValidationFailed([Issue(code="too_many", message=message, key="file")])
