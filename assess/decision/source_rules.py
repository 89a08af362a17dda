"""The rule of each of the five sources, by itself, as its text has it. Every outcome names the heading it is from.

Where a rule could still end either way, the source does not judge and names the answers that it would need.
docs/cases.md says how each text is read where it leaves room.
"""

from collections.abc import Callable

from assess.decision.headings import (
    S0_PITFALLS,
    S0_SIGNS,
    S0_TAKEAWAYS,
    S1_MONOLITH_FIRST,
    S1_TIPS,
    S1_WHEN,
    S2_OPENING,
    S2_SUMMARY,
    S3_CHECKLIST,
    S3_DISTRIBUTED,
    S3_PER_TABLE,
    S3_SHARED_DATABASE,
    S3_WHEN_NOT,
    S4_BAD,
    S4_CHATTY,
    S4_DISTRIBUTED,
    S4_FINAL,
    S4_GOOD,
    S4_MODULAR,
    S4_OVER_EXTRACTION,
    S4_SHARED_DATABASE,
    S4_WHEN,
)
from assess.decision.models import model_of
from assess.decision.result import Verdict
from assess.decision.source_reader import FEW_PEOPLE, SEVERAL_TEAMS, Playbook, SourceReader, Ternary, any_of
from assess.language import N_, Words, _, all_of, ngettext

#: S3: teams in one repository, and minutes of a deploy, from which the monolith chokes you.
MANY_TEAMS = 3
SLOW_DEPLOY = 30
#: S4: "do not start with" as many services as this.
MANY_SERVICES = 20
#: S1: past this many models it becomes worth asking.
MANY_MODELS = 50
#: S3: so many of its seven questions must be yes.
ENOUGH_YES = 5
#: S2 asks for frequent updates without a number; once a week is our judgement.
FREQUENT = 1

#: What S3 lists as signs of a distributed monolith and, among its anti-patterns, as making one, and where.
S3_SIGN_PLACES = {
    "release_together": S3_DISTRIBUTED,
    "synchronous_chains": S3_DISTRIBUTED,
    "contract_ripples": S3_DISTRIBUTED,
    "service_per_table": S3_PER_TABLE,
    "shared_database": S3_SHARED_DATABASE,
}
#: S4's anti-patterns: deploying together, chatty services, a shared database.
S4_SIGN_PLACES = {
    "release_together": S4_DISTRIBUTED,
    "synchronous_chains": S4_CHATTY,
    "shared_database": S4_SHARED_DATABASE,
}
#: S4's bad reasons.
BAD_MOTIVES = ("imitation", "new_technology", "avoid_cleanup", "vague_performance")
SIGN_WORDS: Words[str] = Words(
    {
        "release_together": N_("services that are released together"),
        "synchronous_chains": N_("requests that run through chains of services"),
        "shared_database": N_("tables shared between services"),
        "contract_ripples": N_("interface changes that ripple"),
        "service_per_table": N_("services cut along tables"),
    }
)


def judge_s0(read: SourceReader) -> Playbook:
    """S0: one of three pains is enough."""
    signs = read.signs()
    if {"synchronous_chains", "shared_database"} <= set(signs or ()):
        because = _(
            "It counts services that fan out and share a database as a distributed monolith: paid for, with no gain."
        )
        return read.says(S0_PITFALLS, "modular", because)
    if read.runs_services:
        if "release_together" in (signs or ()) or read.waits():
            because = _(
                "A boundary has to bring scaling, releases or ownership of its own, and these releases wait in line."
            )
            return read.says(S0_TAKEAWAYS, "modular", because)
        if signs is None:
            because = _("It asks whether the services that run share a database and fan out, which is not known.")
            return read.cannot(S0_PITFALLS, because, ("distributed_monolith_signs",))
        because = _("Nothing known makes these services a distributed monolith, so their boundaries may stay.")
        return read.says(S0_TAKEAWAYS, "extract", because)
    uneven, waits = read.dominates(), read.waits()
    # Coupled deploys are full redeploys that put other areas at risk: waiting decides about them, breakage only adds.
    coupled = True if read.breaks() else waits
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
        return read.says(S0_SIGNS, "extract", because)
    asked = {"scaling_profile": uneven, "deploy_waiting": coupled, "team_collisions": collide}
    missing = tuple(key for key, state in asked.items() if state is None)
    if missing:
        because = _("It splits when one of three pains hurts; none is known to, and not all were asked about.")
        return read.cannot(S0_SIGNS, because, missing)
    because = _("None of its three pains hurts, and until one does it keeps the monolith.")
    return read.says(S0_SIGNS, "stay", because)


def judge_s1(read: SourceReader) -> Playbook:
    """S1: fifty models, several teams or a load that proves the need; breakage is the signal, boundaries come first."""
    if read.runs_services:
        because = _(
            "It speaks of dividing a monolith and says nothing on whether services that already run should stay."
        )
        return read.cannot(S1_WHEN, because, ("current_shape",))
    models, teams, hurts = read.is_over("models", MANY_MODELS), read.several_teams(), read.hurts()
    grows = read.is_one_of("growth", "manifold") is True
    scaling = [
        words
        for words, state in ((_("a load that hurts"), hurts), (_("growth to several times as much, agreed"), grows))
        if state
    ]
    size = [words for words, state in ((_("more than fifty models"), models), (_("several teams"), teams)) if state]
    signal = read.breaks()
    if not size and not scaling:
        asked = {"models": models, "teams": teams, "load_fit": hurts}
        missing = tuple(key for key, state in asked.items() if state is None)
        if not missing:
            because = _(
                "Up to fifty models, a single team and a load that is carried, it says, move faster with a "
                "well-organised monolith."
            )
            return read.says(S1_WHEN, "stay", because)
        because = _("It splits past fifty models, with several teams or for proven scaling; none is known to hold.")
        if signal:
            because = _(
                "Its signal is there, but whether there are more than fifty models, several teams or a load that "
                "hurts is not known."
            )
        return read.cannot(S1_WHEN, because, missing)
    reasons = all_of([*size, *scaling])
    if not scaling and signal is False:
        because = _("It sees a reason ({reasons}), but its signal, changes that break unrelated parts, does not show.")
        return read.says(S1_WHEN, "stay", because.format(reasons=reasons))
    if read.outlined() is False:
        because = _("It sees a reason ({reasons}), but it splits only along clear boundaries, and they come first.")
        return read.says(S1_TIPS, "modular", because.format(reasons=reasons))
    if scaling:
        because = _("Proven scaling needs are a reason to split for it ({reasons}).")
        return read.says(S1_MONOLITH_FIRST, "extract", because.format(reasons=all_of(scaling)))
    because = _("With {reasons}, services are worth considering to it.")
    if signal:
        because = _(
            "With {reasons}, services are worth considering to it, and its signal shows: changes break unrelated parts."
        )
    return read.says(S1_WHEN, "extract", because.format(reasons=reasons))


def judge_s2(read: SourceReader) -> Playbook:
    """S2: three questions, then two conditions. Its third question is read from what changes break alone."""
    if read.runs_services:
        because = _(
            "It tells how to break up one large service and says nothing on a landscape that already is in pieces."
        )
        return read.cannot(S2_OPENING, because, ("current_shape",))
    # Releases that keep waiting for each other, or that come too seldom for the business, are asked for often.
    pressing = any_of(read.waits(), read.is_one_of("deploy_demand", "want_more", "blocked"))
    frequent = True if pressing else read.is_at_least("deploys_per_week", FREQUENT)
    dominates, hurts = read.dominates(), read.hurts()
    # Its second question is about new features as well as about scaling; a release that is blocked stands for those.
    limited = True if read.is_one_of("deploy_demand", "blocked") else any_of(dominates, hurts)
    questions = (
        (_("updates are not frequent"), frequent, "deploys_per_week"),
        (_("size limits neither features nor scaling"), limited, "load_fit" if hurts is None else "scaling_profile"),
        (_("updates seldom disturb other parts"), read.breaks(), "change_breakage"),
    )
    noes = [words for words, state, _key in questions if state is False]
    if noes:
        because = _("It wants three questions answered yes before breaking up, and here {noes}.").format(
            noes=all_of(noes)
        )
        return read.says(S2_OPENING, "stay", because)
    missing = tuple(key for _words, state, key in questions if state is None)
    if missing:
        because = _(
            "It breaks up when all three of its questions are answered yes, and not all of them can be answered."
        )
        return read.cannot(S2_OPENING, because, missing)
    outlined = read.outlined()
    if dominates and outlined:
        because = _(
            "Its three questions are yes, only certain functions need to scale, and boundaries can be outlined."
        )
        return read.says(S2_OPENING, "extract", because)
    if dominates is False:
        because = _(
            "Its three questions are yes, but no single function needs to scale, so the parts need not be services."
        )
        return read.says(S2_OPENING, "modular", because)
    if outlined is False:
        because = _("Its three questions are yes, but boundaries cannot be outlined, and services depend on that.")
        return read.says(S2_SUMMARY, "modular", because)
    missing = tuple(key for key, state in (("scaling_profile", dominates), ("boundaries", outlined)) if state is None)
    because = _("All three of its questions are yes; whether services are the way depends on what is not known.")
    return read.cannot(S2_OPENING, because, missing)


def judge_s3(read: SourceReader) -> Playbook:
    """S3: signs of a distributed monolith; then when not to, unless a sign to split is known; then five of seven."""
    signs = read.signs()
    runs = read.runs_services
    # A database that is shared with the monolith is a stage that its own migration passes through.
    found = [sign for sign in S3_SIGN_PLACES if sign in (signs or ()) and (runs or sign != "shared_database")]
    if runs and not found and read.waits():
        found = ["release_together"]
    if found:
        because = _(
            "It names {signs} among what goes wrong, and has a system of 47 services, of which 32 were removed."
        ).format(signs=all_of([SIGN_WORDS[sign] for sign in found]))
        return read.says(S3_SIGN_PLACES[found[0]], "modular", because)
    reasons_not_to = [
        words
        for words, state in (
            (_("fewer than {count} people").format(count=FEW_PEOPLE), read.small_team()),
            (_("a product in search of its market"), read.is_one_of("product_stage", "searching")),
            # These two are about the monolith; of services that run they say nothing.
            (_("no trouble with how often one deploys"), not runs and read.is_one_of("deploy_demand", "satisfied")),
            (_("a monolith that carries its load"), not runs and read.is_one_of("load_fit", "comfortable")),
        )
        if state
    ]
    if reasons_not_to and not has_s3_sign_to_split(read):
        because = _("Its list of when not to names {reasons}, and none of its signs to split is known.")
        verdict: Verdict = "modular" if runs else "stay"
        return read.says(S3_WHEN_NOT, verdict, because.format(reasons=all_of(reasons_not_to)))
    if runs and signs is None:
        because = _("It asks for signs of a distributed monolith among the services that run, which are not known.")
        return read.cannot(S3_DISTRIBUTED, because, ("distributed_monolith_signs",))
    if runs:
        because = _("None of its signs of a distributed monolith is there, so it gives no cause to go back.")
        return read.says(S3_DISTRIBUTED, "extract", because)
    return count_s3_checklist(read)


def has_s3_sign_to_split(read: SourceReader) -> bool:
    """Whether one is known of the signs on its list of when to split: teams, a deploy bottleneck, parts that differ.

    A platform team is on that list as well, but as a means: having one makes no need.
    """
    slow = True if read.waits() else read.is_over("deploy_minutes", SLOW_DEPLOY)
    return bool(any_of(read.is_at_least("teams", MANY_TEAMS), slow, read.dominates()))


def count_s3_checklist(read: SourceReader) -> Playbook:
    """What its readiness checklist says: five of seven are enough for services, fewer call for modules first."""
    states = read_s3_checklist(read)
    yes = sum(state is True for state in states.values())
    unknown = tuple(key for key, state in states.items() if state is None)
    most = yes + len(unknown)
    if yes >= ENOUGH_YES:
        because = _("{yes} of its 7 questions are yes, and 5 are enough for it to go ahead with services.").format(
            yes=yes
        )
        return read.says(S3_CHECKLIST, "extract", because)
    if most >= ENOUGH_YES:
        because = _("It wants 5 of its 7 questions answered yes: {yes} yes so far, {unknown} not known.").format(
            yes=yes, unknown=len(unknown)
        )
        return read.cannot(S3_CHECKLIST, because, unknown)
    because = ngettext(
        "{count} of its 7 questions are yes. Under 5 it has you try a modular monolith, which was enough "
        "for 80 % of its author's clients.",
        "{count} of its 7 questions are yes. Under 5 it has you try a modular monolith, which was enough "
        "for 80 % of its author's clients.",
        most,
    )
    if unknown:
        because = ngettext(
            "At most {count} of its 7 questions can be yes. Under 5 it has you try a modular monolith, "
            "which was enough for 80 % of its author's clients.",
            "At most {count} of its 7 questions can be yes. Under 5 it has you try a modular monolith, "
            "which was enough for 80 % of its author's clients.",
            most,
        )
    return read.says(S3_CHECKLIST, "modular", because.format(count=most))


def read_s3_checklist(read: SourceReader) -> dict[str, Ternary]:
    """The seven as the result counts them, so that two counts on one page never differ; "does not apply" is no yes."""
    model = model_of(read.questionnaire)
    states = {}
    for key, state in model.checklist(model.read_facts(read.questionnaire, read.answers)):
        read.value(key)
        states[key] = False if state is None and read.looked_at[key] else state
    if states["hot_share"] is not None and not read.looked_at["hot_share"]:
        read.value("scaling_profile")
    return states


def judge_s4(read: SourceReader) -> Playbook:
    """S4: anti-patterns among services that run; else good and bad reasons, with a modular monolith first."""
    signs = read.signs()
    found = [sign for sign in S4_SIGN_PLACES if sign in (signs or ())]
    if read.runs_services and not found and read.waits():
        found = ["release_together"]
    if found:
        because = _("It names {signs} as an anti-pattern: without independent deployment, reconsider.").format(
            signs=all_of([SIGN_WORDS[sign] for sign in found])
        )
        return read.says(S4_SIGN_PLACES[found[0]], "modular", because)
    if not read.runs_services:
        return weigh_s4_reasons(read)
    if read.small_team():
        because = _("With a small team it finds a monolith simpler and faster to develop than these services.")
        return read.says(S4_FINAL, "modular", because)
    if signs is not None:
        because = _("No sign says that its aim, deployment and scaling apart, is missed, so the services may stay.")
        return read.says(S4_FINAL, "extract", because)
    if read.is_at_least("services", MANY_SERVICES):
        because = _("It warns of starting with {count} services, and nothing known calls for so many.").format(
            count=MANY_SERVICES
        )
        return read.says(S4_OVER_EXTRACTION, "modular", because)
    because = _("It asks whether services that run deploy together, chatter or share a database; that is not known.")
    return read.cannot(S4_DISTRIBUTED, because, ("distributed_monolith_signs",))


def weigh_s4_reasons(read: SourceReader) -> Playbook:
    """What its lists of good and bad reasons say of a monolith."""
    motives = read.ticked("motives")
    named = set(motives or ())
    reasons: list[tuple[str, Ternary, str, bool]] = [
        (_("parts need different scaling"), read.dominates(), "scaling_profile", "independent_scaling" in named),
        (
            _("teams need to deploy on their own"),
            read.waits(),
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
    if read.is_one_of("kept_apart", "required"):
        good.append(_("a part has to run apart"))
    if good:
        return weigh_s4_good_reasons(read, all_of(good))
    # A named reason that nothing is known of could be good yet; without motives any of the pains could.
    wanted = tuple(key for _words, state, key, is_named in reasons if is_named and state is None)
    missing = tuple(key for _words, state, key, _named in reasons if state is None)
    if (wanted or (motives is None and missing)) and read.small_team():
        because = _("Whatever the reason, with a small team it finds a monolith simpler.")
        return read.says(S4_FINAL, "stay", because)
    if wanted:
        because = _("A good reason of its list is named, but whether the answers bear it out is not known.")
        return read.cannot(S4_GOOD, because, wanted)
    if motives is None and missing:
        because = _("It weighs the reasons for splitting, and neither the motives nor all of the pains are known.")
        return read.cannot(S4_WHEN, because, ("motives", *missing))
    if named & set(BAD_MOTIVES):
        because = _("What is given as a reason is on its list of bad ones, and no good one is borne out.")
        return read.says(S4_BAD, "stay", because)
    if motives is None:
        because = _("None of its good reasons holds, and it expects most applications to be better off whole.")
    elif named:
        because = _("Good reasons of its list are named, but the answers do not bear them out.")
    else:
        because = _("No reason of its list is given, and it expects most applications to be better off whole.")
    return read.says(S4_WHEN, "stay", because)


def weigh_s4_good_reasons(read: SourceReader, reasons: str) -> Playbook:
    """What follows where a reason of its good list holds: a small team stays, clear boundaries come before services."""
    if read.small_team():
        because = _("A good reason of its list holds ({reasons}), but with a small team it finds a monolith simpler.")
        return read.says(S4_FINAL, "stay", because.format(reasons=reasons))
    clear, shape = read.outlined(), read.value("current_shape")
    if clear or (clear is None and shape == "modular_monolith"):
        because = _("A good reason of its list holds ({reasons}), and boundaries inside the monolith are clear.")
        return read.says(S4_GOOD, "extract", because.format(reasons=reasons))
    if clear is None and shape is None:
        because = _("A good reason of its list holds ({reasons}); whether boundaries are clear is not known.")
        return read.cannot(S4_MODULAR, because.format(reasons=reasons), ("boundaries",))
    because = _("A good reason of its list holds ({reasons}), but a modular monolith comes first, as the map.")
    return read.says(S4_MODULAR, "modular", because.format(reasons=reasons))


JUDGES: dict[str, Callable[[SourceReader], Playbook]] = {
    "S0": judge_s0,
    "S1": judge_s1,
    "S2": judge_s2,
    "S3": judge_s3,
    "S4": judge_s4,
}
