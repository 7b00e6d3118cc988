"""Dates and times of a text, relative ones (次日, 同年6月, 当晚) resolved against the last one.

Lunar dates (农历) are left out, and so are days that do not exist and relative dates before which
nothing definite stands.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from .days import CN_YEAR, FIGURE, ordinal, year
from .form import form
from .values import Moment

_M = rf"(?:\d{{1,2}}|元|正|十?[{FIGURE}]|十)"
_D = rf"(?:\d{{1,2}}|[{FIGURE}]?十[{FIGURE}]|[{FIGURE}]?十|[{FIGURE}])"
_H = rf"(?:\d{{1,2}}|[{FIGURE}]?十[{FIGURE}]|[{FIGURE}]?十|[{FIGURE}两零])"
_MIN = rf"(?:\d{{1,2}}|[零〇]?{_D})"
_DAY = r"[日曰号]"
_PART = r"凌晨|清晨|早晨|早上|早|上午|中午|午后|下午|傍晚|晚上|晚间|晚|深夜|半夜|夜间|夜里|夜|午夜"
_CLOCK = (
    rf"(?P<hour>{_H})(?:(?:时|点钟?)(?![间候期段前]|之前|以[前后])"
    rf"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>{_MIN})分(?![之局院店厂]))?"
    r"|:(?P<minute2>\d{2})(?!\d{3}))"
)
_TIME = rf"(?:(?:左右|期间)?(?:[,的](?![当同]))?(?P<part>当晚|当天晚上|{_PART})?{_CLOCK})?"
_LIST = r"[、,至到\-~和]"
_LUNAR = r"农历|阴历|旧历|古历"
_WHEN = re.compile(
    rf"(?=[\d{FIGURE}元正农阴旧古同次翌当隔])(?:"
    rf"(?P<lunar>{_LUNAR})"
    r"|(?P<iso>(?<![\d.])(?:19|20)\d\d(?P<sep>[-./])(?P<im>\d{1,2})(?P=sep)"
    r"(?P<id>\d{2}(?=\d{1,2}:\d\d)|\d{1,2}(?![\d.]\d|\d)))"
    rf"|(?:(?P<year>(?:19|20)\d\d|{CN_YEAR}|(?<!\d)\d\d(?=年{_M}月{_D}{_DAY}))年|(?P<same>[同当]年|[次翌]年))"
    rf"(?:度|,)?(?P<lunar2>{_LUNAR})?"
    rf"(?:(?P<month>{_M}|同)(?:{_LIST}(?P<month2>{_M}))?月(?![薪息租])(?:份)?"
    rf"(?:(?P<day>{_D})(?:{_LIST}(?P<day2>{_D}))?{_DAY})?)?"
    rf"|(?P<samemonth>[同当]月|次月)(?:(?P<day3>{_D})(?:{_LIST}(?P<day4>{_D}))?{_DAY})?"
    rf"|(?<![个年\d{FIGURE}])(?P<month3>{_M})月(?P<day5>{_D})(?:{_LIST}(?P<day6>{_D}))?{_DAY}"
    r"|(?P<sameday>次日|翌日|隔日|[当同][日天](?!晚[上间])|[当同][晚夜](?=[\d一二十]|[^上])|[当同]天晚[上间])(?!起)"
    rf"){_TIME}"
)
# 5月8日,3日后被抓获 counts days
_ANOTHER = re.compile(
    rf"(?:(?P<comma>,)|[、至到\-~和])(?P<day>{_D})日(?!内)(?(comma)(?![后前]|[之以][内后前])){_TIME}"
)
_ANOTHER_MONTH = re.compile(rf"(?:份|{_LIST}){{1,2}}(?P<month>{_M})月(?!{_D}{_DAY}|[薪息租])")
_NOT_AFTER = frozenset("满书达之的后限每宣第")
_AFTERNOON = frozenset({"下午", "午后"})
_EVENING = frozenset({"傍晚", "当晚", "当天晚上", "晚上", "晚间", "晚"})
_NIGHT = frozenset({"深夜", "半夜", "夜间", "夜里", "夜", "午夜"})


def moments(text: str) -> tuple[Moment, ...]:
    """Dates of a text, in order, with their times where the text says them."""
    return tuple(_scan(text))


_Day = tuple[int, int | None, int | None]


def _scan(text: str) -> Iterator[Moment]:
    normal = form(text)
    plain = normal.text
    last: _Day | None = None
    at = 0
    while (match := _WHEN.search(plain, at)) is not None:
        at = match.end()
        if match["lunar"] or match["lunar2"]:
            at = _after_lunar(plain, at)
            continue
        relative = match["year"] is None and match["iso"] is None
        if relative and last is None:
            continue
        days = _days(match, plain, last)
        for place, day in enumerate(days):
            if not _exists(day):
                continue
            hour, minute = _clock(match) if place == len(days) - 1 else (None, None)
            start, stop = normal.span(match.start(), match.end())
            yield Moment(day[0], start, stop, day[1], day[2], hour, minute, relative)
            last = day
        if last is not None and last[2] is None and last[1] is not None:
            month = _ANOTHER_MONTH.match(plain, at)
            if month is not None and _exists(day := (last[0], ordinal(month["month"]), None)):
                start, stop = normal.span(month.start("month"), month.end())
                yield Moment(day[0], start, stop, day[1], relative=True)
                last, at = day, month.end()
        while last is not None and last[2] is not None:
            another = _ANOTHER.match(plain, at)
            if another is None:
                break
            day = (last[0], last[1], ordinal(another["day"]))
            if not _exists(day):
                break
            start, stop = normal.span(another.start("day"), another.end())
            yield Moment(day[0], start, stop, day[1], day[2], *_clock(another), relative=True)
            last, at = day, another.end()


_LUNAR_REST = re.compile(
    rf"(?:(?:(?:19|20)\d\d|{CN_YEAR})年)?(?:{_M}|[冬腊])月(?:初?{_D}|廿[{FIGURE}])?[日曰]?"
)


def _after_lunar(plain: str, at: int) -> int:
    rest = _LUNAR_REST.match(plain, at)
    return at if rest is None else rest.end()


def _days(match: re.Match[str], plain: str, last: _Day | None) -> list[_Day]:
    """What a match means; empty where it has no definite meaning."""
    if match["iso"]:
        return [(int(match["iso"][:4]), int(match["im"]), int(match["id"]))]
    if match["year"]:
        number = year(match["year"])
        if number < 100:
            number += 2000 if number < 50 else 1900
        return _of_year(match, number, last)
    assert last is not None
    if match["same"]:
        if match["month"] is None:
            return []  # 同年 alone says nothing new
        return _of_year(match, last[0] + (match["same"][0] in "次翌"), last)
    if match["samemonth"]:
        if last[1] is None:
            return []
        number, month = last[0], last[1]
        if match["samemonth"] == "次月":
            number, month = (number, month + 1) if month < 12 else (number + 1, 1)
        if match["day3"] is None:
            return []
        return [(number, month, ordinal(day)) for day in _both(match, "day3", "day4")]
    if match["month3"]:
        month = ordinal(match["month3"])
        return [(last[0], month, ordinal(day)) for day in _both(match, "day5", "day6")]
    if last[1] is None or last[2] is None:
        return []
    if match.start() and plain[match.start() - 1] in _NOT_AFTER:
        return []
    if match["sameday"][0] in "次翌隔":
        try:
            next_day = dt.date(*last) + dt.timedelta(days=1)  # type: ignore[arg-type]
        except OverflowError:
            return []
        return [(next_day.year, next_day.month, next_day.day)]
    return [last]


def _of_year(match: re.Match[str], number: int, last: _Day | None) -> list[_Day]:
    if match["month"] is None:
        return [(number, None, None)]
    if match["month"] == "同":
        if last is None or last[1] is None:
            return []
        month = last[1]
    else:
        month = ordinal(match["month"])
    out: list[_Day] = []
    if match["month2"] is not None:
        out.append((number, month, None))
        month = ordinal(match["month2"])
    if match["day"] is None:
        return [*out, (number, month, None)]
    return [*out, *((number, month, ordinal(day)) for day in _both(match, "day", "day2"))]


def _both(match: re.Match[str], first: str, second: str) -> list[str]:
    return [match[name] for name in (first, second) if match[name] is not None]


def _exists(day: _Day) -> bool:
    if not 1900 <= day[0] < 2100:
        return False
    try:
        dt.date(day[0], 1 if day[1] is None else day[1], 1 if day[2] is None else day[2])
    except ValueError:
        return False
    return True


def _clock(match: re.Match[str]) -> tuple[int | None, int | None]:
    """Hour and minute; None where the text does not say or where it is unclear on which day
    (晚12时)."""
    if match["hour"] is None:
        return None, None
    hour = 0 if match["hour"] == "零" else 2 if match["hour"] == "两" else ordinal(match["hour"])
    minute = _minute(match)
    part = match["part"] or ""
    named = match.groupdict().get("sameday") or ""
    if not part and named[-1:] in ("晚", "夜", "上", "间"):
        part = "晚"
    if hour > 23 or (minute is not None and minute > 59):
        return None, None
    if part in _AFTERNOON and 1 <= hour <= 11:
        hour += 12
    elif part in _EVENING and hour <= 12:
        if not 4 <= hour <= 11:
            return None, None
        hour += 12
    elif part in _NIGHT and 6 <= hour <= 12:
        if hour == 12:
            return None, None
        hour += 12
    elif part == "中午" and hour <= 3:
        hour += 12
    elif part == "凌晨" and hour == 12:
        hour = 0
    return hour, minute


def _minute(match: re.Match[str]) -> int | None:
    if match["half"]:
        return 30
    if match["quarter"]:
        return 15 if match["quarter"] == "一" else 45
    text = match["minute"] or match["minute2"]
    if text is None:
        return None
    return ordinal(text.lstrip("零〇") or "十") if not text.isdecimal() else int(text)
