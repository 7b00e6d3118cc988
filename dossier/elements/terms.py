"""Terms of punishment: 一年六个月, 一年零六个月, 10个月, 一年半.

The patterns are for text in matching form (`dossier.normal`): no white space, half width.
"""

from __future__ import annotations

import re

from .numerals import arabic

_N = r"(?:[〇○零一二三四五六七八九十两百壹贰叁肆伍陆柒捌玖拾廿]{1,5}|\d{1,3})"
_JOINT = r"[零〇○0又另,]?"

TERM = (
    rf"(?:{_N}(?:年半|周?年)(?:{_JOINT}{_N}个?半?月)?|{_N}个?半?月)"
    rf"(?:{_JOINT}{_N}[天日](?![前内]))?"
)
"""A term, as a regular expression without groups."""

_PARTS = re.compile(
    rf"(?:(?P<years>{_N})(?:(?P<half_year>年半)|周?年))?"
    rf"(?:{_JOINT}(?P<months>{_N})个?(?P<half_month>半)?月)?"
    rf"(?:{_JOINT}(?P<days>{_N})[天日])?"
)
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")


def _number(numeral: str) -> int:
    return arabic(numeral.translate(_FORMAL).replace("廿", "二十").strip("零〇○") or "0")


def term(text: str) -> tuple[int, int]:
    """Months and further days of a term in matching form: 一个月十天 is (1, 10). ValueError for
    what is no term."""
    match = _PARTS.fullmatch(text)
    if match is None or not text:
        raise ValueError(f"not a term: {text!r}")
    months = 12 * _number(match["years"] or "零") + _number(match["months"] or "零")
    days = _number(match["days"] or "零")
    if match["half_year"]:
        months += 6
    if match["half_month"]:
        days += 15
    return months, days


def months(text: str) -> int:
    """Whole months of a term in matching form: 一年零六个月 is 18. ValueError for what is no
    term."""
    return term(text)[0]


def possible_term(text: str) -> tuple[int | None, int]:
    """`term`, but (None, 0) for what no number can be read from: a slip such as 二一十年."""
    try:
        return term(text)
    except ValueError:
        return None, 0
