"""The site's settings, with templates that say where they are, for `make coverage`: its plug-in needs that."""

from assess.settings import *  # noqa: F403
from assess.settings import TEMPLATES

TEMPLATES[0]["OPTIONS"]["debug"] = True
