"""Whole days as documents write them: 2023年5月8日, 二〇二三年五月八日, 2023-05-08.

The patterns take matching form (`dossier.normal`).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

ZERO = "〇零○◯0OoQ"
FIGURE = "一二三四五六七八九"
CN_YEAR = rf"[一二][{ZERO}{FIGURE}]{{3}}"
CN_MONTH = rf"元|正|十?[{FIGURE}]|十"
CN_DAY = rf"[{FIGURE}]?十?[{FIGURE}]|[{FIGURE}]?十"
DATE = re.compile(
    r"(?P<y>(?:19|20)\d\d)年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日曰]"
    rf"|(?P<cy>{CN_YEAR})年(?P<cm>{CN_MONTH})月(?P<cd>{CN_DAY})[日曰]"
    r"|(?<!\d)(?P<iy>(?:19|20)\d\d)(?P<sep>[-./])(?P<im>\d{1,2})(?P=sep)(?P<id>\d{2}(?=\d{1,2}:\d\d)|\d{1,2}(?!\d))"
)
_VALUE = {char: value for value, char in enumerate("〇" + FIGURE)} | dict.fromkeys(ZERO, 0)


def figures(text: str) -> list[int]:
    """The figures of a year written in Chinese, one by one; what is none is left out."""
    return [_VALUE[char] for char in text if char in _VALUE]


def year(text: str) -> int:
    """A year in figures of either kind. KeyError for others."""
    return int(text) if text.isdecimal() else int("".join(str(_VALUE[char]) for char in text))


def ordinal(text: str) -> int:
    """A month or day: 5, 05, 五, 十五, 元. KeyError, ValueError for others."""
    if text.isdecimal():
        return int(text)
    if text in ("元", "正"):
        return 1
    if "十" in text:
        tens, _, ones = text.partition("十")
        return 10 * (_VALUE[tens] if tens else 1) + (_VALUE[ones] if ones else 0)
    return _VALUE[text[0]] if len(text) == 1 else 10 * _VALUE[text[0]] + _VALUE[text[1]]


def value(match: re.Match[str]) -> dt.date | None:
    """The day a match of `DATE` means, None if there is no such day."""
    try:
        if match["y"]:
            return dt.date(int(match["y"]), int(match["m"]), int(match["d"]))
        if match["iy"]:
            return dt.date(int(match["iy"]), int(match["im"]), int(match["id"]))
        number = year(match["cy"])
        if not 1900 <= number < 2100:
            return None
        return dt.date(number, ordinal(match["cm"]), ordinal(match["cd"]))
    except (ValueError, KeyError):
        return None


def dates(text: str) -> Iterator[tuple[re.Match[str], dt.date]]:
    """All dates in a text, with where they stand."""
    if "年" not in text and "-" not in text and "." not in text and "/" not in text:
        return
    for match in DATE.finditer(text):
        day = value(match)
        if day is not None:
            yield match, day
