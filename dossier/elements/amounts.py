"""Sums of money: 3,860元, 人民币3860.5元, 3.86万元, 三千八百六十元, 壹万零贰佰壹拾元整, 5万余元."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from .form import apart, form, own_line
from .numerals import FIGURES, UNITS, quantity
from .values import Amount

# before: may stand before the number (港币5万); after: behind it (5万港币)
_BEFORE = {
    "人民币": "CNY", "RMB": "CNY", "CNY": "CNY", "¥": "CNY", "US$": "USD", "USD": "USD",
    "$": "USD", "HK$": "HKD", "HKD": "HKD", "€": "EUR", "£": "GBP",
}  # fmt: skip
_EITHER = {
    "美元": "USD", "美金": "USD", "港币": "HKD", "港元": "HKD", "欧元": "EUR", "英镑": "GBP",
    "日元": "JPY", "日币": "JPY", "韩元": "KRW", "韩币": "KRW", "新台币": "TWD", "台币": "TWD",
    "澳门元": "MOP", "澳门币": "MOP", "澳元": "AUD", "澳币": "AUD", "加元": "CAD", "加币": "CAD",
    "新加坡元": "SGD", "泰铢": "THB", "越南盾": "VND", "卢布": "RUB", "林吉特": "MYR",
    "瑞士法郎": "CHF", "缅币": "MMK", "菲律宾比索": "PHP",
}  # fmt: skip
_PREFIX = _BEFORE | _EITHER


def _any(names: dict[str, str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_CN = f"{FIGURES}{UNITS}"
_FIRST = rf"[\d{FIGURES}{UNITS}]"
# figures of both kinds mix (1万2千, 5万零500, 30余万): what such a run means is judged afterwards
_RUN = rf"{_FIRST}[\d,.点余多几{_CN}]{{0,40}}+"
_TO = r"(?:至|到|-|~|—)"
_UNIT = rf"{_any(_EITHER)}|[元圆](?:{_any(_EITHER)}|人民币)?|块钱"
_SMALL = rf"(?:[\d{FIGURES}]角)?(?:零?[\d{FIGURES}]分(?![钟之局院厂店]))?"
_SUM = re.compile(
    rf"(?:(?P<before>{_any(_PREFIX)})(?:现金|共计|合计|计|约|\(?[大小]写\)?)?[:(]?)?"
    rf"(?<![\d.{_CN}])(?:(?P<low>{_RUN}){_TO}(?={_FIRST}))?(?P<number>{_RUN})"
    rf"(?:(?P<unit>{_UNIT})(?P<small>{_SMALL}))?"
)
_ABOUT_BEFORE = re.compile(r"(?:约|大约|近|将近|接近)(?:为|计|合|值|有)?$")
_ABOUT_AFTER = re.compile(r"(?:人民币|整)?(?:左右|上下)")
_MORE = re.compile(r"[余多几]")
# 数百元 has no value; nor has a name that ends in one: 张三元
_VAGUE = frozenset("数几上成好")
_NO_MONEY = re.compile(r"[旦宵素首勋帅桥里坝化区村镇路乡街店]")
_COUNTED = re.compile(r"[年月日号个张名次人%枚期条时份笔件]")
_BEFORE_ONE = frozenset("价额币款费金息钱付给出每约要收取、,和至到:(为是了用得还各共计借缴交罚")


def amounts(text: str) -> tuple[Amount, ...]:
    """Sums of money in a text, in order; of a range both ends. Sums without definite value
    (数千元, 上万元) are left out."""
    return tuple(_scan(text))


def _scan(text: str) -> Iterator[Amount]:
    normal = form(text)
    plain = normal.text
    for match in _SUM.finditer(plain):
        if match["unit"] is None and match["before"] is None:
            continue
        start = match.start("number")
        for begin, end in reversed(apart(text, normal, *match.span("number"))):
            if begin > start and own_line(text, *normal.span(begin, end)):
                start = begin  # the line above is another cell of a table
                break
        found = _value(plain, start, match.end("number"))
        if found is None:
            continue
        start, value, vague = found
        if match["unit"] is None:
            if _COUNTED.match(plain, match.end()) or value < 10:
                continue
        elif not _is_money(plain, match, start):
            continue
        small = _small(match["small"] or "")
        currency = _currency(match)
        stop = match.end()
        begin = match.start()
        if start > match.start("number"):
            begin = start
        elif match["low"] is not None:
            low = _low(plain, match, value)
            if low is not None:
                low_start, low_value, low_vague = low
                first = match.start() if match["before"] else low_start
                span = normal.span(first, match.end("low"))
                yield Amount(_even(low_value), *span, currency, low_vague)
            begin = start
        vague = (
            vague
            or _ABOUT_BEFORE.search(plain, max(0, match.start() - 4), match.start()) is not None
            or (match["before"] is not None and "约" in plain[match.end("before") : start])
            or _ABOUT_AFTER.match(plain, stop) is not None
        )
        yield Amount(_even(value + small), *normal.span(begin, stop), currency, vague)


def _value(plain: str, start: int, stop: int) -> tuple[int, Decimal, bool] | None:
    """Where the number that ends at `stop` begins, its value, and whether it is approximate."""
    run = plain[start:stop]
    while True:
        numeral = _MORE.sub("", run)
        if run and (run[0] in UNITS and run[0] not in "十拾"):
            return None  # 百元, 千元
        try:
            value = quantity(numeral)
        except ValueError:
            # 第三,3860元; 1.3860元 (an item's number): what follows the last mark
            _, mark, rest = run.partition("," if "," in run else ".")
            if not mark or not rest:
                return None
            run = rest
            continue
        start = stop - len(run)
        if start and plain[start - 1] in _VAGUE and not plain.endswith("以上", 0, start):
            return None
        return start, value, len(numeral) != len(run)


def _is_money(plain: str, match: re.Match[str], start: int) -> bool:
    run = plain[start : match.end("number")]
    if run[0].isascii() or match["before"] is not None:
        return True
    if len(run) <= 2 and match["unit"] in ("元", "圆"):
        if _NO_MONEY.match(plain, match.end("unit")):
            return False
        if len(run) == 1 and start:
            return plain[start - 1] in _BEFORE_ONE
    return True


def _currency(match: re.Match[str]) -> str:
    unit = match["unit"] or ""
    if unit.lstrip("元圆") in _EITHER:
        return _EITHER[unit.lstrip("元圆")]
    return _EITHER.get(unit) or _PREFIX.get(match["before"] or "", "CNY")


def _low(plain: str, match: re.Match[str], high: Decimal) -> tuple[int, Decimal, bool] | None:
    """The lower end of a range: 3至5万元 begins at 30,000."""
    found = _value(plain, *match.span("low"))
    if found is None:
        return None
    start, value, vague = found
    unit = _TRAILING.search(_MORE.sub("", match["number"]))
    if unit is not None and plain[match.end("low") - 1] not in UNITS:
        scaled = value * quantity("一" + unit[0])
        if scaled <= high:
            value = scaled
    return (start, value, vague) if value < high else None


_TRAILING = re.compile(f"[{UNITS}]{{1,2}}$")


def _even(value: Decimal) -> Decimal:
    """Without the noughts that a multiplication leaves behind the point."""
    whole = value.to_integral_value()
    return whole if whole == value else value.normalize()


def _small(text: str) -> Decimal:
    """角 and 分 behind the 元."""
    total = Decimal(0)
    for at, char in enumerate(text):
        if char in "角分":
            total += quantity(text[at - 1]) * (Decimal("0.1") if char == "角" else Decimal("0.01"))
    return total
