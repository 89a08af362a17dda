"""Who gets which status at which address by which method: one row for each URL name.

To add an address, add a row. `test_access_matrix` walks every address of the site and fails where a row is missing,
wrong or left over. Methods that a row does not name must be refused with 405, after the sign-in.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.factories import mutation_id

#: Nobody; Dana (on the team, switched off); Alice (leads the team); Bob (on it); Vera (views what it does); Ravi (a
#: respondent of it, asked to answer the assessment); Gus (a guest, asked too, who came by a link); Rita (architect of
#: the workspace); Olga (on another team of it); Charlie (leads a team of another workspace); Zoe (architect of
#: another workspace); Ada and Yves (administrators of Alice's and of Zoe's workspace, on no team). Four came by a share
#: link without an account: it works, has expired, was revoked, or belongs to another assessment.
VISITORS = ("share_valid", "share_expired", "share_revoked", "share_other")
ACTORS = (
    "nobody", "dana", "alice", "bob", "vera", "ravi", "gus", "rita", "olga", "charlie", "zoe", "ada", "yves", *VISITORS,
)  # fmt: skip
SIGNED_OUT = ("nobody", "dana", *VISITORS)
#: To an assessment of Alice's team, but for what it asks of respondents. An administrator looks after people and
#: questionnaires, not after what teams answer.
STRANGERS = ("ravi", "olga", "charlie", "zoe", "ada", "yves")
#: To what belongs to Alice's workspace.
OUTSIDERS = ("charlie", "zoe", "yves")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

Cells = dict[str, int]


def cells(
    *, out: int, alice: int, bob: int, rita: int, olga: int, charlie: int, zoe: int, admins: int,
    vera: int = 403, ravi: int = 404, gus: int = 403,
) -> Cells:  # fmt: skip
    """`out` is the status of all who are not signed in, `admins` of both administrators.

    A guest is let into nothing that is not marked for guests, whether it exists or not.
    """
    signed_in = {"alice": alice, "bob": bob, "vera": vera, "ravi": ravi, "gus": gus, "rita": rita}
    signed_in |= {"olga": olga, "charlie": charlie, "zoe": zoe}
    return {**dict.fromkeys(SIGNED_OUT, out), **signed_in, "ada": admins, "yves": admins}


def everyone(status: int) -> Cells:
    return dict.fromkeys(ACTORS, status)


def signed_in(status: int, *, out: int = 302, gus: int = 403) -> Cells:
    """The same for all who are signed in but a guest; the others are sent to sign in (302)."""
    return {**everyone(status), **dict.fromkeys(SIGNED_OUT, out), "gus": gus}


def readers(status: int = 200, *, out: int = 302) -> Cells:
    """The team, its viewers and the architect; for strangers there is nothing."""
    return cells(
        out=out, alice=status, bob=status, vera=status, rita=status, olga=404, charlie=404, zoe=404, admins=404
    )


def writers(status: int, *, out: int = 302) -> Cells:
    """The team; who may only read is told that they may not (403); for strangers there is nothing."""
    return cells(out=out, alice=status, bob=status, rita=403, olga=404, charlie=404, zoe=404, admins=404)


def leads(status: int, *, out: int = 302) -> Cells:
    """Who leads the team; its members and readers may not."""
    return {**writers(status, out=out), "bob": 403}


def reviewers(status: int, *, out: int = 302) -> Cells:
    """The architect; the team may not."""
    return {**writers(403, out=out), "rita": status}


def sharers(status: int, *, out: int = 302) -> Cells:
    """Who leads the team, and the architect."""
    return {**leads(status, out=out), "rita": status}


def visitors(status: int = 200) -> Cells:
    """Whoever opened this link; for all others it does not exist, with or without an account. Asked of an expired or
    revoked link is its own page: it says that the link no longer works."""
    return {**everyone(404), "share_valid": status, "share_expired": 410, "share_revoked": 410}


def asked(status: int = 200, *, out: int = 302) -> Cells:
    """Who was asked to answer; for all others there is nothing to answer."""
    return {**signed_in(404, out=out), "ravi": status, "gus": status}


def on_a_team(status: int) -> Cells:
    """Everybody with a team to start something for; viewers, respondents and architects have none."""
    return cells(
        out=302, alice=status, bob=status, ravi=403, rita=403, olga=status, charlie=status, zoe=403, admins=403
    )


def architects(status: int, *, out: int = 302) -> Cells:
    """Whoever is architect of a workspace, whichever; the others may not."""
    return {**signed_in(403, out=out), "rita": status, "zoe": status}


def administrators(status: int, *, out: int = 302) -> Cells:
    """Whoever administers a workspace, whichever; the others may not."""
    return {**signed_in(403, out=out), "ada": status, "yves": status}


def administrator(status: int, *, out: int = 302) -> Cells:
    """Who administers Alice's workspace; its members may not (403), for everybody else there is nothing."""
    return {**signed_in(403, out=out), **dict.fromkeys(OUTSIDERS, 404), "ada": status}


def looks_after(status: int, *, out: int = 302) -> Cells:
    """Who decides about people in Alice's workspace: its administrator, and Alice for her team."""
    return {**administrator(status, out=out), "alice": status}


@dataclass(frozen=True, kw_only=True)
class Row:
    """`methods`: status of each actor; HEAD is GET's unless named. `others`: status by any other method.

    `of_an_assessment`: the address names Alice's team's assessment; `of_an_edition`: a draft of her workspace;
    `of_a_workspace`: the workspace; `of_a_share_link`: the working link, but for those whose own link has ended theirs
    (with `of_an_assessment`, a link of that assessment). `body`: what POST, PUT and PATCH send; made anew
    for each request; a str goes out as JSON.
    """

    methods: dict[str, Cells]
    others: Cells = field(default_factory=lambda: signed_in(405))
    of_an_assessment: bool = False
    of_an_edition: bool = False
    of_a_workspace: bool = False
    of_a_system: bool = False
    of_a_share_link: bool = False
    arguments: dict[str, Any] = field(default_factory=dict)
    body: Callable[[], dict[str, str] | str] = dict
    reason: str = ""

    def expected(self, method: str) -> Cells:
        if method == "HEAD" and "HEAD" not in self.methods:
            method = "GET"
        return self.methods.get(method, self.others)


#: What a view that lets guests in says to another method.
FOR_GUESTS_TOO = signed_in(405, gus=405)
OPEN = Row(methods={"GET": everyone(200)}, others=everyone(405))
#: allauth's pages for the signed-out send those who are signed in on, whatever the method.
ENTRANCE = dict.fromkeys(("GET", "POST", "PUT"), signed_in(302, out=200, gus=302))


def an_answer() -> str:
    """One change of a section page's script, as docs/saving.md has it."""
    change = {"question": "developers", "value": 4, "base_version": 0, "mutation_id": mutation_id()}
    return json.dumps(change)


TABLE: dict[str, Row] = {
    # --- open to all
    "landing": Row(
        methods={"GET": signed_in(302, out=200, gus=302)}, others=everyone(405), reason="signed in: to one's list"
    ),
    "quick-check": OPEN,
    "sample": OPEN,
    "how-it-decides": OPEN,
    "sources": OPEN,
    "cases": OPEN,
    "scaling-sum": OPEN,
    "scanner": OPEN,
    "scanner-file": OPEN,
    "evidence-schema": OPEN,
    # --- for programs that watch the site
    "livez": OPEN,
    "readyz": Row(methods={"GET": everyone(503)}, others=everyone(405), reason="503: no worker runs beside the tests"),
    "metrics": Row(methods={"GET": everyone(404)}, others=everyone(405), reason="404: off; see the tests of metrics"),
    # --- assessments
    "assessments": Row(
        methods={"GET": signed_in(200, gus=302)},
        others=signed_in(405, gus=405),
        reason="each sees only their own: tested by the list's tests; a guest has no list but what asks of them",
    ),
    "assessment-new": Row(
        methods={"GET": on_a_team(200), "POST": on_a_team(302)}, body=lambda: {"system-name": "Shop", "team-id": ""}
    ),
    "assessment-from-report": Row(
        methods={"GET": on_a_team(200), "POST": on_a_team(400)}, reason="400: no file; with one, by the page's tests"
    ),
    "assessment": Row(methods={"GET": readers()}, of_an_assessment=True),
    "assessment-section": Row(
        methods={
            # Whoever may only read gets the page of all answers instead of a form.
            "GET": cells(out=302, alice=200, bob=200, vera=302, rita=302, olga=404, charlie=404, zoe=404, admins=404),
            "POST": writers(302),
        },
        of_an_assessment=True,
        arguments={"slug": "teams"},
    ),
    "assessment-answers": Row(
        # What comes as JSON is answered by 401 instead of a redirect; a GET has no body that would say so.
        methods={"POST": writers(200, out=401), "GET": signed_in(405)},
        others={**signed_in(405), **dict.fromkeys(SIGNED_OUT, 401)},
        of_an_assessment=True,
        body=an_answer,
    ),
    "assessment-suggestions": Row(
        methods={
            "GET": cells(out=302, alice=200, bob=200, vera=302, rita=302, olga=404, charlie=404, zoe=404, admins=404),
            "POST": writers(302),
        },
        of_an_assessment=True,
        reason="302 for readers: there is nothing for them to confirm",
    ),
    "assessment-consensus": Row(methods={"GET": readers()}, of_an_assessment=True),
    "assessment-agree": Row(
        methods={"POST": writers(302)}, of_an_assessment=True, body=lambda: {"key": "teams", "value": "5"}
    ),
    "assessment-accept-unanimous": Row(methods={"POST": writers(302)}, of_an_assessment=True),
    "assessment-withdraw-agreement": Row(
        methods={"POST": writers(302)}, of_an_assessment=True, body=lambda: {"key": "teams"}
    ),
    "assessment-review": Row(methods={"GET": readers()}, of_an_assessment=True),
    "assessment-result": Row(methods={"GET": readers()}, of_an_assessment=True),
    "assessment-what-if": Row(methods={"GET": readers()}, of_an_assessment=True),
    "assessment-planned-changes": Row(methods={"POST": writers(302)}, of_an_assessment=True),
    "assessment-planned-changes-drop": Row(methods={"POST": writers(302)}, of_an_assessment=True),
    "assessment-basis": Row(methods={"POST": writers(302)}, of_an_assessment=True),
    "assessment-submit": Row(methods={"POST": writers(302)}, of_an_assessment=True),
    "assessment-next-version": Row(methods={"POST": writers(302)}, of_an_assessment=True),
    "assessment-delete": Row(methods={"POST": writers(302)}, of_an_assessment=True),
    "assessment-restore": Row(methods={"POST": writers(302)}, of_an_assessment=True),
    # --- evidence
    "evidence": Row(
        methods={"GET": readers(), "POST": writers(400)}, of_an_assessment=True, reason="400: no file was chosen"
    ),
    "outcome": Row(
        methods={"GET": readers(), "POST": {**writers(400), "rita": 400}},
        of_an_assessment=True,
        reason="400: the version is not signed",
    ),
    "outcome-case": Row(
        methods={"GET": {**writers(200), "rita": 200}, "POST": {**writers(400), "rita": 400}},
        of_an_assessment=True,
        reason="400: the workspace offers no cases",
    ),
    "merging": Row(methods={"GET": readers()}, of_an_assessment=True),
    "pitfalls": Row(methods={"GET": readers()}, of_an_assessment=True),
    "evidence-measurements": Row(
        methods={"GET": readers(), "POST": writers(404)}, of_an_assessment=True, reason="404: no button was pressed"
    ),
    "evidence-map": Row(methods={"GET": readers()}, of_an_assessment=True),
    "evidence-candidates": Row(methods={"GET": readers(), "POST": writers(302)}, of_an_assessment=True),
    **{
        f"evidence-{verb}": Row(
            methods={"POST": writers(404)},
            of_an_assessment=True,
            arguments={"evidence_id": 1},
            reason="404: nothing is attached; a scan that is there is for the tests of evidence",
        )
        for verb in ("delete", "restore")
    },
    "evidence-boundaries": Row(methods={"GET": readers()}, of_an_assessment=True),
    "evidence-boundaries-file": Row(
        methods={"GET": readers(404)},
        of_an_assessment=True,
        arguments={"name": "tach"},
        reason="404: nothing is attached; a scan that is there is for the tests of evidence",
    ),
    "evidence-claims": Row(
        methods={"GET": readers(), "POST": writers(404)}, of_an_assessment=True, reason="404: no button was pressed"
    ),
    # --- goals
    "goals": Row(methods={"GET": readers(), "POST": writers(404)}, of_an_assessment=True, reason="404: no button"),
    # --- preparation lists
    "preparation": Row(
        methods={"GET": readers(), "POST": writers(400)}, of_an_assessment=True, reason="400: no item was named"
    ),
    "preparation-waive": Row(
        methods={"GET": readers(302), "POST": reviewers(400)}, of_an_assessment=True, reason="400: no item was named"
    ),
    # --- design decisions
    "design": Row(methods={"GET": readers()}, of_an_assessment=True),
    "design-decision": Row(
        methods={"GET": readers(), "POST": writers(400)},
        of_an_assessment=True,
        arguments={"key": "data"},
        reason="400: no option was chosen",
    ),
    "design-records": Row(
        methods={"GET": readers(404)}, of_an_assessment=True, reason="404: nothing is decided; else by the tests of it"
    ),
    "design-record": Row(
        methods={"GET": readers(404)},
        of_an_assessment=True,
        arguments={"key": "data"},
        reason="404: nothing is decided; else by the tests of it",
    ),
    # --- money and plan
    "money": Row(
        methods={"GET": readers(), "POST": writers(400)}, of_an_assessment=True, reason="400: no figure was sent"
    ),
    "plan": Row(
        methods={"GET": readers(), "POST": writers(400)}, of_an_assessment=True, reason="400: no day to begin on"
    ),
    "plan-add": Row(
        methods={"GET": writers(200), "POST": writers(400)}, of_an_assessment=True, reason="400: an empty step"
    ),
    "plan-step": Row(
        methods={"GET": writers(404), "POST": writers(404)},
        of_an_assessment=True,
        arguments={"step_id": 1},
        reason="404: no plan is begun; one that is there is for the tests of plans",
    ),
    "plan-change": Row(
        methods={"POST": writers(404)},
        of_an_assessment=True,
        arguments={"step_id": 1},
        reason="404: no plan is begun; one that is there is for the tests of plans",
    ),
    "plan-file": Row(
        methods={"GET": readers(302)},
        of_an_assessment=True,
        arguments={"name": "plan.md"},
        reason="302: no plan is begun, so to its page",
    ),
    # --- review: the assessment is still answered, so a move is refused (400) to whoever might make it
    "assessment-decision": Row(methods={"GET": readers()}, of_an_assessment=True),
    "decision-take-up": Row(methods={"POST": reviewers(400)}, of_an_assessment=True),
    "decision-sign": Row(methods={"POST": reviewers(400)}, of_an_assessment=True),
    "decision-withdraw": Row(methods={"POST": writers(400)}, of_an_assessment=True),
    "decision-challenge": Row(methods={"POST": writers(400)}, of_an_assessment=True),
    "decision-answer": Row(methods={"POST": reviewers(400)}, of_an_assessment=True),
    "decision-comment": Row(
        methods={"POST": {**writers(302), "rita": 302}},
        of_an_assessment=True,
        body=lambda: {"key": "teams", "text": "Are these all?"},
    ),
    "decision-settle": Row(
        methods={"POST": {**writers(404), "rita": 404}},
        of_an_assessment=True,
        arguments={"comment_id": 1},
        reason="404: nobody said anything; one that is there is for the tests of comments",
    ),
    "decision-meet": Row(
        methods={"POST": {**writers(404), "rita": 404}},
        of_an_assessment=True,
        arguments={"condition_id": 1},
        reason="404: nothing was signed; one that is there is for the tests of conditions",
    ),
    # --- respondents: who is asked, and their own sheets
    "assessment-people": Row(methods={"GET": readers()}, of_an_assessment=True),
    "assessment-ask": Row(methods={"POST": leads(400)}, of_an_assessment=True, reason="400: nobody was chosen"),
    "assessment-guest-link": Row(methods={"POST": leads(200)}, of_an_assessment=True),
    "assessment-guest-link-revoke": Row(methods={"POST": leads(302)}, of_an_assessment=True),
    "assessment-remind": Row(methods={"POST": leads(302)}, of_an_assessment=True),
    "assessment-remove": Row(methods={"POST": leads(302)}, of_an_assessment=True),
    "assessment-ask-sections": Row(methods={"POST": leads(302)}, of_an_assessment=True),
    "assessment-names": Row(methods={"POST": leads(302)}, of_an_assessment=True),
    "assessment-share-answers": Row(methods={"POST": leads(302)}, of_an_assessment=True),
    "assessment-answer-myself": Row(methods={"POST": writers(302)}, of_an_assessment=True),
    "assessment-mine": Row(methods={"GET": asked()}, others=FOR_GUESTS_TOO, of_an_assessment=True),
    "assessment-my-section": Row(
        methods={"GET": asked(302), "POST": asked(302)},
        others=FOR_GUESTS_TOO,
        of_an_assessment=True,
        arguments={"slug": "teams"},
        reason="302: the team answers together; answering apart is for the tests of respondents",
    ),
    "assessment-my-answers": Row(
        methods={"POST": asked(409, out=401), "GET": FOR_GUESTS_TOO},
        others={**FOR_GUESTS_TOO, **dict.fromkeys(SIGNED_OUT, 401)},
        of_an_assessment=True,
        body=an_answer,
        reason="409: the team answers together",
    ),
    "assessment-finish": Row(methods={"POST": asked(302)}, others=FOR_GUESTS_TOO, of_an_assessment=True),
    "assessment-personal-link": Row(
        methods={"POST": {**asked(302), "ravi": 403}}, others=FOR_GUESTS_TOO, of_an_assessment=True
    ),
    "asked": Row(methods={"GET": signed_in(200, gus=200)}, others=FOR_GUESTS_TOO),
    "join": Row(
        methods={"GET": everyone(404), "POST": everyone(404)},
        others=everyone(405),
        arguments={"token": "no-such-link"},
        reason="404: a link that leads nowhere; real ones are for the tests of joining",
    ),
    # --- reports: who may read an assessment may have it as a PDF
    "report": Row(methods={"GET": readers(), "POST": readers(302)}, of_an_assessment=True),
    "report-pdf": Row(methods={"GET": readers(302)}, of_an_assessment=True, reason="302: none is made yet"),
    **{
        f"report-{form}": Row(methods={"GET": readers()}, of_an_assessment=True)
        for form in ("read", "docx", "md", "csv", "semicolon.csv", "xlsx", "json")
    },
    "personal-report": Row(
        methods={"GET": signed_in(404), "POST": signed_in(404)},
        arguments={"report_id": 10**12},
        reason="404: nobody has asked for this one; another's is told from it by nothing, by the tests of own reports",
    ),
    "personal-report-pdf": Row(
        methods={"GET": signed_in(404)}, arguments={"report_id": 10**12}, reason="as personal-report"
    ),
    # --- what waits on whom: each sees only their own, by the tests of that page
    "waiting": Row(methods={"GET": signed_in(200)}),
    "waiting-read": Row(methods={"POST": signed_in(302)}),
    # --- share links: who made them, and who comes by them
    "assessment-links": Row(
        methods={"GET": sharers(200), "POST": sharers(400)},
        of_an_assessment=True,
        reason="400: only a submitted version is shared",
    ),
    "assessment-link-revoke": Row(methods={"POST": sharers(302)}, of_an_assessment=True, of_a_share_link=True),
    "share-open": Row(
        methods={method: {**everyone(302), "share_expired": 410, "share_revoked": 410} for method in ("GET", "POST")},
        others=everyone(405),
        of_a_share_link=True,
        reason="whoever knows the token may look; 302: to the clean address",
    ),
    "shared": Row(methods={"GET": visitors()}, others=everyone(405), of_a_share_link=True),
    "shared-answers": Row(methods={"GET": visitors()}, others=everyone(405), of_a_share_link=True),
    "shared-pdf": Row(
        methods={"GET": visitors(202)}, others=everyone(405), of_a_share_link=True, reason="202: it is being made"
    ),
    # --- side by side
    "compare": Row(methods={"GET": signed_in(200)}, reason="without a choice it asks for one"),
    "compare-report": Row(
        methods={"POST": signed_in(404)},
        reason="404: nothing was chosen; who may ask for what, by the tests of comparing",
    ),
    "system-trend": Row(methods={"GET": readers()}, of_an_assessment=True, of_a_system=True),
    # --- portfolio: for architects, each of their own workspace (tested by the portfolio's tests)
    "portfolio": Row(methods={"GET": architects(200)}),
    "portfolio-conditions": Row(methods={"GET": architects(200)}),
    "portfolio-csv": Row(methods={"GET": architects(200)}),
    "portfolio-semicolon.csv": Row(methods={"GET": architects(200)}),
    "portfolio-xlsx": Row(methods={"GET": architects(200)}),
    "portfolio-json": Row(methods={"GET": architects(200)}),
    "portfolio-report": Row(methods={"POST": architects(302)}, body=lambda: {"query": ""}),
    "portfolio-view-save": Row(methods={"POST": architects(302)}, body=lambda: {"name": "Mine", "query": ""}),
    "portfolio-view-delete": Row(
        methods={"POST": architects(404)}, arguments={"view_id": 10**12}, reason="404: nobody has saved this one"
    ),
    # --- questionnaires: for administrators
    "editions": Row(methods={"GET": administrators(200)}),
    "edition-import": Row(
        methods={"GET": administrator(200), "POST": administrator(400)},
        of_a_workspace=True,
        reason="400: no file was chosen; a real one is for the tests of importing",
    ),
    "edition-check": Row(
        methods={"GET": administrator(404)},
        of_a_workspace=True,
        arguments={"run_id": 1},
        reason="404: nobody asked for a check with this number",
    ),
    "edition-confirm": Row(
        methods={"POST": administrator(400)}, of_a_workspace=True, reason="400: nothing was reviewed"
    ),
    "edition": Row(methods={"GET": administrator(200)}, of_an_edition=True),
    "edition-preview": Row(methods={"GET": administrator(200)}, of_an_edition=True),
    "edition-export": Row(methods={"GET": administrator(200)}, of_an_edition=True),
    "edition-publish": Row(methods={"POST": administrator(302)}, of_an_edition=True),
    "edition-retire": Row(methods={"POST": administrator(400)}, of_an_edition=True, reason="400: nothing uses a draft"),
    "edition-texts": Row(methods={"GET": administrator(200)}, of_an_edition=True),
    "translation-import": Row(
        methods={"GET": administrator(200), "POST": administrator(400)},
        of_an_edition=True,
        reason="400: the texts of a draft still change",
    ),
    "translation-confirm": Row(
        methods={"POST": administrator(400)}, of_an_edition=True, reason="400: nothing was reviewed"
    ),
    "translation-export": Row(
        methods={"GET": administrator(404)},
        of_an_edition=True,
        arguments={"language": "nl"},
        reason="404: a draft is not translated",
    ),
    "translation-remove": Row(
        methods={"GET": administrator(404), "POST": administrator(404)},
        of_an_edition=True,
        arguments={"language": "nl"},
        reason="404: a draft is not translated",
    ),
    # --- the API: a token, never a session, says who asks; what token holders get is in api/test_api_access.py
    "api-openapi": Row(methods={"GET": everyone(200)}, others=everyone(405)),
    **{
        f"api-{name}": Row(methods={"GET": everyone(401)}, others=everyone(401), arguments=arguments)
        for name, arguments in {
            "teams": {},
            "systems": {},
            "system": {"system_id": 1},
            "assessments": {},
            "assessment": {"assessment_id": 1},
            "restore": {"assessment_id": 1},
            "submit": {"assessment_id": 1},
            "next-version": {"assessment_id": 1},
            "answers": {"assessment_id": 1},
            "my-answers": {"assessment_id": 1},
            "result": {"assessment_id": 1},
            "report": {"assessment_id": 1},
            "report-pdf": {"assessment_id": 1},
            "review": {"assessment_id": 1},
            "comments": {"assessment_id": 1},
            "evidence": {"assessment_id": 1},
            "evidence-file": {"assessment_id": 1, "evidence_id": 1},
            "measurements": {"assessment_id": 1},
            "measurement": {"assessment_id": 1, "measurement_id": 1},
            "questionnaires": {},
            "questionnaire": {"questionnaire_id": 1},
        }.items()
    },
    # --- people
    "people-mine": Row(
        methods={
            "GET": {**signed_in(200), **dict.fromkeys(("alice", "charlie", "ada", "yves"), 302)},
            "POST": signed_in(302),
        },
        reason="302: straight to the people of the only workspace, for whoever looks after it",
    ),
    "people": Row(methods={"GET": looks_after(200)}, of_a_workspace=True),
    "people-invite": Row(
        methods={"GET": looks_after(200), "POST": looks_after(400)},
        of_a_workspace=True,
        reason="400: nothing was filled in; invitations have tests of their own",
    ),
    "team-new": Row(
        methods={"POST": administrator(400)}, of_a_workspace=True, reason="400: without a name; a lead makes no teams"
    ),
    "workspace-settings": Row(
        methods={"GET": administrator(200), "POST": administrator(400)},
        of_a_workspace=True,
        reason="400: nothing was filled in; a lead leads only a team here",
    ),
    "workspace-cases": Row(
        methods={"POST": administrator(302)}, of_a_workspace=True, reason="302: back to the settings"
    ),
    "workspace-logo-set": Row(
        methods={"POST": administrator(400)}, of_a_workspace=True, reason="400: without a file; logos have tests"
    ),
    "workspace-logo-remove": Row(
        methods={"POST": administrator(302)}, of_a_workspace=True, reason="302: back to the settings; there was none"
    ),
    "workspace-logo": Row(
        methods={"GET": signed_in(404)}, of_a_workspace=True, reason="404: there is none; those who belong see one"
    ),
    "team": Row(
        methods={"GET": administrator(404), "POST": administrator(404)},
        of_a_workspace=True,
        arguments={"team_id": 0},
        reason="404: there is no such team; real ones are in the tests of people",
    ),
    **{
        name: Row(
            methods={method: looks_after(404) for method in methods},
            of_a_workspace=True,
            arguments={argument: 0},
            reason="404: there is no such row; real ones are in the tests of people",
        )
        for name, argument, methods in (
            ("membership", "membership_id", ("GET", "POST")),
            ("membership-remove", "membership_id", ("POST",)),
            ("membership-add", "membership_id", ("POST",)),
            ("invitation-revoke", "invitation_id", ("POST",)),
            ("invitation-remind", "invitation_id", ("POST",)),
        )
    },
    "invitation": Row(
        methods={"GET": everyone(404), "POST": everyone(404)},
        others=everyone(405),
        arguments={"token": "no-such-token"},
        reason="404: never an invitation; real ones are in the tests of people",
    ),
    "you": Row(methods={"GET": signed_in(200), "POST": signed_in(400)}, reason="400: without a name"),
    "your-data": Row(methods={"GET": signed_in(200)}),
    "leave": Row(methods={"GET": signed_in(200), "POST": signed_in(400)}, reason="400: without the password"),
    "tokens": Row(methods={"GET": signed_in(200), "POST": signed_in(400)}, reason="400: without a name"),
    "confirm-address": Row(methods={"POST": signed_in(302)}, reason="302: back to the account, confirmed already"),
    "kept-form-drop": Row(methods={"POST": signed_in(302, gus=302)}, others=FOR_GUESTS_TOO),
    "token-revoke": Row(methods={"POST": signed_in(404)}, arguments={"token_id": 0}, reason="404: no such token"),
    # --- accounts
    "account_login": Row(methods=ENTRANCE, others=signed_in(302, out=405, gus=302)),
    "account_signup": Row(methods=ENTRANCE, others=signed_in(302, out=405, gus=302)),
    "account_logout": Row(methods={"GET": signed_in(200, gus=200), "POST": everyone(302)}, others=everyone(405)),
    "account_inactive": Row(methods={"GET": everyone(200)}, others=everyone(405)),
    "account_reauthenticate": Row(methods={"GET": signed_in(200), "POST": signed_in(200), "PUT": signed_in(200)}),
    "account_change_password": Row(methods={"GET": signed_in(200), "POST": signed_in(200), "PUT": signed_in(200)}),
    "account_reset_password": Row(
        methods={"GET": everyone(200), "POST": everyone(200), "PUT": everyone(200)}, others=everyone(405)
    ),
    "account_reset_password_done": Row(methods={"GET": everyone(200)}, others=everyone(405)),
    "account_reset_password_from_key": Row(
        methods={"GET": everyone(200)},
        others=everyone(200),
        arguments={"uidb36": "1", "key": "no-such-key"},
        reason="whatever is asked with a wrong key: a page that says that the link no longer works",
    ),
    "account_reset_password_from_key_done": Row(methods={"GET": everyone(200)}, others=everyone(405)),
    "account_email_verification_sent": Row(methods={"GET": everyone(200)}, others=everyone(405)),
    "account_confirm_email": Row(
        methods={"GET": everyone(200), "POST": everyone(404)}, others=everyone(405), arguments={"key": "no-such-key"}
    ),
}
