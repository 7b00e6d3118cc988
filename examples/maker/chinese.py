"""How dates and sums are written in the documents."""

from __future__ import annotations

from datetime import date, datetime

_DIGITS = "〇一二三四五六七八九"


def moment(value: date | str) -> datetime:
    """A date, or "2023-03-24" with or without " 09:20", as datetime."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)
    return datetime.fromisoformat(value)


def day(value: date | str) -> str:
    """2023年3月24日"""
    when = moment(value)
    return f"{when.year}年{when.month}月{when.day}日"


def minute(value: date | str) -> str:
    """2023年3月24日9时20分"""
    when = moment(value)
    return f"{day(value)}{when.hour}时{when.minute:02d}分"


def hour(value: date | str) -> str:
    """2023年3月24日9时许"""
    return f"{day(value)}{moment(value).hour}时许"


def formal(value: date | str) -> str:
    """二〇二三年三月二十四日"""
    when = moment(value)
    year = "".join(_DIGITS[int(d)] for d in str(when.year))
    return f"{year}年{number(when.month)}月{number(when.day)}日"


def number(value: int) -> str:
    """1 to 99 in Chinese numerals."""
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _DIGITS[tens] + "十"
    return (head + (_DIGITS[ones] if ones else "")) or "零"


def money(value: float) -> str:
    """1234 → 1234元, 0.5 kept as it is"""
    return f"{value:g}元" if value != int(value) else f"{int(value)}元"


def hand(value: object) -> str:
    """Filled in by hand (see markup)."""
    return f"{{={value}=}}"
