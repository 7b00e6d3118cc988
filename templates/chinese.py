"""How official documents write numbers, sums, days, terms and lists.

Reading the same is in `dossier.elements` (numerals, days, terms); each function here writes what
those read back. ValueError for values that cannot be written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

_FIGURES = "〇一二三四五六七八九"
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_LARGEST = 10**12
_CENT = Decimal("0.01")


def formal_day(day: date) -> str:
    """二〇二三年五月八日"""
    year = "".join(_FIGURES[int(figure)] for figure in f"{day.year:04d}")
    return f"{year}年{numeral(day.month)}月{numeral(day.day)}日"


def plain_day(day: date) -> str:
    """2023年5月8日"""
    return f"{day.year}年{day.month}月{day.day}日"


def month_and_day(day: date) -> str:
    """5月8日"""
    return f"{day.month}月{day.day}日"


def year_and_month(day: date) -> str:
    """2023年5月"""
    return f"{day.year}年{day.month}月"


def clock(moment: datetime) -> str:
    """9时05分"""
    return f"{moment.hour}时{moment.minute:02d}分"


def numeral(number: int | Decimal) -> str:
    """一百二十三, 十二, 二万零五; with decimals 三点五. From 0 up to a trillion, without it."""
    if not 0 <= number < _LARGEST:
        raise ValueError(f"{number} cannot be written in Chinese figures here")
    whole = int(number)
    text = _sections(whole, "零" + _FIGURES[1:], "千百十") or "零"
    if text.startswith("一十"):
        text = text[1:]
    rest = f"{Decimal(number) - whole:f}".partition(".")[2].rstrip("0")
    if not rest:
        return text
    return f"{text}点{''.join(('零' + _FIGURES[1:])[int(figure)] for figure in rest)}"


def capitals(sum_: Decimal | int) -> str:
    """A sum of yuan in capitals: 壹仟贰佰元整, 壹拾万零伍元叁角整, 玖元零捌分.

    Between 0 and a trillion, whole 分.
    """
    value = Decimal(sum_)
    if not 0 <= value < _LARGEST or value != value.quantize(_CENT):
        raise ValueError(f"{sum_} is no sum that can be written in capitals")
    whole, cents = divmod(int(value * 100), 100)
    tens, ones = divmod(cents, 10)
    text = f"{_sections(whole, _CAPITALS, '仟佰拾')}元" if whole or not cents else ""
    if tens:
        text += f"{_CAPITALS[tens]}角"
    elif ones and text:
        text += "零"
    return f"{text}{_CAPITALS[ones]}分" if ones else f"{text or '零元'}整"


def _sections(number: int, figures: str, units: str) -> str:
    """A whole number in 亿, 万 and below; nothing for 0 except with 零元."""
    if number == 0:
        return "零" if figures is _CAPITALS else ""
    text, gap = "", False
    for unit, name in ((10**8, "亿"), (10**4, "万"), (1, "")):
        section, number = divmod(number, unit)
        if section == 0:
            gap = bool(text)
            continue
        if text and (gap or section < 1000):
            text += "零"
        text += _below_ten_thousand(section, figures, units) + name
        gap = False
    return text


def _below_ten_thousand(number: int, figures: str, units: str) -> str:
    text, gap = "", False
    for place, unit in ((1000, units[0]), (100, units[1]), (10, units[2]), (1, "")):
        figure, number = divmod(number, place)
        if figure == 0:
            gap = bool(text)
            continue
        text += ("零" if gap else "") + figures[figure] + unit
        gap = False
    return text


def yuan(sum_: Decimal | int) -> str:
    """3860元, 3860.5元"""
    value = Decimal(sum_)
    if not value.is_finite():
        raise ValueError(f"{sum_} is no sum")
    text = f"{value:f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text}元"


def term(months: int, days: int = 0) -> str:
    """A term of punishment: 一年六个月, 六个月, 三年, 一个月十天."""
    if months < 0 or days < 0 or not (months or days):
        raise ValueError(f"{months} months and {days} days are no term")
    years, rest = divmod(months, 12)
    return (
        (f"{numeral(years)}年" if years else "")
        + (f"{numeral(rest)}个月" if rest else "")
        + (f"{numeral(days)}天" if days else "")
    )


def age(birth: date, day: date) -> int:
    """Full years of age (周岁) on a day: reached the day after the birthday, as criminal law
    counts (法释〔2006〕1号 第二条)."""
    if day < birth:
        raise ValueError(f"{day} is before the birth, {birth}")
    return max(0, day.year - birth.year - ((day.month, day.day) <= (birth.month, birth.day)))


_TRAILING = "、，,；;。. \t\n\u3000"


def listed(items: Sequence[str], last: str = "、") -> str:
    """A、B、C, or with `last` 和: A、B和C. What items end in of 、，；。 is left out."""
    words = [word for item in items if (word := item.strip().rstrip(_TRAILING))]
    if len(words) < 2:
        return "".join(words)
    return f"{'、'.join(words[:-1])}{last}{words[-1]}"


def sentence(text: str) -> str:
    """The text with one 。 at its end: behind ！？ and … and behind a closed quotation of a whole
    sentence none is added."""
    bare = text.rstrip(_TRAILING)
    if not bare or bare.endswith(("！", "？", "!", "?", "…")):
        return bare
    if bare[-1] in "”’」』" and bare[:-1].endswith(("。", "！", "？")):
        return bare
    return f"{bare}。"


def unended(text: str) -> str:
    """The text without 。 or other stops at its end, to go on within a sentence."""
    return text.rstrip(_TRAILING)
