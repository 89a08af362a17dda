"""The five source documents, by the numbers that rules, reasons and questions cite."""

from dataclasses import dataclass

from assess.language import N_, _


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One document, in the reader's language but for the title that it carries itself."""

    slug: str
    name: str
    titled: bool  #: whether `heading` is the document's own; else it is a description of ours
    heading: str
    teller: str
    gist: str

    @property
    def short(self) -> str:
        """The name beside a statement."""
        return _(self.name)

    @property
    def title(self) -> str:
        """The document's title, or our description of one without a title."""
        return self.heading if self.titled else _(self.heading)

    @property
    def told_by(self) -> str:
        """Who tells it."""
        return _(self.teller)

    @property
    def gives(self) -> str:
        """What the rules took from it."""
        return _(self.gist)


SOURCES: dict[str, Source] = {
    source.slug: source
    for source in (
        Source(
            slug="S0",
            name=N_("SHOB playbook"),
            heading="When to Break a Django Monolith into Microservices",
            titled=True,
            teller=N_("the engineer who re-architected the SHOB.COM.BD marketplace"),
            gist=N_("Three pains of which one is enough, slices one at a time behind a gateway, a database each."),
        ),
        Source(
            slug="S1",
            name=N_("Django rules"),
            heading=N_("A guide to Django microservices: simple rules"),
            titled=False,
            teller=N_("a guide for growing Django applications"),
            gist=N_("Fifty models or several teams as the point to ask, and unrelated breakage as the signal."),
        ),
        Source(
            slug="S2",
            name=N_("GreedyGame story"),
            heading="How we broke up our Monolithic Django Service into microservices",
            titled=True,
            teller=N_("Barkha Agrawal of GreedyGame, 2017"),
            gist=N_(
                "Three questions on frequent pain, and two conditions: particular functions to scale, boundaries drawn."
            ),
        ),
        Source(
            slug="S3",
            name=N_("Readiness guide"),
            heading=N_("Monolith to microservices: a checklist from fifteen migrations"),
            titled=False,
            teller=N_("a consultant who reports fifteen migrations, in both directions"),
            gist=N_(
                "Seven readiness questions of which five must be yes, when not to, and what a migration cost and saved."
            ),
        ),
        Source(
            slug="S4",
            name=N_("Patterns article"),
            heading="Microservices with Django: Patterns and Anti-patterns",
            titled=True,
            teller=N_("an article on patterns for Django services"),
            gist=N_(
                "Four good and four bad reasons, the modular monolith first, and the signs of a distributed monolith."
            ),
        ),
    )
}
