"""Dates and spans of time as people type them after 日期:, see docs/search-language.md."""

from __future__ import annotations

import calendar
import re
from datetime import date

from ..errors import QueryError
from .analysis import form
from .numerals import DIGITS, ZEROS, digits, value

_CN = f"[{DIGITS}十元正]{{1,3}}"
_DATE = re.compile(
    r"(?P<y>[0-9]{4})(?:年度?|(?P<sep>[-./年])(?P<m>[0-9]{1,2})(?:月|(?:(?P=sep)|月)(?P<d>[0-9]{1,2})[日号]?)?)?"
    r"|(?P<py>[0-9]{4})(?P<pm>[0-9]{2})(?P<pd>[0-9]{2})?"
    rf"|(?P<cy>[{DIGITS}{ZEROS}]{{4}})(?:年(?:(?P<cm>{_CN})月(?:(?P<cd>{_CN})[日号])?)?)?"
)
_REST = re.compile(
    r"(?P<m>[0-9]{1,2}|[一二三四五六七八九十]{1,3})月(?:(?P<d>[0-9]{1,2}|[一二三四五六七八九十]{1,3})[日号])?"
)
# at the end of a span, the rest taken from its beginning: 2023-05-08..06-10, 8日至10日, 2023-01..06
_MONTH_DAY = re.compile(r"(?P<m>[0-9]{1,2})[-./](?P<d>[0-9]{1,2})")
_DAY = re.compile(rf"(?P<d>[0-9]{{1,2}}|{_CN})[日号]")
_BARE = re.compile("[0-9]{1,2}")
_BETWEEN = re.compile(r"\s*(?:\.\.+|…|～|~|至|到)\s*")
_YEARS = re.compile(r"\s*([0-9]{4})(\s*[-—–－]+\s*)([0-9]{4})\s*")
_AROUND = re.compile(r"^[自从]|[起止]$")
ADVICE = "write 2023, 2023-05, 2023-05-08 or 2023年5月8日, spans as 2023-01..2023-06"
_Parts = tuple[int, int | None, int | None]
"""Year, month, day, as far as they are said."""


def period(text: str, column: int = 1) -> tuple[date | None, date | None]:
    """First and last day of what was typed, None where it is open.

    `column` is where `text` begins in the query. Raises QueryError at the date that is none.
    """
    if years := _YEARS.fullmatch(text):  # 2019-2023 can be no month
        marks = [(years.end(1), years.start(3))]
    else:
        marks = [match.span() for match in _BETWEEN.finditer(text)]
    if not marks:
        return _single(text, column, None)[:2]
    if len(marks) > 1:
        raise QueryError(
            f"a span of time has two ends: {text!r}", advice=ADVICE, column=column + marks[1][0]
        )
    stop, start = marks[0]
    left, right = text[:stop], text[start:]
    first = last = None
    begun = None
    if form(left):
        first, _, begun = _single(left, column, None)
    if form(right):
        _, last, _ = _single(right, column + start, begun)
    if first is None and last is None:
        raise QueryError("a span of time without any date", advice=ADVICE, column=column)
    if first is not None and last is not None and first > last:
        raise QueryError(
            f"the span ends before it begins: {text!r}", advice=ADVICE, column=column + start
        )
    return first, last


def _single(text: str, column: int, begun: _Parts | None) -> tuple[date, date, _Parts]:
    """First and last day of a year, month or day, and what was said of it. What is missing is
    taken from where the span `begun`."""
    plain = _AROUND.sub("", form(text))
    try:
        parts = _parts(plain) or (None if begun is None else _rest(plain, begun))
        if parts is not None:
            return *_days(*parts), parts
    except ValueError:
        pass
    raise QueryError(f"not a date: {text.strip()[:40]!r}", advice=ADVICE, column=column)


def _parts(text: str) -> _Parts | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    year = digits(match["cy"]) if match["cy"] else match["y"] or match["py"]
    month = match["cm"] or match["m"] or match["pm"]
    day = match["cd"] or match["d"] or match["pd"]
    return _number(year or ""), _number(month) if month else None, _number(day) if day else None


def _rest(text: str, begun: _Parts) -> _Parts | None:
    """The end of a span that leaves out what stands at its beginning."""
    year, month, day = begun
    if match := _REST.fullmatch(text):
        return year, _number(match["m"]), _number(match["d"]) if match["d"] else None
    if month is None:
        return None
    if day is None:
        return (year, int(text), None) if _BARE.fullmatch(text) else None
    if match := _MONTH_DAY.fullmatch(text):
        return year, int(match["m"]), int(match["d"])
    if match := _DAY.fullmatch(text):
        return year, month, _number(match["d"])
    return (year, month, int(text)) if _BARE.fullmatch(text) else None


def _number(text: str) -> int:
    """The number; ValueError for what is none (十十)."""
    number = value(text)
    if number is None:
        raise ValueError(f"not a number: {text!r}")
    return number


def _days(year: int, month: int | None, day: int | None) -> tuple[date, date]:
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        if not 1 <= month <= 12 or year < 1:
            raise ValueError
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
    return date(year, month, day), date(year, month, day)


def printed(first: date | None, last: date | None) -> str:
    """The shortest way to type a period; `period` reads it back."""
    if first is not None and last is not None:
        for short in (f"{first.year:04}", f"{first.year:04}-{first.month:02}", first.isoformat()):
            if period(short) == (first, last):
                return short
    left = "" if first is None else first.isoformat()
    right = "" if last is None else last.isoformat()
    return f"{left}..{right}"
