"""Chinese numerals in search form (〇 is 0 there): 二百六十四 is 264, 二0二三 is 2023."""

from __future__ import annotations

from ..elements import arabic

DIGITS = "一二三四五六七八九"
ZEROS = "0零o"
"""Ways a zero is written between Chinese numerals; the letter is what OCR makes of 〇."""
_VALUE = {char: value for value, char in enumerate(DIGITS, 1)} | dict.fromkeys(ZEROS, 0)
_VALUE |= {"元": 1, "正": 1}  # 元年, 正月


def digits(text: str) -> str | None:
    """Numerals read one by one as Arabic digits (二0二三 → 2023), None if one is no digit."""
    found = [char if char.isdecimal() and char.isascii() else _VALUE.get(char) for char in text]
    return None if not found or None in found else "".join(map(str, found))


def value(text: str) -> int | None:
    """The number that Chinese or Arabic numerals mean (十二, 二0, 05), or None."""
    plain = digits(text)
    if plain is not None:
        return int(plain) if len(plain) <= 9 else None
    try:
        return arabic(text)
    except ValueError:
        return None


def chinese(number: int) -> str:
    """1–99 in Chinese numerals (31 → 三十一)."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens - 1] + "十"
    return head + (DIGITS[ones - 1] if ones else "")
