"""Dates as documents write them: 2023年5月8日, 二〇二三年五月八日, 2023-05-08."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

_ZERO = "〇零○◯0OoQ"
_CN = "一二三四五六七八九"
DATE = re.compile(
    rf"(?P<y>(?:19|20)\d\d)年(?P<m>\d{{1,2}})月(?P<d>\d{{1,2}})[日曰]"
    rf"|(?P<cy>[一二][{_ZERO}{_CN}]{{3}})年(?P<cm>元|正|十?[{_CN}]|十)月(?P<cd>[{_CN}]?十?[{_CN}]|[{_CN}]?十)[日曰]"
    r"|(?<!\d)(?P<iy>(?:19|20)\d\d)(?P<sep>[-./])(?P<im>\d{1,2})(?P=sep)(?P<id>\d{2}(?=\d{1,2}:\d\d)|\d{1,2}(?!\d))"
)
_VALUE = {char: value for value, char in enumerate("〇" + _CN)} | dict.fromkeys(_ZERO, 0)
# what may stand on the line of a date that dates the document
_AROUND = re.compile(
    r"\(?(?:院印|公章|印章|印|盖章|章|公安局印|局印)\)?|日期|时间|年月日|落款|签发|填发|批准|出具|打印|制作"
    r"|[\d一二三四五六七八九十]{1,3}时(?:[\d一二三四五六七八九十]{1,3}分)?许?|\d{1,2}:\d{2}(?::\d{2})?"
    r"|[-:,.()、/]"
)


def value(match: re.Match[str]) -> dt.date | None:
    """The day a match of `DATE` means, None if there is no such day."""
    try:
        if match["y"]:
            return dt.date(int(match["y"]), int(match["m"]), int(match["d"]))
        if match["iy"]:
            return dt.date(int(match["iy"]), int(match["im"]), int(match["id"]))
        year = int("".join(str(_VALUE[char]) for char in match["cy"]))
        if not 1900 <= year < 2100:
            return None
        return dt.date(year, _ordinal(match["cm"]), _ordinal(match["cd"]))
    except (ValueError, KeyError):
        return None


_HALF = re.compile(
    rf"(?P<year>[^年月日]{{0,6}})年(?P<m>元|正|十?[{_CN}]|十)月(?P<d>[{_CN}]?十?[{_CN}]|[{_CN}]?十)[日曰]"
)


def half_read(text: str, year: int) -> dt.date | None:
    """The day of a line like 二〇→三年五月八日 or 年五月八日, whose year a seal has spoilt.

    `year` is known from elsewhere. What can be read of the printed year must agree with it: its
    numerals in their order, none other.
    """
    match = _HALF.fullmatch(text)
    if match is None:
        return None
    seen = [_VALUE[char] for char in match["year"] if char in _VALUE]
    rest = iter(int(figure) for figure in str(year))
    if not all(figure in rest for figure in seen):
        return None
    try:
        return dt.date(year, _ordinal(match["m"]), _ordinal(match["d"]))
    except (ValueError, KeyError):
        return None


def _ordinal(text: str) -> int:
    if text in ("元", "正"):
        return 1
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (_VALUE[tens] if tens else 1) + (_VALUE[ones] if ones else 0)
    return _VALUE[text[0]] if len(text) == 1 else 10 * _VALUE[text[0]] + _VALUE[text[1]]


def dates(text: str) -> Iterator[tuple[re.Match[str], dt.date]]:
    """All dates in a text, with where they stand."""
    if "年" not in text and "-" not in text and "." not in text and "/" not in text:
        return
    for match in DATE.finditer(text):
        day = value(match)
        if day is not None:
            yield match, day


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
