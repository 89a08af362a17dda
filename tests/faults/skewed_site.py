"""The site on a machine whose clock is wrong: by as many seconds as the file CLOCK_SKEW_FILE says at any moment."""

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

skew_file = Path(os.environ["CLOCK_SKEW_FILE"])
true_time, true_now = time.time, timezone.now


def skew() -> int:
    return int(skew_file.read_text() or 0)


def skewed_time() -> float:
    return true_time() + skew()


def skewed_now() -> datetime:
    return true_now() + timedelta(seconds=skew())


# Before anything of the site is loaded: models take `timezone.now` as their default.
time.time, timezone.now = skewed_time, skewed_now

from assess.wsgi import application  # noqa: E402, F401  # served
