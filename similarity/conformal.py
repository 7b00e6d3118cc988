"""Prediction intervals with a promised coverage: cross-conformal quantile regression, by group.

CV+ (Barber, Candès, Ramdas, Tibshirani, Predictive inference with the jackknife+, 2021) over the
scores of conformalised quantile regression (Romano, Patterson, Candès, 2019), by group as Mondrian
conformal prediction (Vovk). Every case is measured by trees that did not see it, so all of them
calibrate and nearly all of them teach. If the new case and those of its group come from the same
source in any order (exchangeable), an interval of coverage 1 - a holds the true value with
probability ≥ 1 - 2a whatever the regression is worth, and in practice with 1 - a.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .trees import Matrix, Vector

POOLED = ""
"""Group of every charge that has too few cases of its own."""
_SLACK = 0.05
_SURE = 0.9
"""A small group is widened until it keeps the coverage less _SLACK in so many fits of 1."""
_AT_ONCE = 2_000_000

Folds = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Scores:
    """How far each case lay outside the raw interval of trees that did not see it (minus: inside).

    `by_group` (POOLED is always one of them): scores (n,) and the folds (n,) they were held back
    in, ordered by fold and score.
    """

    coverage: float
    by_group: Mapping[str, tuple[Vector, Folds]]

    def group(self, name: str) -> str:
        """The group a charge belongs to."""
        return name if name in self.by_group else POOLED

    def cases(self, name: str) -> int:
        """Number of cases that measure a charge."""
        return len(self.by_group[self.group(name)][0])

    def ends(self, low: Matrix, high: Matrix, names: Sequence[str]) -> tuple[Vector, Vector]:
        """Lower and upper end for each name.

        `low`, `high` (folds, n): raw interval of each fold's trees. A group too small for the
        coverage gives infinite ends.
        """
        groups = np.array([self.group(name) for name in names], dtype=object)
        out_low, out_high = np.full(len(groups), -math.inf), np.full(len(groups), math.inf)
        for name in dict.fromkeys(groups):
            scores, folds = self.by_group[name]
            rank = least_rank(len(scores), self.coverage)
            if rank > len(scores):
                continue
            places = np.flatnonzero(groups == name)
            step = max(1, _AT_ONCE // len(scores))
            for begin in range(0, len(places), step):
                part = places[begin : begin + step]
                lows = low[:, part][folds] - scores[:, None]
                highs = high[:, part][folds] + scores[:, None]
                at = len(scores) - rank
                out_low[part] = np.partition(lows, at, axis=0)[at]
                out_high[part] = np.partition(highs, rank - 1, axis=0)[rank - 1]
        return out_low, out_high

    def arrays(self) -> dict[str, NDArray[Any]]:
        """For an npz, with `groups`; `scores_of_arrays` reads them back."""
        parts = list(self.by_group.values())
        return {
            "score": np.concatenate([scores for scores, _ in parts]),
            "fold": np.concatenate([folds for _, folds in parts]),
            "group": np.repeat(np.arange(len(parts)), [len(scores) for scores, _ in parts]),
        }

    @property
    def groups(self) -> tuple[str, ...]:
        """Their names in the order of `arrays`."""
        return tuple(self.by_group)


def scores_of_arrays(
    arrays: Mapping[str, NDArray[Any]], groups: Sequence[str], coverage: float, folds: int
) -> Scores:
    """What `Scores.arrays` gave. Raises ValueError if they are none, or of more folds than
    `folds`."""
    score, fold, group = (arrays[name] for name in ("score", "fold", "group"))
    if not len(score) == len(fold) == len(group) or POOLED not in groups or not 0 < coverage < 1:
        raise ValueError("scores: parts are missing")
    if not np.isfinite(score).all() or (len(fold) and not 0 <= fold.min() <= fold.max() < folds):
        raise ValueError("scores: a number is out of range")
    return Scores(
        coverage,
        {
            str(name): (score[group == i].astype(np.float64), fold[group == i].astype(np.int32))
            for i, name in enumerate(groups)
        },
    )


def scores_of(
    truth: Vector,
    low: Vector,
    high: Vector,
    folds: Folds,
    groups: Sequence[str],
    *,
    coverage: float,
    least: int,
) -> Scores:
    """Scores of cases by the trees of the fold that held them back.

    `truth`, `low`, `high`, `folds` (n,): values, raw interval, fold; groups with fewer than
    `least` cases are pooled. Raises ValueError unless 0 < coverage < 1.
    """
    if not 0 < coverage < 1:
        raise ValueError("coverage lies between 0 and 1")
    scores = np.maximum(low - truth, truth - high)
    names = np.array(list(groups), dtype=object)
    own = [name for name in sorted(set(groups)) if name and (names == name).sum() >= least]
    rest = ~np.isin(names, own)
    # a charge never seen is like none of them: where the rest is too few all stand for it
    pooled = rest if rest.sum() >= least else np.ones(len(names), dtype=bool)

    def part(which: NDArray[np.bool_]) -> tuple[Vector, Folds]:
        order = np.lexsort((scores[which], folds[which]))
        return scores[which][order], folds[which][order].astype(np.int32)

    return Scores(coverage, {POOLED: part(pooled)} | {name: part(names == name) for name in own})


@lru_cache(maxsize=4096)
def least_rank(cases: int, coverage: float) -> int:
    """Which of so many ordered scores is the margin; more than `cases` if none is enough.

    The ⌈(n+1)·coverage⌉-th covers as promised on average over all that might have been drawn. By
    chance a few cases may still lie close together, and the coverage of this one draw, which has
    a Beta distribution, falls short: so small groups take a higher one.
    """
    from scipy.special import betainc

    rank = max(1, math.ceil((cases + 1) * coverage - 1e-9))
    floor = max(0.0, coverage - _SLACK)
    while rank <= cases and betainc(rank, cases + 1 - rank, floor) > 1 - _SURE:
        rank += 1
    return rank
