"""The five source documents, by the numbers that rules, reasons and questions cite."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One document. `title` is its own where the text carries one, else a description of ours (`titled` is False)."""

    slug: str
    short: str  #: the name beside a statement
    title: str
    titled: bool
    told_by: str
    gives: str


SOURCES: dict[str, Source] = {
    source.slug: source
    for source in (
        Source(
            slug="S0",
            short="SHOB playbook",
            title="When to Break a Django Monolith into Microservices",
            titled=True,
            told_by="the engineer who re-architected the SHOB.COM.BD marketplace",
            gives="Three pains of which one is enough, slices one at a time behind a gateway, a database each.",
        ),
        Source(
            slug="S1",
            short="Django rules",
            title="A guide to Django microservices: simple rules",
            titled=False,
            told_by="a guide for growing Django applications",
            gives="Fifty models or several teams as the point to ask, and unrelated breakage as the signal.",
        ),
        Source(
            slug="S2",
            short="GreedyGame story",
            title="How we broke up our Monolithic Django Service into microservices",
            titled=True,
            told_by="Barkha Agrawal of GreedyGame, 2017",
            gives="Three questions on frequent pain, and two conditions: particular functions to scale, boundaries "
            "drawn.",
        ),
        Source(
            slug="S3",
            short="Readiness guide",
            title="Monolith to microservices: a checklist from fifteen migrations",
            titled=False,
            told_by="a consultant who reports fifteen migrations, in both directions",
            gives="Seven readiness questions of which five must be yes, when not to, and what a migration cost and "
            "saved.",
        ),
        Source(
            slug="S4",
            short="Patterns article",
            title="Microservices with Django: Patterns and Anti-patterns",
            titled=True,
            told_by="an article on patterns for Django services",
            gives="Four good and four bad reasons, the modular monolith first, and the signs of a distributed "
            "monolith.",
        ),
    )
}
