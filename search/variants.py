"""Other spellings of the same text: amounts, dates and zeros. Texts in and out in search form.

The index holds what stands on a page; that 3,860元 and 3860元 say the same depends on neighbouring
characters, so it is the query that asks for both.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice, product

from .numerals import DIGITS, ZEROS, chinese, digits, value

MAX_VARIANTS = 24
"""Spellings of one word besides its own."""

Spellings = Callable[[re.Match[str]], Iterator[str]]

# --- amounts ---------------------------------------------------------------------------------

# whole numbers of 4 to 9 figures (longer ones are telephones and accounts); none that begins with 0
# (courts and documents), ends in 年 or 号, or is part of a longer one
_AMOUNT = re.compile(
    r"(?<![0-9.,])(?:[1-9][0-9]{0,2}(?:,[0-9]{3}){1,2}|[1-9][0-9]{3,8})"
    r"(?![0-9]|,[0-9]|年|号|-[0-9]|/[0-9])"
)
_YEAR = re.compile("(?:19|20)[0-9]{2}")
_COUNTED = tuple("元万余多块人份件克")


def _amounts(match: re.Match[str]) -> Iterator[str]:
    plain = match[0].replace(",", "")
    if plain != match[0]:
        yield plain
        return
    after = match.string[match.end() :]
    if not _YEAR.fullmatch(plain) or not after or after.startswith(_COUNTED):
        yield f"{int(plain):,}"  # but not the year of (2023)甘0102刑初123号


# --- dates -----------------------------------------------------------------------------------

_CN_YEAR = f"[一二][{DIGITS}{ZEROS}]{{3}}"
_CN = f"[{DIGITS}十]{{1,3}}"
_DATE = re.compile(
    r"(?<![0-9])(?P<y>(?:19|20)[0-9]{2})(?:"
    r"年(?:(?P<m>[0-9]{1,2})月(?:(?P<d>[0-9]{1,2})日)?)?"
    r"|(?P<sep>[-./])(?P<sm>[0-9]{1,2})(?:(?P=sep)(?P<sd>[0-9]{1,2}))?(?![0-9]|[-./][0-9]))"
    rf"|(?P<cy>{_CN_YEAR})年(?:(?P<cm>{_CN})月(?:(?P<cd>{_CN})日)?)?"
    r"|(?<![0-9年])(?P<lm>[0-9]{1,2})月(?P<ld>[0-9]{1,2})日"
    rf"|(?<![{DIGITS}十年])(?P<lcm>{_CN})月(?P<lcd>{_CN})日"
)


def _dates(match: re.Match[str]) -> Iterator[str]:
    year = match["y"] or (digits(match["cy"]) if match["cy"] else None)
    if match["sep"] == "." and not match["sd"]:
        return  # 2023.5 is a number as well
    month = _number(match["m"] or match["sm"] or match["cm"] or match["lm"] or match["lcm"])
    day = _number(match["d"] or match["sd"] or match["cd"] or match["ld"] or match["lcd"])
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return
    spelt = "" if year is None else "".join("0" if c == "0" else DIGITS[int(c) - 1] for c in year)
    if year is None:
        if month is not None and day is not None:
            yield f"{month:02}月{day:02}日"
            yield f"{month}月{day}日"
            yield f"{chinese(month)}月{chinese(day)}日"
    elif month is None:
        yield f"{year}年"
        yield from _zeros_of(f"{spelt}年")
    elif day is None:
        yield f"{year}年{month}月"
        yield f"{year}年{month:02}月"
        for mark in "-./":
            yield f"{year}{mark}{month:02}"
            yield f"{year}{mark}{month}{mark}"
        yield from _zeros_of(f"{spelt}年{chinese(month)}月")
    else:
        yield f"{year}年{month}月{day}日"
        yield f"{year}年{month:02}月{day:02}日"
        for mark in "-./":
            yield f"{year}{mark}{month:02}{mark}{day:02}"
            yield f"{year}{mark}{month}{mark}{day}"
        yield from _zeros_of(f"{spelt}年{chinese(month)}月{chinese(day)}日")
        yield f"{year}年{month}月{day:02}日"
        yield f"{year}年{month:02}月{day}日"


_PART = re.compile(r"[0-9]{4}([-./])[0-9]{1,2}\1[1-3]$|^[12一二]月[0-9一二三四五六七八九十]")


def ambiguous(text: str) -> bool:
    """Whether a spelling also stands in another date: 2023-5-1 begins 2023-5-12, 二月八日 ends
    十二月八日."""
    return _PART.search(text) is not None


def _number(text: str | None) -> int | None:
    return None if text is None else value(text)


# --- zeros in Chinese numerals ---------------------------------------------------------------

_CN_DIGITS = re.compile(
    rf"(?<![{DIGITS}{ZEROS}])[{DIGITS}](?=[{DIGITS}{ZEROS}]{{1,11}}(?![{DIGITS}{ZEROS}]))"
    rf"[{DIGITS}]*[{ZEROS}][{DIGITS}{ZEROS}]*(?<=[{DIGITS}])(?=年|[^{DIGITS}{ZEROS}]|$)"
)


def _zeros_of(text: str) -> Iterator[str]:
    """二0二三: also with 零, and with the letter that OCR makes of 〇."""
    for zero in ZEROS:
        yield re.sub(f"[{ZEROS}]", zero, text)


def _zeros(match: re.Match[str]) -> Iterator[str]:
    yield from _zeros_of(match[0])


# --- case numbers ----------------------------------------------------------------------------

_CASE_NUMBER = re.compile(r"^(?P<year>(?:19|20)[0-9]{2})(?P<rest>[一-鿿][^()]{1,12}?[0-9]+号?)$")


def _case_number(text: str) -> Iterator[str]:
    """2023甘0102刑初123号: people leave out the parentheses of the year."""
    match = _CASE_NUMBER.match(text)
    if match and not match["rest"].startswith(("年", "月", "元")):
        yield f"({match['year']}){match['rest']}"


# --- all of them -----------------------------------------------------------------------------


def amounts(text: str) -> tuple[str, ...]:
    """The text with its numbers grouped or not (3,860元, 3860元), without the text itself."""
    return _alternatives(text, ((_AMOUNT, _amounts),))


def spellings(text: str) -> tuple[str, ...]:
    """All other spellings of a word: amounts, dates, zeros, case numbers."""
    found = dict.fromkeys(_case_number(text))
    found |= dict.fromkeys(
        _alternatives(text, ((_DATE, _dates), (_CN_DIGITS, _zeros), (_AMOUNT, _amounts)))
    )
    found.pop(text, None)
    return tuple(islice(found, MAX_VARIANTS))


def _alternatives(
    text: str, rules: tuple[tuple[re.Pattern[str], Spellings], ...]
) -> tuple[str, ...]:
    """Every place that one of the rules knows in each of its spellings; the first rule that knows
    a place has it."""
    places: list[tuple[int, int, tuple[str, ...]]] = []
    for pattern, rule in rules:
        for match in pattern.finditer(text):
            start, stop = match.span()
            if any(start < end and begin < stop for begin, end, _ in places):
                continue
            others = tuple(dict.fromkeys((match[0], *rule(match))))
            if len(others) > 1:
                places.append((start, stop, others))
            if len(places) > 8:
                break
    if not places:
        return ()
    places.sort()
    texts: dict[str, None] = {}
    for choice in islice(product(*(others for _, _, others in places)), MAX_VARIANTS + 1):
        parts, at = [], 0
        for (start, stop, _), chosen in zip(places, choice, strict=True):
            parts += [text[at:start], chosen]
            at = stop
        texts["".join([*parts, text[at:]])] = None
    texts.pop(text, None)
    return tuple(texts)
