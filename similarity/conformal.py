"""Prediction intervals that keep a promised coverage: conformal quantile regression, by group.

Scores of conformalised quantile regression (Romano, Patterson, Candès, 2019), by group as Mondrian
conformal prediction, cross-conformal (Vovk, 2015): every case is measured by trees that did not see
it, the scores of all folds stand together, and the ends of a new case are the mean over the folds.
So all cases calibrate and nearly all of them teach.

What is promised: for cases that come from the same source in any order (exchangeable), the scores
of a single fold with its own trees would give at least the coverage, whatever the regression is
worth. Of all folds together theory says less (for CV+, their near relation, 1 - 2a where 1 - a is
wanted: Barber and others, 2021), as each score has taught the other folds; in practice it is 1 - a,
and nearer to it than of one fold alone, as several times as many cases measure it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .trees import Vector

POOLED = ""
"""Group of every charge that has too few cases of its own."""
_SLACK = 0.05
_SURE = 0.9
"""A small group is widened until it keeps the coverage less _SLACK in so many fits of 1."""


@dataclass(frozen=True, eq=False)
class Scores:
    """How far each case lay outside the raw interval of trees that did not see it (minus: inside).

    `by_group` (POOLED is always one of them): scores, the least first.
    """

    coverage: float
    by_group: Mapping[str, Vector]

    def group(self, name: str) -> str:
        """The group a charge belongs to."""
        return name if name in self.by_group else POOLED

    def cases(self, name: str) -> int:
        """Number of cases that measure a charge."""
        return len(self.by_group[self.group(name)])

    def margin(self, name: str) -> float:
        """By how much the raw interval of a charge is widened on both sides (minus: narrowed);
        infinite where its group is too small for the coverage."""
        scores = self.by_group[self.group(name)]
        rank = least_rank(len(scores), self.coverage)
        return float(scores[rank - 1]) if rank <= len(scores) else math.inf

    def margins(self, names: Sequence[str]) -> Vector:
        """Margin for each name."""
        of = {name: self.margin(name) for name in set(names)}
        return np.array([of[name] for name in names], dtype=np.float64)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """For an npz, with `groups`; `scores_of_arrays` reads them back."""
        parts = list(self.by_group.values())
        return {
            "score": np.concatenate(parts),
            "group": np.repeat(np.arange(len(parts)), [len(scores) for scores in parts]),
        }

    @property
    def groups(self) -> tuple[str, ...]:
        """Their names in the order of `arrays`."""
        return tuple(self.by_group)


def scores_of_arrays(
    arrays: Mapping[str, NDArray[Any]], groups: Sequence[str], coverage: float
) -> Scores:
    """What `Scores.arrays` gave. Raises ValueError if they are none."""
    score, group = arrays["score"].astype(np.float64), arrays["group"]
    if len(score) != len(group) or POOLED not in groups or not 0 < coverage < 1:
        raise ValueError("scores: parts are missing")
    if not np.isfinite(score).all():
        raise ValueError("scores: a number is out of range")
    parts = {str(name): np.sort(score[group == i]) for i, name in enumerate(groups)}
    return Scores(coverage, parts)


def scores_of(
    truth: Vector,
    low: Vector,
    high: Vector,
    groups: Sequence[str],
    *,
    coverage: float,
    least: int,
) -> Scores:
    """Scores of cases by the trees of the fold that held them back.

    `truth`, `low`, `high` (n,): values and raw interval; groups with fewer than `least` cases are
    pooled. Raises ValueError unless 0 < coverage < 1.
    """
    if not 0 < coverage < 1:
        raise ValueError("coverage lies between 0 and 1")
    scores = np.maximum(low - truth, truth - high)
    names = np.array(list(groups), dtype=object)
    own = [name for name in sorted(set(groups)) if name and (names == name).sum() >= least]
    rest = ~np.isin(names, own)
    # a charge never seen is like none of them: where the rest is too few all stand for it
    pooled = scores[rest] if rest.sum() >= least else scores
    return Scores(
        coverage,
        {POOLED: np.sort(pooled)} | {name: np.sort(scores[names == name]) for name in own},
    )


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
