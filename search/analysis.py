"""From text to what an index holds: search form, overlapping character pairs, words.

The search form drops white space, so a string that is broken over two lines of a page is found, and
folds what scans and keyboards write in different ways (see `dossier.normal`), upper and lower
case, and the zeros `〇○◯` to `0`. Every step looks at one character alone (with the marks that
combine with it: an Arabic vowel sign, an accent). So whatever part of a page one takes, its search
form stands in the search form of the page: nothing that can be read there is missed. What depends
on neighbours (3,860 = 3860) is the query's business, not the index's.

Chinese is not cut into words: segmentation loses names and amounts (docs/decisions-search.md).
Position n of a field holds the pair of its characters n and n + 1; a string of k characters is
k − 1 pairs in a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..normal import Normalised, normal, normalise

BREAK = "\x1f"
"""Stands between two texts of one field. No search form contains it: control characters go."""

_NUMBER = r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,])|[0-9]+"
LETTERS = r"a-z\u00c0-\u024f\u0370-\u052f\u0600-\u06ff\u0f40-\u0fbc"
_WORD = re.compile(rf"{_NUMBER}(?![0-9{LETTERS}])|[0-9{LETTERS}]+")
_MARKS = re.compile(rf"[0-9A-Z{LETTERS}\uff10-\uff5a]")

_CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")


def _even(text: str) -> str:
    """Lower case and plain zeros, character for character."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    return lower.replace("ς", "σ").replace("〇", "0").replace("○", "0").replace("◯", "0")


def form(text: str) -> str:
    """The search form of a text or of a part of one."""
    return _even(normal(text))


def formed(text: str) -> Normalised:
    """The search form with the way back to the original (`Normalised.span`)."""
    plain = normalise(text)
    return Normalised(_even(plain.text), plain.offsets, plain.ends)


def joined(texts: Iterable[str]) -> str:
    """The search forms of several texts of one field as one string."""
    return BREAK.join(form(text) for text in texts)


def words(text: str) -> list[str]:
    """Words in Latin, Greek, Cyrillic, Arabic or Tibetan letters and numbers of an original text,
    in order; also inside Chinese ("甘0102刑初123号" has 0102 and 123), separators of thousands
    dropped ("3,860" is 3860)."""
    if _MARKS.search(text) is None:
        return []
    # most of a page is Chinese, and one character of it parts words as well as many
    short = _CHINESE.sub("一", text)
    found = _WORD.findall(_even(normal(short, spaces="words")))
    return [word.replace(",", "") if "," in word else word for word in found]
