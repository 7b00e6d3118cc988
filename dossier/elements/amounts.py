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
_STARTS = "".join({name[0] for name in _PREFIX})
_SUM = re.compile(
    rf"(?=[\d{_CN}{_STARTS}])(?:"
    rf"(?<![\d.{_CN}])(?:(?P<low>{_RUN}){_TO}(?={_FIRST}))?(?P<number>{_RUN})"
    rf"(?P<unit>{_UNIT})(?P<small>{_SMALL})"
    rf"|(?P<before>{_any(_PREFIX)})(?:现金|共计|合计|计|约|\(?[大小]写\)?)?[:(]?"
    rf"(?:(?P<low2>{_RUN}){_TO}(?={_FIRST}))?(?P<number2>{_RUN})"
    rf"(?:(?P<unit2>{_UNIT})(?P<small2>{_SMALL}))?)"
)
_ABOUT_BEFORE = re.compile(r"(?:约|大约|近|将近|接近)(?:为|计|合|值|有)?$")
_ABOUT_AFTER = re.compile(r"(?:人民币|整)?(?:左右|上下)")
_MORE = re.compile(r"[余多几]")
# 数百元 has no value; nor has a name that ends in one: 张三元
_VAGUE = frozenset("数几上成好")
_ROUND = re.compile(r"[头形柱珠孔盘桌]")
_SMALLEST_BARE = 10
# 四五万元, 一二百元: between the two
_BETWEEN = re.compile("一二|二三|两三|三四|三五|四五|五六|六七|七八|八九")
_NO_MONEY = re.compile(r"[公旦宵素首勋帅桥里坝化区村镇路乡街店]")
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
        # groups end in 2 where a currency stands before the number
        tail = "" if match["before"] is None else "2"
        number, low, unit = f"number{tail}", f"low{tail}", match[f"unit{tail}"]
        start, end = match.span(number)
        first, stop = match.span()
        if end - start > 1 and (pieces := apart(text, normal, start, end))[1:]:
            for begin, _ in reversed(pieces[1:]):
                if own_line(text, *normal.span(begin, end)):
                    start = begin  # the line above is another cell of a table
                    break
        found = _value(plain, start, end)
        if found is None:
            continue
        at, value, vague = found
        if unit is None:
            if _COUNTED.match(plain, stop) or value < _SMALLEST_BARE:
                continue
        elif not _is_money(plain, at, end, unit, match["before"]):
            continue
        currency = _currency(unit or "", match["before"])
        value += _small(match[f"small{tail}"] or "")
        vague = (
            vague
            or _ABOUT_BEFORE.search(plain, max(0, first - 4), first) is not None
            or (tail != "" and "约" in plain[match.end("before") : at])
            or _ABOUT_AFTER.match(plain, stop) is not None
        )
        begin = first
        if at > match.start(number):
            begin = at
        elif match[low] is not None:
            begin = at
            lower = _low(plain, match.span(low), match[number], value)
            if lower is not None:
                span = normal.span(first if tail else lower[0], match.end(low))
                yield Amount(_even(lower[1]), *span, currency, lower[2])
        yield Amount(_even(value), *normal.span(begin, stop), currency, vague)


def _value(plain: str, start: int, stop: int) -> tuple[int, Decimal, bool] | None:
    """Where the number that ends at `stop` begins, its value, and whether it is approximate."""
    run = plain[start:stop]
    vague = False
    if not run.isascii():
        if run[0] in UNITS and run[0] not in "十拾":
            return None  # 百元, 千元
        if _BETWEEN.search(run) is not None and any(char in UNITS for char in run):
            return None
        if _MORE.search(run) is not None:
            vague = True
    while True:
        try:
            value = quantity(_MORE.sub("", run) if vague else run)
        except ValueError:
            # 第三,3860元; 1.3860元 (an item's number): what follows the last mark
            _, mark, rest = run.partition("," if "," in run else ".")
            if not mark or not rest:
                return None
            run = rest
            continue
        start = stop - len(run)
        before = plain[start - 1] if start else ""
        if before in _VAGUE and before and not plain.endswith("以上", 0, start):
            return None
        if before == "、" and start > 1 and plain[start - 2] in _FEW and not run[0].isascii():
            return start, value, True  # 三、四千元
        return start, value, vague


_FEW = frozenset("一二两三四五六七八")


def _is_money(plain: str, start: int, end: int, unit: str, before: str | None) -> bool:
    if before is not None:
        return True
    if unit == "圆" and _ROUND.match(plain, end + 1):
        return False
    if plain[start].isascii() or end - start > 2 or unit not in ("元", "圆"):
        return True
    if _NO_MONEY.match(plain, end + 1):
        return False
    return end - start > 1 or start == 0 or plain[start - 1] in _BEFORE_ONE


def _currency(unit: str, before: str | None) -> str:
    return _EITHER.get(unit) or _EITHER.get(unit.lstrip("元圆")) or _PREFIX.get(before or "", "CNY")


def _low(
    plain: str, span: tuple[int, int], number: str, high: Decimal
) -> tuple[int, Decimal, bool] | None:
    """The lower end of a range: 3至5万元 begins at 30,000."""
    found = _value(plain, *span)
    if found is None:
        return None
    start, value, vague = found
    unit = _TRAILING.search(_MORE.sub("", number))
    if unit is not None and plain[span[1] - 1] not in UNITS:
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
