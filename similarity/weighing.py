"""Weighted distributions of what was imposed in similar judgments."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from .consistency import Distribution

MONTH_STEPS = (0, 3, 6, 9, 12, 18, 24, 36, 48, 60, 84, 120, 180, 240, 301)
_QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)
_FINE_STEPS = (
    0, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000,
)  # fmt: skip


def weighted_quantile(values: Sequence[float], weights: Sequence[float], share: float) -> float:
    """The smallest value at or below which at least `share` of the weight lies."""
    order = np.argsort(values, kind="stable")
    ordered = np.asarray(values, dtype=np.float64)[order]
    sums = np.cumsum(np.asarray(weights, dtype=np.float64)[order])
    place = int(np.searchsorted(sums, share * sums[-1] - 1e-12))
    return float(ordered[min(place, len(ordered) - 1)])


def effective(weights: Sequence[float]) -> float:
    """Number of equally weighted cases that would say as much (Kish)."""
    sums = np.asarray(weights, dtype=np.float64)
    squares = float((sums**2).sum())
    return float(sums.sum()) ** 2 / squares if squares else 0.0


def percentile(values: Sequence[float], weights: Sequence[float], at: float) -> float:
    """Share of the weight below `at` and half of what is equal, in %."""
    total = sum(weights)
    below = sum(w for v, w in zip(values, weights, strict=True) if v < at)
    equal = sum(w for v, w in zip(values, weights, strict=True) if v == at)
    return 100 * (below + equal / 2) / total


def distribution(
    values: Sequence[float], weights: Sequence[float], *, money: bool = False
) -> Distribution:
    """Quantiles and histogram; of months, or yuan with `money`. `values` not empty, `weights`
    above nought."""
    steps: tuple[float, ...] = _FINE_STEPS if money else MONTH_STEPS
    top = max(values)
    while steps[-1] <= top:
        steps = (*steps, steps[-1] * 10)
    total = sum(weights)
    bins = []
    for low, high in pairwise(steps):
        share = sum(w for v, w in zip(values, weights, strict=True) if low <= v < high) / total
        bins.append((float(low), float(high), share))
    while bins and bins[-1][2] == 0:
        bins.pop()
    a, b, c, d, e = (weighted_quantile(values, weights, q) for q in _QUANTILES)
    return Distribution(len(values), effective(weights), (a, b, c, d, e), tuple(bins))
