"""The places in the five source documents that playbooks, rules and figures cite, by their headings, word for word.

S2 has no heading before its first challenge, so its own title stands for its opening; a label that S3 or S4 puts
above a list counts as a heading. Quotations, so they are not translated. Data: nothing is decided here.
"""

from collections.abc import Mapping
from typing import Final

S0_SIGNS: Final = "When to actually split"
S0_PITFALLS: Final = "Pitfalls to watch for"
S0_TAKEAWAYS: Final = "Takeaways"
S1_WHEN: Final = "When Should You Actually Use Microservices?"
S1_TIPS: Final = "Actionable Tips for Success"
S1_MONOLITH_FIRST: Final = "Should I start with microservices or a monolith?"
S2_OPENING: Final = "How we broke up our Monolithic Django Service into microservices"
S2_SUMMARY: Final = "Quick Summary"
S3_STORY: Final = "Real Story"
S3_SIGNS: Final = "Signs That the Monolith Is Choking You"
S3_DEPLOYS: Final = "Deploy Bottleneck"
S3_SCALING: Final = "Scaling Hell"
S3_LOCK_IN: Final = "Technology Lock-in"
S3_CHECKLIST: Final = "Microservices Readiness Checklist"
S3_MODULAR: Final = "Modular Monolith as an Intermediate Step"
S3_TRACING: Final = "What Distributed Tracing Shows"
S3_SHOP: Final = "Real-World Case: E-commerce Migration with Metrics"
S3_PITFALL: Final = "Pitfall #2: Distributed Monolith"
S3_PER_TABLE: Final = "Anti-pattern #1: Microservice Per Table"
S3_SHARED_DATABASE: Final = "Anti-pattern #2: Shared Database"
S3_DISTRIBUTED: Final = "Anti-pattern #4: Distributed Monolith"
S3_BEFORE: Final = "Checklist Before Starting Migration"
S3_CONCLUSIONS: Final = "Conclusions"
S3_WHEN_NOT: Final = "When NOT to use microservices"
S4_WHEN: Final = "When to Consider Microservices"
S4_GOOD: Final = "Good reasons"
S4_BAD: Final = "Bad reasons"
S4_MODULAR: Final = "The Monolith First Approach"
S4_ANTI_PATTERNS: Final = "Anti-Patterns to Avoid"
S4_DISTRIBUTED: Final = "Distributed Monolith"
S4_CHATTY: Final = "Chatty Services"
S4_SHARED_DATABASE: Final = "Shared Database"
S4_OBSERVABILITY: Final = "No Observability"
S4_OVER_EXTRACTION: Final = "Over-Extraction"
S4_FINAL: Final = "Final Thoughts"

#: Every heading that may be cited, by source.
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "S0": (S0_SIGNS, S0_PITFALLS, S0_TAKEAWAYS),
    "S1": (S1_WHEN, S1_TIPS, S1_MONOLITH_FIRST),
    "S2": (S2_OPENING, S2_SUMMARY),
    "S3": (
        S3_STORY,
        S3_SIGNS,
        S3_DEPLOYS,
        S3_SCALING,
        S3_LOCK_IN,
        S3_CHECKLIST,
        S3_MODULAR,
        S3_TRACING,
        S3_SHOP,
        S3_PITFALL,
        S3_PER_TABLE,
        S3_SHARED_DATABASE,
        S3_DISTRIBUTED,
        S3_BEFORE,
        S3_CONCLUSIONS,
        S3_WHEN_NOT,
    ),
    "S4": (
        S4_WHEN,
        S4_GOOD,
        S4_BAD,
        S4_MODULAR,
        S4_ANTI_PATTERNS,
        S4_DISTRIBUTED,
        S4_CHATTY,
        S4_SHARED_DATABASE,
        S4_OBSERVABILITY,
        S4_OVER_EXTRACTION,
        S4_FINAL,
    ),
}
