"""Dates that stand alone on a line or that a seal has spoilt. How dates are written is in
`dossier.elements.days`."""

from __future__ import annotations

import datetime as dt
import re

from ..elements.days import CN_DAY, CN_MONTH, DATE, dates, figures, ordinal, value

__all__ = ["DATE", "alone", "dates", "half_read", "value"]

# what may stand on the line of a date that dates the document
_AROUND = re.compile(
    r"\(?(?:院印|公章|印章|印|盖章|章|公安局印|局印)\)?|日期|时间|年月日|落款|签发|填发|批准|出具|打印|制作"
    r"|[\d一二三四五六七八九十]{1,3}时(?:[\d一二三四五六七八九十]{1,3}分)?许?|\d{1,2}:\d{2}(?::\d{2})?"
    r"|[-:,.()、/]"
)
_HALF = re.compile(rf"(?P<year>[^年月日]{{0,6}})年(?P<m>{CN_MONTH})月(?P<d>{CN_DAY})[日曰]")


def half_read(text: str, year: int) -> dt.date | None:
    """The day of a line like 二〇→三年五月八日 or 年五月八日, whose year a seal has spoilt.

    `year` is known from elsewhere. What can be read of the printed year must agree with it: its
    numerals in their order, none other.
    """
    match = _HALF.fullmatch(text)
    if match is None:
        return None
    rest = iter(int(figure) for figure in str(year))
    if not all(figure in rest for figure in figures(match["year"])):
        return None
    try:
        return dt.date(year, ordinal(match["m"]), ordinal(match["d"]))
    except (ValueError, KeyError):
        return None


def alone(text: str) -> dt.date | None:
    """The date a line consists of (with seal mark, time or label), else None."""
    if not 6 <= len(text) <= 40:
        return None
    found = list(dates(text))
    if len(found) != 1:
        return None
    match, day = found[0]
    rest = _AROUND.sub("", text[: match.start()] + text[match.end() :])
    return day if len(rest) <= 2 else None
