"""Numbers as addresses and forms of ours say them."""

import pytest

from assess.web.form_values import LARGEST_ID, parse_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("7", 7), ("007", 7), (str(LARGEST_ID), LARGEST_ID)])
def test_number_in_our_links_is_parsed(text: str, number: int) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        " 7",
        "7 ",
        "-1",
        "+1",
        "1.0",
        "1e3",
        "0x1",
        "1_000",
        "²",
        "١٢",
        "１",
        "7\x00",
        str(LARGEST_ID + 1),
        "9" * 5000,
    ],
)
def test_number_that_our_links_never_write_is_not_parsed(text: str) -> None:
    assert parse_number(text) is None


def test_number_over_the_maximum_is_not_parsed() -> None:
    assert parse_number("12", most=12) == 12
    assert parse_number("13", most=12) is None
