"""The five sources, each as a judge of its own: what it alone would say to these answers, and where they part.

Decides: what each document's own rule makes of the answers. Does not decide: the verdict; that is `rules`, which
weighs all five, and none of this feeds into it.

Read strictly: what speaks for splitting must be known to count, and what speaks against it counts only when it is
known. Where a rule could still end either way, the playbook does not judge and names the answers that it would need.
A question said not to apply gives no yes to anything. While the shape of the system is not known the playbooks take
it for a monolith, since that is what all five write about.
"""

from collections.abc import Callable
from dataclasses import dataclass

from assess.decision.models import model_of
from assess.decision.result import VERDICTS, Verdict
from assess.language import N_, Words, _, all_of, capitalised, in_a_row, ngettext
from assess.questionnaire.facade import Answers, Questionnaire, Value, is_asked, may_be_asked

Ternary = bool | None

#: S3: the share of capacity from which one part dominates, its example.
DOMINANT = 40
#: S3: a team of fewer people than this.
FEW_PEOPLE = 10
#: S3: teams in one repository, and minutes of a deploy, from which the monolith chokes you.
MANY_TEAMS = 3
SLOW_DEPLOY = 30
#: S4: "do not start with" as many services as this.
MANY_SERVICES = 20
#: Two teams are several.
SEVERAL_TEAMS = 2
#: S1: past this many models it becomes worth asking.
MANY_MODELS = 50
#: S3: so many of its seven questions must be yes.
ENOUGH_YES = 5
#: S2 asks for frequent updates without a number; once a week is our judgement.
FREQUENT = 1

#: What S3 lists as signs of a distributed monolith and, among its anti-patterns, as making one.
_S3_SIGNS = ("release_together", "synchronous_chains", "contract_ripples", "service_per_table", "shared_database")
#: S4's anti-patterns: deploying together, chatty services, a shared database.
_S4_SIGNS = ("release_together", "synchronous_chains", "shared_database")
#: S4's bad reasons.
_BAD_MOTIVES = ("imitation", "new_technology", "avoid_cleanup", "vague_performance")

_WOULD: Words[Verdict] = Words(
    {
        "stay": N_("would stay monolithic"),
        "modular": N_("would go modular"),
        "extract": N_("would extract"),
    }
)
#: The sources within a sentence.
_NAMED: Words[str] = Words(
    {
        "S0": N_("the SHOB playbook"),
        "S1": N_("the Django rules"),
        "S2": N_("the GreedyGame story"),
        "S3": N_("the Readiness guide"),
        "S4": N_("the Patterns article"),
    }
)
_SIGN_WORDS: Words[str] = Words(
    {
        "release_together": N_("services that are released together"),
        "synchronous_chains": N_("requests that run through chains of services"),
        "shared_database": N_("tables shared between services"),
        "contract_ripples": N_("interface changes that ripple"),
        "service_per_table": N_("services cut along tables"),
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Playbook:
    """What one source says to these answers.

    `verdict` is None where it cannot judge; `because` then says why. `keys` are the settled questions that its rule
    looked at, in the order in which it did; `missing` are the questions whose answer it would need before it can
    judge, and empty where it judges.
    """

    source: str
    verdict: Verdict | None
    because: str
    keys: tuple[str, ...]
    missing: tuple[str, ...] = ()


def judge_playbooks(questionnaire: Questionnaire, answers: Answers) -> tuple[Playbook, ...]:
    """What S0, S1, S2, S3 and S4 each say, always five and in this order. Never raises for answers of the
    questionnaire.

    >>> [playbook.verdict for playbook in judge_playbooks(split_checklist, {"deploy_waiting": Answer(value="often")})]
    ['extract', None, None, None, None]
    """
    return tuple(judge(source, _Reading(questionnaire, answers)) for source, judge in _JUDGES.items())


def where_they_part(playbooks: tuple[Playbook, ...]) -> str:
    """Who would do what, and who cannot judge, in one or two plain sentences.

    >>> where_they_part(judge_playbooks(split_checklist, {}))
    'None of the five can judge these answers yet.'
    """
    by_verdict = {
        verdict: [_NAMED[playbook.source] for playbook in playbooks if playbook.verdict == verdict]
        for verdict in VERDICTS
    }
    sides = [(verdict, sources) for verdict, sources in by_verdict.items() if sources]
    silent = [_NAMED[playbook.source] for playbook in playbooks if playbook.verdict is None]
    if not sides:
        return _("None of the five can judge these answers yet.")
    told = in_a_row(
        _("{sources} {would}").format(sources=all_of(sources), would=_WOULD[verdict]) for verdict, sources in sides
    )
    if len(sides) > 1:
        sentence = _("They disagree: {sides}.").format(sides=told)
    elif silent:
        sentence = _("{side}.").format(side=capitalised(told))
    else:
        sentence = _("All five sources {would}.").format(would=_WOULD[sides[0][0]])
    if not silent:
        return sentence
    cannot = ngettext(
        "{silent} cannot judge these answers.", "{silent} cannot judge these answers.", len(silent)
    ).format(silent=capitalised(all_of(silent)))
    return f"{sentence} {cannot}"


class _Reading:
    """The answers as one playbook reads them; remembers what it looked at."""

    def __init__(self, questionnaire: Questionnaire, answers: Answers) -> None:
        self.questionnaire = questionnaire
        self.answers = answers
        self.looked_at: dict[str, bool] = {}
        #: Questions that other answers make needless: whatever they ask about is not there.
        self.spared: set[str] = set()

    def value(self, key: str) -> Value | None:
        question, answer = self.questionnaire.by_key.get(key), self.answers.get(key)
        if question is not None and not may_be_asked(question, self.answers):
            self.spared.add(key)
        known = question is not None and answer is not None and is_asked(question, self.answers)
        self.looked_at[key] = known and answer is not None and (answer.is_known or bool(answer.not_applicable))
        return answer.value if known and answer is not None else None

    def is_one_of(self, key: str, *slugs: str) -> Ternary:
        value = self.value(key)
        if value is None:
            return self._if_not_applicable(key)
        return value in slugs

    def is_at_least(self, key: str, number: float) -> Ternary:
        value = self.value(key)
        return value >= number if isinstance(value, int | float) else self._if_not_applicable(key)

    def is_over(self, key: str, number: float) -> Ternary:
        value = self.value(key)
        return value > number if isinstance(value, int | float) else self._if_not_applicable(key)

    def is_under(self, key: str, number: float) -> Ternary:
        value = self.value(key)
        return value < number if isinstance(value, int | float) else self._if_not_applicable(key)

    def ticked(self, key: str) -> tuple[str, ...] | None:
        value = self.value(key)
        if isinstance(value, tuple):
            return value
        return () if self.looked_at[key] else None

    def _if_not_applicable(self, key: str) -> Ternary:
        return False if self.looked_at[key] or key in self.spared else None

    @property
    def shape(self) -> Value | None:
        return self.value("current_shape")

    def says(self, source: str, verdict: Verdict, because: str) -> Playbook:
        keys = tuple(key for key, settled in self.looked_at.items() if settled)
        return Playbook(source=source, verdict=verdict, because=because, keys=keys)

    def cannot(self, source: str, because: str, missing: tuple[str, ...]) -> Playbook:
        keys = tuple(key for key, settled in self.looked_at.items() if settled)
        return Playbook(source=source, verdict=None, because=because, keys=keys, missing=missing)


def _any(*states: Ternary) -> Ternary:
    """Yes when one is, no when all are known not to be, else not known."""
    if True in states:
        return True
    return None if None in states else False


def _dominates(read: _Reading) -> Ternary:
    """Whether one part needs far more than the rest. Either question alone settles it; a yes wins."""
    profile, share = (
        read.is_one_of("scaling_profile", "one_part_dominates"),
        read.is_at_least("hot_share", DOMINANT),
    )
    if profile or share:
        return True
    return share if profile is None else profile


def _waits(read: _Reading) -> Ternary:
    return read.is_one_of("deploy_waiting", "often", "always")


def _several_teams(read: _Reading) -> Ternary:
    """Teams that collide every week are several, whatever their number."""
    if read.is_one_of("team_collisions", "weekly", "daily"):
        return True
    return read.is_at_least("teams", SEVERAL_TEAMS)


# --- S0: one of three pains is enough


def _s0(source: str, read: _Reading) -> Playbook:
    signs = _signs_beside(read)
    if {"synchronous_chains", "shared_database"} <= set(signs or ()):
        because = _(
            "It counts services that fan out and share a database as a distributed monolith: paid for, with no gain."
        )
        return read.says(source, "modular", because)
    if read.shape == "services":
        if "release_together" in (signs or ()) or _waits(read):
            because = _(
                "A boundary has to bring scaling, releases or ownership of its own, and these releases wait in line."
            )
            return read.says(source, "modular", because)
        if signs is None:
            because = _("It asks whether the services that run share a database and fan out, which is not known.")
            return read.cannot(source, because, ("distributed_monolith_signs",))
        because = _("Nothing known makes these services a distributed monolith, so their boundaries may stand.")
        return read.says(source, "extract", because)
    uneven, waits = _dominates(read), _waits(read)
    # Coupled deploys are full redeploys that put other areas at risk: waiting decides about them, breakage only adds.
    coupled = True if read.is_one_of("change_breakage", "monthly", "weekly") else waits
    collide = read.is_one_of("team_collisions", "weekly", "daily")
    if collide is None and read.is_under("teams", SEVERAL_TEAMS):
        collide = False
    pains = [
        words
        for words, state in (
            (_("one part needs far more than the rest"), uneven),
            (_("deploys are coupled") if waits else _("changes put unrelated parts at risk"), coupled),
            (_("teams get in each other's way"), collide),
        )
        if state
    ]
    if pains:
        because = _("One of its three pains is enough to split, and here {pains}.").format(pains=all_of(pains))
        return read.says(source, "extract", because)
    missing = tuple(
        key
        for key, state in (
            ("scaling_profile", uneven),
            ("deploy_waiting", coupled),
            ("team_collisions", collide),
        )
        if state is None
    )
    if missing:
        because = _("It splits when one of three pains hurts; none is known to, and not all were asked about.")
        return read.cannot(source, because, missing)
    return read.says(source, "stay", _("None of its three pains hurts, and until one does it keeps the monolith."))


# --- S1: fifty models or several teams, and breakage as the signal


def _s1(source: str, read: _Reading) -> Playbook:
    if read.shape == "services":
        because = _(
            "It speaks of dividing a monolith and says nothing on whether services that already run should stay."
        )
        return read.cannot(source, because, ("current_shape",))
    models, teams = read.is_over("models", MANY_MODELS), _several_teams(read)
    signal = read.is_one_of("change_breakage", "monthly", "weekly")
    hurts = read.is_one_of("load_fit", "peaks_hurt", "failing")
    dominates = _dominates(read) if hurts else hurts
    ground = _any(models, teams)
    if dominates and not ground:
        because = _("Proven scaling needs are among its reasons: one part needs more, and the load hurts.")
        return read.says(source, "extract", because)
    if ground is None:
        missing = tuple(key for key, state in (("models", models), ("teams", teams)) if state is None)
        because = _("It splits past fifty models or with several teams, and whether either holds is not known.")
        if signal:
            because = _(
                "Its signal is there, but whether there are more than fifty models or several teams is not known."
            )
        return read.cannot(source, because, missing)
    if not ground:
        because = _("Up to fifty models and a single team, it says, move faster with a well-organised monolith.")
        return read.says(source, "stay", because)
    grounds = [words for words, state in ((_("more than fifty models"), models), (_("several teams"), teams)) if state]
    if signal is False:
        because = _("There are {grounds}, but its signal, changes that break unrelated parts, does not show.").format(
            grounds=all_of(grounds)
        )
        return read.says(source, "stay", because)
    because = _("With {grounds}, services are worth considering to it.")
    if signal:
        because = _(
            "With {grounds}, services are worth considering to it, and its signal shows: changes break unrelated parts."
        )
    return read.says(source, "extract", because.format(grounds=all_of(grounds)))


# --- S2: three questions, then two conditions


def _s2(source: str, read: _Reading) -> Playbook:
    if read.shape == "services":
        because = _(
            "It tells how to break up one large service and says nothing on a landscape that already is in pieces."
        )
        return read.cannot(source, because, ("current_shape",))
    # Releases that keep waiting for each other, or that come too seldom for the business, are asked for often.
    pressing = _any(_waits(read), read.is_one_of("deploy_demand", "want_more", "blocked"))
    frequent = True if pressing else read.is_at_least("deploys_per_week", FREQUENT)
    dominates = _dominates(read)
    hurts = read.is_one_of("load_fit", "peaks_hurt", "failing")
    # Its second question is about new features as well as about scaling; a release that is blocked stands for those.
    limited = True if read.is_one_of("deploy_demand", "blocked") else _any(dominates, hurts)
    disturbs = read.is_one_of("change_breakage", "monthly", "weekly")
    questions = (
        (_("updates are not frequent"), frequent, "deploys_per_week"),
        (_("size limits neither features nor scaling"), limited, "load_fit" if hurts is None else "scaling_profile"),
        (_("updates seldom disturb other parts"), disturbs, "change_breakage"),
    )
    noes = [words for words, state, _key in questions if state is False]
    if noes:
        because = _("It wants three questions answered yes before breaking up, and here {noes}.").format(
            noes=all_of(noes)
        )
        return read.says(source, "stay", because)
    missing = tuple(key for _words, state, key in questions if state is None)
    if missing:
        because = _(
            "It breaks up when all three of its questions are answered yes, and not all of them can be answered."
        )
        return read.cannot(source, because, missing)
    outlined = read.is_one_of("boundaries", "named", "enforced")
    if dominates and outlined:
        because = _(
            "Its three questions are yes, only certain functions need to scale, and boundaries can be outlined."
        )
        return read.says(source, "extract", because)
    if dominates is False:
        because = _(
            "Its three questions are yes, but no single function needs to scale, so the parts need not be services."
        )
        return read.says(source, "modular", because)
    if outlined is False:
        because = _("Its three questions are yes, but boundaries cannot be outlined, and services depend on that.")
        return read.says(source, "modular", because)
    missing = tuple(key for key, state in (("scaling_profile", dominates), ("boundaries", outlined)) if state is None)
    because = _("All three of its questions are yes; whether services are the way depends on what is not known.")
    return read.cannot(source, because, missing)


# --- S3: when not to, then five of seven


def _s3(source: str, read: _Reading) -> Playbook:
    signs = _signs_beside(read)
    found = [_SIGN_WORDS[sign] for sign in _S3_SIGNS if sign in (signs or ())]
    if read.shape == "services" and not found and _waits(read):
        found = [_SIGN_WORDS["release_together"]]
    if found:
        because = _(
            "It names {signs} among what goes wrong, and tells of 47 services of which 32 were removed."
        ).format(signs=all_of(found))
        return read.says(source, "modular", because)
    if read.shape == "services":
        if signs is None:
            because = _("It asks for signs of a distributed monolith among the services that run, which are not known.")
            return read.cannot(source, because, ("distributed_monolith_signs",))
        because = _("None of its signs of a distributed monolith is there, so it gives no cause to go back.")
        return read.says(source, "extract", because)
    reasons_not_to = [
        words
        for words, state in (
            (_("fewer than {count} people").format(count=FEW_PEOPLE), read.is_under("developers", FEW_PEOPLE)),
            (_("a product in search of its market"), read.is_one_of("product_stage", "searching")),
            (_("no trouble with how often one deploys"), read.is_one_of("deploy_demand", "satisfied")),
            (_("a monolith that carries its load"), read.is_one_of("load_fit", "comfortable")),
        )
        if state
    ]
    if reasons_not_to and not any(_s3_signs_to_split(read)):
        because = _("Its list of when not to names {reasons}, and none of its signs to split is known.").format(
            reasons=all_of(reasons_not_to)
        )
        return read.says(source, "stay", because)
    states = _s3_checklist(read)
    yes = sum(state is True for state in states.values())
    unknown = tuple(key for key, state in states.items() if state is None)
    if yes >= ENOUGH_YES:
        because = _("{yes} of its 7 questions are yes, and 5 are enough for it to go ahead with services.").format(
            yes=yes
        )
        return read.says(source, "extract", because)
    if yes + len(unknown) < ENOUGH_YES:
        most = yes + len(unknown)
        because = ngettext(
            "{count} of its 7 questions are yes. Under 5 it has you try a modular monolith, which was enough for 80 % "
            "of its author's clients.",
            "{count} of its 7 questions are yes. Under 5 it has you try a modular monolith, which was enough for 80 % "
            "of its author's clients.",
            most,
        )
        if unknown:
            because = ngettext(
                "At most {count} of its 7 questions can be yes. Under 5 it has you try a modular monolith, which was "
                "enough for 80 % of its author's clients.",
                "At most {count} of its 7 questions can be yes. Under 5 it has you try a modular monolith, which was "
                "enough for 80 % of its author's clients.",
                most,
            )
        return read.says(source, "modular", because.format(count=most))
    because = _("It wants 5 of its 7 questions answered yes: {yes} yes so far, {unknown} not known.").format(
        yes=yes, unknown=len(unknown)
    )
    return read.cannot(source, because, unknown)


def _s3_signs_to_split(read: _Reading) -> tuple[Ternary, ...]:
    """Its list of when to split: teams in one monolith, a deploy bottleneck, parts that differ in scaling."""
    return (
        read.is_at_least("teams", MANY_TEAMS),
        True if _waits(read) else read.is_over("deploy_minutes", SLOW_DEPLOY),
        _dominates(read),
    )


def _s3_checklist(read: _Reading) -> dict[str, Ternary]:
    """The seven as the result counts them, so that two counts on one page never differ; "does not apply" is no yes."""
    model = model_of(read.questionnaire)
    states = {}
    for key, state in model.checklist(model.read_facts(read.questionnaire, read.answers)):
        read.value(key)
        states[key] = False if state is None and read.looked_at[key] else state
    if states["hot_share"] is not None and not read.looked_at["hot_share"]:
        read.value("scaling_profile")
    return states


# --- S4: good and bad reasons, a modular monolith first


def _s4(source: str, read: _Reading) -> Playbook:
    signs = _signs_beside(read)
    found = [_SIGN_WORDS[sign] for sign in _S4_SIGNS if sign in (signs or ())]
    if read.shape == "services" and not found and _waits(read):
        found = [_SIGN_WORDS["release_together"]]
    if found:
        because = _("It names {signs} as an anti-pattern: without independent deployment, reconsider.").format(
            signs=all_of(found)
        )
        return read.says(source, "modular", because)
    if read.shape == "services":
        if signs is not None:
            because = _("Its aim, deployment and scaling apart, is not missed by any sign, so the services may stand.")
            return read.says(source, "extract", because)
        if read.is_at_least("services", MANY_SERVICES):
            because = _("It warns of starting with {count} services, and nothing known calls for so many.").format(
                count=MANY_SERVICES
            )
            return read.says(source, "modular", because)
        because = _(
            "It asks whether services that run deploy together, chatter or share a database; that is not known."
        )
        return read.cannot(source, because, ("distributed_monolith_signs",))
    return _s4_reasons(source, read)


def _s4_reasons(source: str, read: _Reading) -> Playbook:
    motives = read.ticked("motives")
    named = set(motives or ())
    reasons: list[tuple[str, Ternary, str, bool]] = [
        (_("parts need different scaling"), _dominates(read), "scaling_profile", "independent_scaling" in named),
        (
            _("teams need to deploy on their own"),
            _waits(read),
            "deploy_waiting",
            bool(named & {"independent_deploys", "team_autonomy"}),
        ),
        (
            _("a part needs another technology"),
            read.is_one_of("tech_lock_in", "blocking"),
            "tech_lock_in",
            "different_technology" in named,
        ),
    ]
    if "organisation_boundaries" in named:
        owned = read.is_one_of("ownership", "partly", "teams")
        reasons.append((_("the organisation has boundaries already"), owned, "ownership", True))
    good = [words for words, state, *_rest in reasons if state]
    if good:
        return _s4_good_reason(source, read, good)
    wanted = tuple(key for _words, state, key, is_named in reasons if is_named and state is None)
    if wanted:
        because = _("A good reason of its list is named, but whether the answers bear it out is not known.")
        return read.cannot(source, because, wanted)
    if motives is None:
        missing = tuple(key for _words, state, key, _named in reasons if state is None)
        if missing:
            because = _("It weighs the reasons for splitting, and neither the motives nor all of the pains are known.")
            return read.cannot(source, because, ("motives", *missing))
        return read.says(
            source,
            "stay",
            _("None of its good reasons holds, and it expects most applications to be better off whole."),
        )
    if named & set(_BAD_MOTIVES):
        because = _("What is given as a reason stands on its list of bad ones, and no good one is borne out.")
        return read.says(source, "stay", because)
    if named:
        because = _("Good reasons of its list are named, but the answers do not bear them out.")
        return read.says(source, "stay", because)
    return read.says(
        source, "stay", _("No reason of its list is given, and it expects most applications to be better off whole.")
    )


def _s4_good_reason(source: str, read: _Reading, good: list[str]) -> Playbook:
    if read.is_under("developers", FEW_PEOPLE):
        because = _("A good reason of its list holds ({reasons}), but with a small team it finds a monolith simpler.")
        return read.says(source, "stay", because.format(reasons=all_of(good)))
    clear = read.is_one_of("boundaries", "named", "enforced")
    shape = read.shape
    if clear or (clear is None and shape == "modular_monolith"):
        because = _(
            "A good reason of its list holds ({reasons}), and boundaries inside the monolith are clear."
        ).format(reasons=all_of(good))
        return read.says(source, "extract", because)
    if clear is None and shape is None:
        because = _("A good reason of its list holds ({reasons}); whether boundaries are clear is not known.").format(
            reasons=all_of(good)
        )
        return read.cannot(source, because, ("boundaries",))
    because = _("A good reason of its list holds ({reasons}), but a modular monolith comes first, as the map.").format(
        reasons=all_of(good)
    )
    return read.says(source, "modular", because)


def _signs_beside(read: _Reading) -> tuple[str, ...] | None:
    """The ticked signs where services run, alone or beside a monolith; None where they are not known or not asked."""
    if read.shape not in ("services", "monolith_with_services"):
        return None
    return read.ticked("distributed_monolith_signs")


_JUDGES: dict[str, Callable[[str, _Reading], Playbook]] = {"S0": _s0, "S1": _s1, "S2": _s2, "S3": _s3, "S4": _s4}
