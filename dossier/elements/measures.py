"""Measured quantities: alcohol in blood, weights, grades of injury and disability, speeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from pydantic import Field

from .form import form
from .numerals import FIGURES, arabic, quantity
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
_GRADE = (
    r"[一二三四五六七八九十陆柒捌玖壹贰叁肆伍拾]|10|[1-9]|[IVX]{1,4}(?:\([一二三四五六七八九十]\))?"
)
_FOUND = re.compile(
    r"(?=[\d轻重伤残时每百"
    rf"{FIGURES}十IVX])(?:"
    # per 100 ml first, then mg
    rf"(?:每?(?:100|1[0O]{{2}}|一?百){_ML})(?:静脉)?(?:血液?|血样)?[^\d,。;]{{0,12}}?(?P<alcohol2>{_NUM}){_MG}(?![/每])"
    rf"|(?<![\d.])(?P<alcohol>{_NUM}){_MG}(?:乙醇|酒精)?(?:(?:/|每)(?P<per>[1lI]0{{2}}|[dD](?=[lL])|一?百)?(?P<ml>{_ML}|[lL](?![a-zA-Z]))|(?P<percent>%))"
    rf"|(?<![\d.])(?P<speed>{_NUM})(?:(?:-|~|至)(?P<speed2>{_NUM}))?(?:[kK][mM]|公里|千米)(?:/|每)(?:[hH]|小?时)"
    rf"|(?:时速|每小时)(?:约|为|达|在)?(?:(?P<speed3>{_NUM})(?:-|~|至))?(?P<speed4>{_NUM})(?:公里|千米|[kK][mM])"
    rf"|(?P<weight>(?<![\d.]){_NUM}|(?<![{FIGURES}十百千万第])(?=[{FIGURES}十百千]){_CN})(?P<more>余|多)?(?P<unit>千克|公斤|[kK][gG]|毫克|mg|克|[gG]|吨|市?斤)(?![A-Za-z/服制扣隆拉斯里])"
    r"|(?P<injury>轻微伤|(?:轻|重)伤\(?(?P<grade>[一二12]|I{1,2})\)?级\)?|(?P<grade2>[一二])级(?P<injury2>轻伤|重伤)|(?<=[成属系为致人])(?:轻伤|重伤)(?!害|[\(一二12I]))"
    rf"|(?P<disability>{_GRADE})\)?级(?:伤残|残疾|(?<=级)残(?!忍|暴))"
    rf"|(?:伤残|残疾)(?:等级|程度|级别)?(?:评定|鉴定|均|分别)?(?:属于?|为|达|构成|系|:)?(?P<disability2>{_GRADE})\)?级"
    r")"
)
_GRAMS = {
    "千克": 1000, "公斤": 1000, "kg": 1000, "毫克": Decimal("0.001"), "mg": Decimal("0.001"),
    "克": 1, "g": 1, "吨": 1_000_000, "斤": 500, "市斤": 500,
}  # fmt: skip
_NOT = re.compile(r"(?:[未不没]|未达|没有|不构成|未构成|不属于?|尚不构成)$")
_OF = re.compile(r"(?:左右|的|毒品|疑似|粉末状?|白色|晶体状?|状|物|系){0,4}")
_ROMAN = {"I": 1, "V": 5, "X": 10}
_FAR = 18


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
        if match["alcohol"] or match["alcohol2"]:
            value = quantity(match["alcohol"] or match["alcohol2"])
            if match["alcohol"]:
                factor = _per_100_ml(match, plain)
                if factor is None:
                    continue
                value *= factor
            yield Measure("alcohol", value, f"{_plain(value)}mg/100ml", *span)
        elif match["speed"] or match["speed4"]:
            for name in ("speed", "speed2", "speed3", "speed4"):
                if match[name]:
                    value = quantity(match[name])
                    yield Measure("speed", value, f"{_plain(value)}km/h", *span)
        elif match["weight"]:
            found = _weight(match)
            if found is not None:
                what = _what(plain, match)
                yield Measure("weight", found, f"{_plain(found)}克", *span, what)
        elif match["disability"] or match["disability2"]:
            grade = _grade(match["disability"] or match["disability2"])
            if grade is not None:
                yield Measure(
                    "disability", Decimal(grade), f"{'一二三四五六七八九十'[grade - 1]}级", *span
                )
        elif not _NOT.search(plain, max(0, match.start() - 5), match.start()):
            yield Measure("injury", None, _injury(match), *span)


def _per_100_ml(match: re.Match[str], plain: str) -> Decimal | None:
    """What makes of the quantity one in 100 ml; None if it is no alcohol in blood."""
    if match["percent"] or match["per"]:
        return Decimal(1)
    if match["ml"] in ("L", "l"):
        # mg/L is what waste water is measured in
        return None
    around = plain[max(0, match.start() - 30) : match.start()]
    return Decimal(100) if "醇" in around or "酒精" in around else None


def _weight(match: re.Match[str]) -> Decimal | None:
    try:
        value = quantity(match["weight"])
    except ValueError:
        return None
    return value * _GRAMS[match["unit"].lower()]


def _what(plain: str, match: re.Match[str]) -> str:
    """The substance weighed: named behind (5克冰毒), else before in the same clause."""
    names, pattern = _substances()
    behind = pattern.match(plain, _OF.match(plain, match.end()).end())  # type: ignore[union-attr]
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
