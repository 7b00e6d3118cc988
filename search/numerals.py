"""Chinese numerals in search form (〇 is 0 there): 二百六十四 is 264, 二0二三 is 2023."""

from __future__ import annotations

import re

DIGITS = "一二三四五六七八九"
ZEROS = "0零o"
"""Ways a zero is written between Chinese numerals; the letter is what OCR makes of 〇."""
_VALUE = {char: value for value, char in enumerate(DIGITS, 1)} | dict.fromkeys(ZEROS, 0)
_VALUE |= {"两": 2, "〇": 0, "元": 1, "正": 1}
_UNIT = {"十": 10, "百": 100, "千": 1000}
NUMBER = re.compile(f"[{DIGITS}{ZEROS}十百千]+")


def digits(text: str) -> str | None:
    """Numerals read one by one as Arabic digits (二0二三 → 2023), None if one is no digit."""
    found = [char if char.isdecimal() and char.isascii() else _VALUE.get(char) for char in text]
    return None if not found or None in found else "".join(map(str, found))


def value(text: str) -> int | None:
    """The number below 10,000 that Chinese or Arabic numerals mean (二百六十四: 264), or None."""
    if not text or len(text) > 9:
        return None
    if text.isascii() and text.isdecimal():
        return int(text)
    if not any(char in _UNIT for char in text):
        plain = digits(text)
        return None if plain is None else int(plain)
    total = figure = 0
    last = 10_000
    for char in text:
        if char in _UNIT:
            if _UNIT[char] >= last:
                return None
            last = _UNIT[char]
            total += (figure or 1) * last
            figure = 0
        elif char in _VALUE:
            figure = _VALUE[char]
        else:
            return None
    return total + figure


def chinese(number: int) -> str:
    """1–99 in Chinese numerals (31 → 三十一)."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens - 1] + "十"
    return head + (DIGITS[ones - 1] if ones else "")
