"""Regular expressions from data: what they may hold, and many words as one of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

_UNBOUNDED = re.compile(r"(?<!\\)(?:[*+]|\{\d*,\})")


def bounded(pattern: str) -> str:
    """A pattern that looks at a bounded stretch only and captures nothing, else ValueError."""
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"{pattern!r}: {error}") from error
    if groups or _UNBOUNDED.search(pattern):
        raise ValueError(f"{pattern!r}: *, +, {{n,}} and capturing groups are not allowed")
    return pattern


def alternation(words: Iterable[str]) -> str:
    """One pattern for words, the longest first; at most places of a text the first character, or
    the first two if no word has one only, already say no."""
    groups: dict[str, list[str]] = defaultdict(list)
    for word in sorted(words, key=len, reverse=True):
        groups[word[0]].append(word)
    if not groups:
        return r"(?!)"
    firsts = re.escape("".join(groups))
    second = ""
    if all(len(word) > 1 for each in groups.values() for word in each):
        chars = sorted({word[1] for each in groups.values() for word in each})
        second = f"[{re.escape(''.join(chars))}]"
    each = "|".join(
        f"{re.escape(first)}(?:{'|'.join(re.escape(word[1:]) for word in group)})"
        for first, group in groups.items()
    )
    return f"(?=[{firsts}]{second})(?:{each})"
