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


def count_calls(function: Callable[..., Any], work: Callable[[], Any]) -> int:
    """How often `work` calls this function, by whichever name."""
    count = 0

    def look(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event == "call" and frame.f_code is function.__code__

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
