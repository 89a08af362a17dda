"""How much work something is, in numbers that a busy machine does not change."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


class TooMuchWork(BaseException):
    """Not an Exception: what is measured must not catch it."""


def within(calls: int, work: Callable[[], Any]) -> Any:
    """What `work` returns, if it makes no more than so many calls of functions. A second has about five million."""
    left = calls

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal left
        left -= event in ("call", "c_call")
        if left < 0:
            sys.setprofile(None)
            raise TooMuchWork(f"more than {calls} calls")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        return work()
    finally:
        sys.setprofile(before)
