from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from dossier.similarity.chargemodel import fit_charges, softmax
from dossier.similarity.grams import Floats

KINDS, WIDTH = 6, 60


def _drawn(chance: np.random.Generator, count: int) -> tuple[Floats, Floats]:
    """Rows that point to their kind with much that points nowhere, and the kinds."""
    kind = chance.integers(0, KINDS, count)
    rows = chance.normal(size=(count, WIDTH))
    rows[np.arange(count), kind] += 3
    rows *= 10 / np.linalg.norm(rows, axis=1, keepdims=True)
    return rows.astype(np.float32), np.eye(KINDS, dtype=np.float32)[kind]


def _chances(weights: Floats, rows: Floats) -> NDArray[np.float64]:
    return softmax(rows @ weights[:-1] + weights[-1])


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_chances_hold_for_judgments_that_were_not_learned(seed: int) -> None:
    chance = np.random.default_rng(seed)
    rows, shares = _drawn(chance, 400)
    weights = fit_charges(rows, shares, 80)
    others, truth = _drawn(chance, 1000)
    chances = _chances(weights, others)
    surprise = -(truth * np.log(chances + 1e-12)).sum(axis=1).mean()
    assert surprise < 0.5  # learned by heart it is near 1; not knowing at all is 1.8
    right = chances.argmax(axis=1) == truth.argmax(axis=1)
    assert right.mean() > 0.8
    assert abs(chances.max(axis=1).mean() - right.mean()) < 0.08


def test_rows_without_a_known_charge_do_not_count() -> None:
    chance = np.random.default_rng(3)
    rows, shares = _drawn(chance, 100)
    strange, _ = _drawn(chance, 50)
    more = np.vstack([shares, np.zeros((50, KINDS), np.float32)])
    alone = fit_charges(rows, shares, 20)
    assert np.array_equal(fit_charges(np.vstack([rows, strange]), more, 20), alone)


def test_no_charge_at_all() -> None:
    weights = fit_charges(np.ones((3, 2), np.float32), np.zeros((3, 0), np.float32), 5)
    assert weights.shape == (3, 0)
    none = fit_charges(np.ones((3, 2), np.float32), np.zeros((3, 4), np.float32), 5)
    assert not none.any()
