"""Measured quantities: alcohol in blood, weights, grades of injury and disability, speeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from functools import lru_cache

from pydantic import Field

from .form import form
from .numerals import FIGURES, quantity
from .tables import Sourced, Strict, read_table
from .values import Measure


class _Substance(Strict):
    name: str = Field(min_length=2)
    names: tuple[str, ...] = ()


class _MeasuresFile(Sourced):
    substances: tuple[_Substance, ...] = Field(min_length=1)


_NUM = r"\d{1,9}(?:,\d{3})*+(?:\.\d{1,6})?"
_CN = rf"[{FIGURES}十百千万]{{1,12}}+(?:[点.][{FIGURES}]{{1,4}})?"
_MG = r"(?:mg|MG|Mg|毫克)"
_ML = r"(?:m[lL1I]|M[lL]|毫升)"
_WEIGHT = r"(?:千克|公斤|[kK][gG]|毫克|mg|克|[gG]|吨|市?斤)(?![A-Za-z/服制扣隆拉斯里])"
_GRADE = (
    r"[一二三四五六七八九十陆柒捌玖壹贰叁肆伍拾]|10|[1-9]|[IVX]{1,4}(?:\([一二三四五六七八九十]\))?"
)
_FOUND = re.compile(
    rf"(?=[\d轻重伤残时每{FIGURES}百十IVX])(?:"
    # a number, perhaps a range, then its unit
    rf"(?<![\d.])(?P<number>{_NUM})(?:[\-~至](?P<to>{_NUM}))?(?:"
    rf"{_MG}(?:乙醇|酒精)?(?:(?:/|每)(?P<per>[1lI]0{{2}}|[dD](?=[lL])|一?百)?(?P<ml>{_ML}|[lL](?![a-zA-Z]))|(?P<percent>%))"
    r"|(?P<speed>(?:[kK][mM]|公里|千米)(?:/|每)(?:[hH]|小?时))"
    rf"|[余多]?(?P<unit>{_WEIGHT})"
    rf"|{_ML}(?:静脉)?(?:血液?|血样)?[^\d,。;]{{0,12}}?(?P<alcohol>{_NUM}){_MG}(?![/每])"
    r"|(?P<degree>级\)?(?:伤残|残疾)))"
    # per 100 ml first, then mg
    rf"|一?百{_ML}(?:静脉)?(?:血液?|血样)?[^\d,。;]{{0,12}}?(?P<alcohol2>{_NUM}){_MG}(?![/每])"
    rf"|(?:时速|每小时)(?:约|为|达|在)?(?:(?P<speed3>{_NUM})[\-~至])?(?P<speed4>{_NUM})(?:公里|千米|[kK][mM])"
    rf"|(?<![{FIGURES}十百千万第])(?=[{FIGURES}十百])(?P<weight>{_CN})[余多]?(?P<unit2>{_WEIGHT})"
    r"|(?P<injury>轻微伤|[轻重]伤\(?(?P<grade>[一二12]|I{1,2})\)?级\)?|(?P<grade2>[一二])级(?P<injury2>轻伤|重伤)"
    r"|(?<=[成属系为致人])(?:轻伤|重伤)(?!害|[\(一二12I]))"
    rf"|(?P<disability>{_GRADE})\)?级(?:伤残|残疾)"
    rf"|(?:伤残|残疾)(?:等级|程度|级别)?(?:评定|鉴定|均|分别)?(?:属于?|为|达|构成|系|:)?(?P<disability2>{_GRADE})\)?级"
    r")"
)
_GRAMS: dict[str, int | Decimal] = {
    "千克": 1000, "公斤": 1000, "kg": 1000, "毫克": Decimal("0.001"), "mg": Decimal("0.001"),
    "克": 1, "g": 1, "吨": 1_000_000, "斤": 500, "市斤": 500,
}  # fmt: skip
_NOT = re.compile(r"(?:[未不没]|未达|没有|不构成|未构成|不属于?|尚不构成)$")
_OF = re.compile(r"(?:左右|的|毒品|疑似|粉末状?|白色|晶体状?|状|物|系){0,4}")
_ROMAN = {"I": 1, "V": 5, "X": 10}
_GRADES = "一二三四五六七八九十"
_FAR = 18
# nobody survives 10 mg in one millilitre: there 100 was forgotten
_IMPOSSIBLE_PER_ML = 10


@lru_cache(maxsize=1)
def _substances() -> tuple[dict[str, str], re.Pattern[str]]:
    table = read_table(_MeasuresFile, "measures.yaml").substances
    names = {name: each.name for each in table for name in (each.name, *each.names)}
    longest = sorted(names, key=len, reverse=True)
    return names, re.compile("|".join(map(re.escape, longest)))


def measures(text: str) -> tuple[Measure, ...]:
    """Measured quantities of a text, in order."""
    return tuple(_scan(text))


def _scan(text: str) -> Iterator[Measure]:
    normal = form(text)
    plain = normal.text
    for match in _FOUND.finditer(plain):
        span = normal.span(*match.span())
        alcohol = match["alcohol"] or match["alcohol2"]
        if match["injury"]:
            if not _NOT.search(plain, max(0, match.start() - 5), match.start()):
                yield Measure("injury", None, _injury(match), *span)
        elif match["ml"] or match["percent"]:
            for value in _numbers(match, "number", "to"):
                factor = _per_100_ml(match, plain, value)
                if factor is not None:
                    yield _alcohol(value * factor, span)
        elif alcohol:
            # in 100 ml, not in whatever else is a number of ml
            if match["number"] in (None, "100"):
                yield _alcohol(quantity(alcohol), span)
        elif match["speed"] or match["speed4"]:
            for value in _numbers(match, "number", "to", "speed3", "speed4"):
                yield Measure("speed", value, f"{_plain(value)}km/h", *span)
        elif match["unit"] or match["unit2"]:
            grams = _GRAMS[(match["unit"] or match["unit2"]).lower()]
            for value in _numbers(match, "number", "to", "weight"):
                weight = value * grams
                yield Measure("weight", weight, f"{_plain(weight)}克", *span, _what(plain, match))
        else:
            degree = match["number"] if match["degree"] else None
            grade = _grade(degree or match["disability"] or match["disability2"])
            if grade is not None and 1 <= grade <= len(_GRADES):
                yield Measure("disability", Decimal(grade), f"{_GRADES[grade - 1]}级", *span)


def _numbers(match: re.Match[str], *groups: str) -> Iterator[Decimal]:
    for group in groups:
        if match[group] is not None:
            with suppress(ValueError):
                yield quantity(match[group])


def _alcohol(value: Decimal, span: tuple[int, int]) -> Measure:
    return Measure("alcohol", value, f"{_plain(value)}mg/100ml", *span)


def _per_100_ml(match: re.Match[str], plain: str, value: Decimal) -> Decimal | None:
    """What makes of the quantity one in 100 ml; None if it is no alcohol in blood."""
    if match["percent"] or match["per"]:
        return Decimal(1)
    around = plain[max(0, match.start() - 30) : match.start()]
    if match["ml"] in ("L", "l") or not ("醇" in around or "酒精" in around):
        # mg/L is what waste water is measured in
        return None
    return Decimal(1 if value >= _IMPOSSIBLE_PER_ML else 100)


def _what(plain: str, match: re.Match[str]) -> str:
    """The substance weighed: named behind (5克冰毒), else before in the same clause."""
    names, pattern = _substances()
    between = _OF.match(plain, match.end())
    behind = pattern.match(plain, between.end() if between is not None else match.end())
    if behind is not None:
        return names[behind[0]]
    clause = re.split(r"[,。;、:]", plain[max(0, match.start() - _FAR) : match.start()])[-1]
    found = [names[each[0]] for each in pattern.finditer(clause)]
    return found[-1] if found else ""


def _injury(match: re.Match[str]) -> str:
    if match["injury2"]:
        return f"{match['injury2']}{match['grade2']}级"
    if match["grade"]:
        grade = {"1": "一", "2": "二", "I": "一", "II": "二"}.get(match["grade"], match["grade"])
        return f"{match['injury'][:2]}{grade}级"
    return match["injury"]


def _grade(text: str) -> int | None:
    text = text.partition("(")[0]
    if text[0] in _ROMAN:
        total = 0
        for char, following in zip(text, [*text[1:], ""], strict=True):
            value = _ROMAN[char]
            total += -value if following and _ROMAN[following] > value else value
        return total if 1 <= total <= 10 else None
    try:
        return int(quantity(text))
    except ValueError:
        return None


def _plain(value: Decimal) -> str:
    whole = value.to_integral_value()
    return str(int(whole)) if whole == value else format(value.normalize(), "f")
