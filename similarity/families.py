"""Judgments on the same facts: copies, co-defendants tried apart, first and second instance."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_GRAM = 8
_SKETCH = 24
_SHARED = 12
"""Of the sketch: texts that share half of all their grams share about so many."""
_LEAST = 60
"""Grams below which a text is no more than a formula: the same only if it is word for word."""
_FORMULA = 30
"""A gram in more texts than that is a formula."""
_FIRST, _LAST = 0x4E00, 0x9FFF
_SOMEBODY = ord("某")


def families(texts: Sequence[str]) -> NDArray[np.int64]:
    """(n,): for each text the place of the first one that tells the same.

    Compared are strings of eight characters, figures and names left out, by a sketch of the
    smallest hashes: some seconds for 10,000 texts; very short ones word for word. Empty ones are
    families of their own.
    """
    parent = list(range(len(texts)))

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one

    def join(one: int, other: int) -> None:
        first, second = sorted((root(one), root(other)))
        parent[second] = first

    same: dict[bytes, int] = {}
    having: dict[int, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        sketch = _sketch(text)
        bare = "".join(text.split())
        if not bare:
            continue
        first = same.setdefault(
            sketch.tobytes() if len(sketch) else bare.encode("utf-8", "surrogatepass"), place
        )
        if first != place:
            join(first, place)
            continue
        for gram in sketch.tolist():
            having[gram].append(place)
    shared: Counter[tuple[int, int]] = Counter()
    for places in having.values():
        if 1 < len(places) <= _FORMULA:
            shared.update((one, other) for i, one in enumerate(places) for other in places[i + 1 :])
    for (one, other), count in shared.items():
        if count >= _SHARED:
            join(one, other)
    return np.array([root(place) for place in range(len(texts))], dtype=np.int64)


def _sketch(text: str) -> NDArray[np.uint64]:
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kept = codes[(codes >= _FIRST) & (codes <= _LAST) & (codes != _SOMEBODY)].astype(np.uint64)
    count = len(kept) - _GRAM + 1
    if count < 1:
        return np.zeros(0, dtype=np.uint64)
    hashed = np.zeros(count, dtype=np.uint64)
    for i in range(_GRAM):
        hashed = hashed * np.uint64(0x9E3779B97F4A7C15) + kept[i : i + count]
    hashed ^= hashed >> np.uint64(29)
    hashed *= np.uint64(0xBF58476D1CE4E5B9)
    hashed ^= hashed >> np.uint64(32)
    grams = np.unique(hashed)
    return grams[:_SKETCH] if len(grams) >= _LEAST else grams[:0]
