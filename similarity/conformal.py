"""Prediction intervals with guaranteed coverage: conformalised quantile regression, by group.

Romano, Patterson, Candès, Conformalized Quantile Regression (2019); by group as Mondrian
conformal prediction (Vovk). The guarantee: if the new case and the calibration cases of its group
come from the same source in any order (exchangeable), the interval holds the true value with
probability ≥ the coverage, whatever the regression is worth.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .trees import Vector

POOLED = ""
"""Group of every charge that has too few calibration cases of its own."""


@dataclass(frozen=True)
class Margins:
    """By how much the raw interval is widened (or narrowed: negative) on both sides.

    `by_group` (POOLED is always one of them), `cases` calibration cases of each.
    """

    coverage: float
    by_group: Mapping[str, float]
    cases: Mapping[str, int]

    def group(self, name: str) -> str:
        """The group a charge belongs to."""
        return name if name in self.by_group else POOLED

    def of(self, names: Sequence[str]) -> Vector:
        """Margin for each name."""
        return np.array([self.by_group[self.group(name)] for name in names], dtype=np.float64)

    def to_json(self) -> dict[str, Any]:
        return {
            "coverage": self.coverage,
            "by_group": {k: (None if math.isinf(v) else v) for k, v in self.by_group.items()},
            "cases": dict(self.cases),
        }

    @classmethod
    def of_json(cls, data: Mapping[str, Any]) -> Margins:
        return cls(
            float(data["coverage"]),
            {k: math.inf if v is None else float(v) for k, v in data["by_group"].items()},
            {k: int(v) for k, v in data["cases"].items()},
        )


def margins(
    truth: Vector,
    low: Vector,
    high: Vector,
    groups: Sequence[str],
    *,
    coverage: float,
    least: int,
) -> Margins:
    """Margins of calibration cases that no regression has seen.

    `truth`, `low`, `high` (n,): values and raw interval; groups with fewer than `least` cases are
    pooled. A group too small for the coverage gets an infinite margin. Raises ValueError unless
    0 < coverage < 1.
    """
    if not 0 < coverage < 1:
        raise ValueError("coverage lies between 0 and 1")
    scores = np.maximum(low - truth, truth - high)
    by_name: dict[str, list[float]] = defaultdict(list)
    for name, score in zip(groups, scores, strict=True):
        by_name[name].append(float(score))
    own = {name: found for name, found in by_name.items() if name and len(found) >= least}
    rest = [score for name, found in by_name.items() if name not in own for score in found]
    # a charge never seen is like none of them: where the rest is too few all stand for it
    pooled = rest if len(rest) >= least else [float(score) for score in scores]
    parts = {POOLED: pooled, **dict(sorted(own.items()))}
    return Margins(
        coverage,
        {name: _quantile(found, coverage) for name, found in parts.items()},
        {name: len(found) for name, found in parts.items()},
    )


def _quantile(scores: Sequence[float], coverage: float) -> float:
    """The ⌈(n+1)·coverage⌉-th smallest score: infinite if there are fewer."""
    rank = math.ceil((len(scores) + 1) * coverage)
    return sorted(scores)[rank - 1] if rank <= len(scores) else math.inf
