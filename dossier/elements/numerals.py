"""Numerals: 二百三十四, 二〇二三, 234, 壹万零贰佰壹拾, 3.86万, 1万2千."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0, "○": 0, "◯": 0, "两": 2,
}  # fmt: skip
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_FINANCIAL = str.maketrans(
    "壹贰弐叁参肆伍陆柒捌玖拾佰仟萬億壱貳參陸○◯兩", "一二二三三四五六七八九十百千万亿一二三六〇〇两"
)
FIGURES = "零〇○◯一二三四五六七八九两壹贰弐叁参肆伍陆柒捌玖壱貳參陸兩"
"""Chinese figures, plain and financial."""
UNITS = "十百千万亿拾佰仟萬億"


def arabic(numeral: str) -> int:
    """The number a numeral means: 二百三十四, 十二, 二〇二三, 两千, 234, ２３４.

    Up to 9,999 with 十百千, any length digit by digit. ValueError for anything else.
    """
    if numeral.isdecimal():
        return int(numeral)
    if not numeral or any(char not in _DIGITS and char not in _UNITS for char in numeral):
        raise ValueError(f"not a numeral: {numeral!r}")
    if not any(char in _UNITS for char in numeral):
        return int("".join(str(_DIGITS[char]) for char in numeral))
    total, last, unit_below = 0, None, 10_000
    for char in numeral:
        if char in _DIGITS:
            if last:
                raise ValueError(f"not a numeral: {numeral!r}")
            last = _DIGITS[char]
            continue
        unit = _UNITS[char]
        if unit >= unit_below or last == 0:
            # 零十 for 十 does not occur; 一百零十 is nothing
            raise ValueError(f"not a numeral: {numeral!r}")
        total += unit * (1 if last is None else last)
        last, unit_below = None, unit
    return total + (last or 0)


def quantity(numeral: str) -> Decimal:
    """The quantity a numeral means, with decimals, thousands commas, 万 and 亿, and mixtures:
    3,860; 3.86万; 三千八百六十; 壹万零贰佰壹拾; 1万2千; 5万3500; 一千二百万.

    ValueError for what is no quantity.
    """
    if numeral.isdecimal() and numeral.isascii():
        return Decimal(numeral)
    text = numeral if numeral.isascii() else numeral.translate(_FINANCIAL)
    total = Decimal(0)
    for unit in ("亿", "万"):
        if unit in text:
            # 二十万亿 does not occur in a criminal case
            before, _, text = text.partition(unit)
            total += _below(before) * _LARGE[unit]
            if not text:
                return total
            text = text.removeprefix("零").removeprefix("又") or "零"
    return total + _below(text)


def _below(text: str) -> Decimal:
    """A quantity without 万 and 亿."""
    if not text or any(char in _LARGE for char in text):
        raise ValueError(f"not a quantity: {text!r}")
    if text[0].isascii():
        return _mixed(text)
    if "." in text or "点" in text:
        whole, _, parts = text.replace("点", ".").partition(".")
        if not parts or any(char not in _DIGITS for char in parts):
            raise ValueError(f"not a quantity: {text!r}")
        return Decimal(f"{arabic(whole)}.{''.join(str(_DIGITS[char]) for char in parts)}")
    return Decimal(arabic(text))


def _mixed(text: str) -> Decimal:
    """Arabic figures, with 千百十 behind or between: 3860.5, 3千, 3千5百, 1千零50."""
    total, below = Decimal(0), 10_000
    figures = ""
    for char in text:
        unit = _UNITS.get(char)
        if unit is None:
            if char == "零" and not figures and total:
                continue
            figures += char
            continue
        if unit >= below or not figures:
            raise ValueError(f"not a quantity: {text!r}")
        total += _decimal(figures) * unit
        figures, below = "", unit
    return total + (_decimal(figures) if figures else 0)


def _decimal(figures: str) -> Decimal:
    whole, comma, rest = figures.partition(",")
    if comma:
        groups = rest.partition(".")[0].split(",")
        if not 1 <= len(whole) <= 3 or any(len(group) != 3 for group in groups):
            raise ValueError(f"not a quantity: {figures!r}")
    if not all(char in "0123456789.," for char in figures) or figures[-1] in ".,":
        raise ValueError(f"not a quantity: {figures!r}")
    try:
        return Decimal(figures.replace(",", ""))
    except InvalidOperation as error:
        raise ValueError(f"not a quantity: {figures!r}") from error
