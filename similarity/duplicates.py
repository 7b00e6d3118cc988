"""Judgments of the same case: printed twice, co-defendants split, first and second instance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .grams import pairs
from .rows import Rows

_SAME = 0.85
_LEAST_PAIRS = 40
"""Of very short texts nothing can be said: formulas are most of them."""


def same_case(
    keys: Sequence[str],
    rows: Rows,
    *,
    numbers: Mapping[str, str] | None = None,
    least: float = _SAME,
) -> tuple[tuple[str, ...], ...]:
    """Groups of keys that speak of one case, each in the order of `keys`; single ones too.

    Alike are those whose accounts overlap by `least` or more of the smaller one (an appeal tells
    the first court's facts and more), and those with one 案号 in `numbers`. Time grows with the
    square of `keys`: for one page of results.
    """
    group = list(range(len(keys)))

    def root(one: int) -> int:
        while group[one] != one:
            group[one] = group[group[one]]
            one = group[one]
        return one

    by_number: dict[str, int] = {}
    for place, key in enumerate(keys):
        number = (numbers or {}).get(key, "")
        if number:
            group[root(place)] = root(by_number.setdefault(number, place))
    overlap = _overlaps(rows)
    for one in range(len(keys)):
        for other in np.flatnonzero(overlap[one, :one] >= least).tolist():
            if root(one) != root(other):
                first, second = sorted((root(one), root(other)))
                group[second] = first
    groups: dict[int, list[str]] = {}
    for place, key in enumerate(keys):
        groups.setdefault(root(place), []).append(key)
    return tuple(tuple(each) for each in groups.values())


def _overlaps(rows: Rows) -> NDArray[np.float64]:
    """Of each two accounts the share of the smaller one's pairs that stand in the other."""
    sizes = np.diff(rows.ends)
    width = int(rows.pairs.max()) + 1 if len(rows.pairs) else 1
    ones = np.ones(len(rows.pairs), np.int32)
    shape = (len(sizes), width)
    sets = sp.csr_matrix((ones, np.asarray(rows.pairs), np.asarray(rows.ends)), shape=shape)
    both = (sets @ sets.T).toarray().astype(np.float64)
    smaller = np.minimum(sizes[:, None], sizes[None, :])
    shares: NDArray[np.float64] = np.where(
        smaller < _LEAST_PAIRS, 0.0, both / np.maximum(smaller, 1)
    )
    return shares


def _overlap(one: NDArray[np.integer], other: NDArray[np.integer]) -> float:
    smaller = min(len(one), len(other))
    if smaller < _LEAST_PAIRS:
        return 0.0
    return len(np.intersect1d(one, other, assume_unique=True)) / smaller


def text_overlap(one: str, other: str) -> float:
    """Share of the smaller text's pairs that stand in the other, 0–1."""
    first, second = np.unique(pairs(one)), np.unique(pairs(other))
    return _overlap(first, second)
