"""What commands and scripts may import from `operations`."""

# is the site ready
from assess.operations.readiness import (
    CHECKS,
    DATABASE,
    MIGRATIONS,
    NOT_ASKED,
    STATIC,
    WORKER,
    find_migrations_problem,
    find_problems,
)

# the background worker
from assess.operations.worker import SteadyWorker
