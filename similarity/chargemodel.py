"""Which charges facts lead to: a linear model learned from what courts found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .grams import Floats

_RIDGE = 1e-3
"""Per judgment. Chosen on judgments left out of the fit (docs/similarity-model.md): with much less
the model learns its judgments by heart and is sure where it is wrong."""


def softmax(scores: NDArray[np.floating]) -> NDArray[np.float64]:
    """Rows that add up to 1."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float64)


def fit_charges(rows: Floats, shares: Floats, steps: int) -> Floats:
    """Weights [D + 1, C] of a softmax model; `shares` [n, C] is the target of each row: a judgment
    of two charges has half of each. Rows without a known charge do not count."""
    known = shares.sum(axis=1) > 0
    if shares.shape[1] == 0 or not known.any():
        return np.zeros((rows.shape[1] + 1, shares.shape[1]), np.float32)
    given = np.hstack([rows[known], np.ones((int(known.sum()), 1))]).astype(np.float64)
    target = shares[known].astype(np.float64)
    count, width, kinds = len(given), given.shape[1], target.shape[1]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(width, kinds)
        chances = softmax(given @ weights)
        value = -(target * np.log(chances + 1e-12)).sum() / count
        slope = given.T @ (chances - target) / count
        slope[:-1] += _RIDGE * weights[:-1]
        return float(value + 0.5 * _RIDGE * (weights[:-1] ** 2).sum()), slope.ravel()

    from scipy.optimize import minimize  # slow to import; only learning needs it

    found = minimize(
        loss, np.zeros(width * kinds), jac=True, method="L-BFGS-B", options={"maxiter": steps}
    )
    return np.asarray(found.x.reshape(width, kinds), dtype=np.float32)
