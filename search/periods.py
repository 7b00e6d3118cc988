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
_BETWEEN = re.compile(r"\s*(?:\.\.+|…|～|~|至|到)\s*")
_YEARS = re.compile(r"\s*([0-9]{4})(\s*[-—–－]+\s*)([0-9]{4})\s*")
_AROUND = re.compile(r"^[自从]|[起止]$")
ADVICE = "write 2023, 2023-05, 2023-05-08 or 2023年5月8日, spans as 2023-01..2023-06"


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
    year = None
    if form(left):
        first, _, year = _single(left, column, None)
    if form(right):
        _, last, _ = _single(right, column + start, year)
    if first is None and last is None:
        raise QueryError("a span of time without any date", advice=ADVICE, column=column)
    if first is not None and last is not None and first > last:
        raise QueryError(
            f"the span ends before it begins: {text!r}", advice=ADVICE, column=column + start
        )
    return first, last


def _single(text: str, column: int, year: int | None) -> tuple[date, date, int]:
    """First and last day of a year, month or day, and the year. `year` stands for a missing one."""
    plain = _AROUND.sub("", form(text))
    try:
        parts = _parts(plain, year)
        if parts is not None:
            return _days(*parts)
    except ValueError:
        pass
    raise QueryError(f"not a date: {text.strip()[:40]!r}", advice=ADVICE, column=column)


def _parts(text: str, year: int | None) -> tuple[int, int | None, int | None] | None:
    if year is not None and (match := _REST.fullmatch(text)):
        return year, value(match["m"]), value(match["d"]) if match["d"] else None
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    if match["cy"]:
        plain = digits(match["cy"])
        month, day = match["cm"], match["cd"]
        return int(plain or 0), value(month) if month else None, value(day) if day else None
    month, day = match["m"] or match["pm"], match["d"] or match["pd"]
    return int(match["y"] or match["py"]), int(month) if month else None, int(day) if day else None


def _days(year: int, month: int | None, day: int | None) -> tuple[date, date, int]:
    if month is None:
        return date(year, 1, 1), date(year, 12, 31), year
    if day is None:
        if not 1 <= month <= 12 or year < 1:
            raise ValueError
        return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), year
    return date(year, month, day), date(year, month, day), year


def printed(first: date | None, last: date | None) -> str:
    """The shortest way to type a period; `period` reads it back."""
    if first is not None and last is not None:
        for short in (f"{first.year:04}", f"{first.year:04}-{first.month:02}", first.isoformat()):
            if period(short) == (first, last):
                return short
    left = "" if first is None else first.isoformat()
    right = "" if last is None else last.isoformat()
    return f"{left}..{right}"
