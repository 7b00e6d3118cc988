"""Dates whose year a seal covers."""

from __future__ import annotations

import pytest

from dossier.catalogue.dates import alone, half_read
from dossier.catalogue.numbers import written


@pytest.mark.parametrize(
    ("line", "iso"),
    [
        ("年五月十六日", "2023-05-16"),
        ("二O年五月十六日", "2023-05-16"),
        ("二〇→三年三月二十七曰", "2023-03-27"),
        ("三年十二月三十一日", "2023-12-31"),
        ("二〇二四年五月十六日", None),  # another year can be read
        ("三二年五月十六日", None),
        ("二〇二三年二月三十日", None),
        ("于二〇二三年五月十六日决定", None),
        ("五月十六日", None),
    ],
)
def test_what_is_left_of_the_year_must_agree(line: str, iso: str | None) -> None:
    day = half_read(line, 2023)
    assert (day.isoformat() if day else None) == iso


def test_a_day_sign_misread_is_still_a_date() -> None:
    day = alone("二〇二三年五月十九曰")
    assert day is not None
    assert day.isoformat() == "2023-05-19"


def test_a_bracket_read_twice_stands_once() -> None:
    assert written("兰公七(柏树街)受案字((2023)9151号") == "兰公七（柏树街）受案字〔2023〕9151号"
