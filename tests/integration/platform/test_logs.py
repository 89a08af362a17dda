"""Nobody's text can start a line of its own in the log."""

import io
import json
import logging

import pytest

from assess.web.logs import (
    JsonFormatter,
    OneLineFormatter,
    ReferenceFilter,
    current_reference,
    escape_control_characters,
)


@pytest.fixture
def log() -> tuple[logging.Logger, io.StringIO]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(OneLineFormatter("{levelname} [{reference}] {message}", style="{"))
    handler.addFilter(ReferenceFilter())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    return logger, out


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_newline_in_log_message_is_escaped(log: tuple[logging.Logger, io.StringIO], end: str) -> None:
    logger, out = log
    logger.warning("Name: %s", f"Ana{end}ERROR [-] forged")
    assert out.getvalue().count("\n") == 1
    assert len(out.getvalue().splitlines()) == 1


def test_lines_of_a_traceback_are_marked(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, out = log
    try:
        raise ValueError("Ana\nERROR [-] forged")
    except ValueError:
        logger.exception("it failed")
    first, *others = out.getvalue().splitlines()
    assert first == "ERROR [-] it failed"
    assert all(line.startswith("  | ") for line in others)


def test_terminal_codes_in_log_are_escaped() -> None:
    assert escape_control_characters("\x1b[31mred") == r"\x1b[31mred"


def test_json_logs_have_one_object_a_line_with_the_reference_of_the_request(
    log: tuple[logging.Logger, io.StringIO],
) -> None:
    logger, out = log
    logger.handlers[0].setFormatter(JsonFormatter())
    token = current_reference.set("abcdefghjk")
    try:
        raise ValueError("Ana\nERROR forged /s/Zm9vYmFyYmF6Zm9v/")
    except ValueError:
        logger.exception("It failed at %s", "/s/Zm9vYmFyYmF6Zm9v/\n{}")
    finally:
        current_reference.reset(token)
    (line,) = out.getvalue().splitlines()
    entry = json.loads(line)
    assert (entry["level"], entry["logger"], entry["reference"]) == ("ERROR", "test", "abcdefghjk")
    assert entry["message"] == r"It failed at /s/***/\n{}"
    assert "ValueError" in entry["exception"]
    assert "Zm9v" not in line
    assert entry["time"].endswith("+00:00")
