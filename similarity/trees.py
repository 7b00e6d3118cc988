"""Boosted trees kept as arrays: fitted by scikit-learn, predicted here, stored without pickle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]

_FIELDS = ("feature", "threshold", "nan_left", "left", "right", "leaf", "value")


@dataclass(frozen=True)
class Trees:
    """A sum of regression trees over one row of numbers (nan: unknown).

    All nodes lie in one array after another; `roots` says where each tree begins, `left` and
    `right` are places in the same arrays. `depth` is the greatest number of steps to a leaf.
    """

    base: float
    depth: int
    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: Vector
    nan_left: NDArray[np.bool_]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    leaf: NDArray[np.bool_]
    value: Vector

    def predict(self, rows: Matrix) -> Vector:
        """One number for each row; `rows` (n, features)."""
        out = np.full(len(rows), self.base)
        at_row = np.arange(len(rows))[:, None]
        # all trees of a few rows at a time: memory stays small whatever n is
        step = max(1, 2_000_000 // max(1, len(self.roots)))
        for begin in range(0, len(rows), step):
            part = rows[begin : begin + step]
            node = np.broadcast_to(self.roots, (len(part), len(self.roots))).copy()
            index = at_row[: len(part)]
            for _ in range(self.depth):
                seen = part[index, self.feature[node]]
                goes_left = np.where(
                    np.isnan(seen), self.nan_left[node], seen <= self.threshold[node]
                )
                # a leaf leads to itself
                node = np.where(goes_left, self.left[node], self.right[node])
            # scikit-learn adds tree after tree: the same order gives the same last digits
            out[begin : begin + step] = self.base + np.cumsum(self.value[node], axis=1)[:, -1]
        return out

    def arrays(self) -> dict[str, NDArray[Any]]:
        """For an npz; `trees_of_arrays` reads them back."""
        return {
            "head": np.array([self.base, float(self.depth)]),
            "roots": self.roots,
            **{name: getattr(self, name) for name in _FIELDS},
        }


def trees_of_arrays(arrays: Mapping[str, NDArray[Any]]) -> Trees:
    """What `Trees.arrays` gave. Raises ValueError if they are no trees: a damaged file must not
    lead outside the arrays or round in a circle."""
    base, depth = (float(x) for x in arrays["head"])
    count = len(arrays["feature"])
    for name in _FIELDS:
        if arrays[name].shape != (count,):
            raise ValueError(f"trees: {name} has another length")
    inner = ~arrays["leaf"].astype(bool)
    here = np.arange(count)
    for name in ("left", "right"):
        child = arrays[name]
        if count and (child.min() < 0 or child.max() >= count or (child <= here)[inner].any()):
            raise ValueError("trees: a node leads outside or back")
    roots = arrays["roots"]
    if len(roots) and (roots.min() < 0 or roots.max() >= count):
        raise ValueError("trees: a root lies outside")
    return Trees(
        base=base,
        depth=int(depth),
        roots=roots.astype(np.int32),
        feature=arrays["feature"].astype(np.int32),
        threshold=arrays["threshold"].astype(np.float64),
        nan_left=arrays["nan_left"].astype(bool),
        left=arrays["left"].astype(np.int32),
        right=arrays["right"].astype(np.int32),
        leaf=arrays["leaf"].astype(bool),
        value=arrays["value"].astype(np.float64),
    )


def trees_of_fitted(fitted: Any, check: Matrix) -> Trees:
    """The trees of a fitted HistGradientBoosting estimator (raw scores, one output, no
    categorical features).

    scikit-learn has no public way to them: its prediction for `check` is compared at once, and
    RuntimeError says when a later version means something else by its fields.
    """
    pieces: dict[str, list[NDArray[Any]]] = {name: [] for name in _FIELDS}
    roots, at, deepest = [], 0, 0
    for (predictor,) in fitted._predictors:
        nodes = predictor.nodes
        leaf = nodes["is_leaf"].astype(bool)
        here = np.arange(len(nodes)) + at
        roots.append(at)
        pieces["feature"].append(np.where(leaf, 0, nodes["feature_idx"]).astype(np.int32))
        pieces["threshold"].append(np.where(leaf, 0.0, nodes["num_threshold"]))
        pieces["nan_left"].append(nodes["missing_go_to_left"].astype(bool))
        pieces["left"].append(np.where(leaf, here, nodes["left"] + at).astype(np.int32))
        pieces["right"].append(np.where(leaf, here, nodes["right"] + at).astype(np.int32))
        pieces["leaf"].append(leaf)
        pieces["value"].append(nodes["value"].astype(np.float64))
        deepest = max(deepest, int(nodes["depth"].max()))
        at += len(nodes)
    joined: dict[str, Any] = {
        name: np.concatenate(parts) if parts else np.zeros(0) for name, parts in pieces.items()
    }
    trees = Trees(
        base=float(np.ravel(fitted._baseline_prediction)[0]),
        depth=deepest,
        roots=np.array(roots, dtype=np.int32),
        **joined,
    )
    want = fitted._raw_predict(check).ravel()
    if not np.allclose(trees.predict(check), want, rtol=0, atol=1e-9):
        raise RuntimeError("the trees of this scikit-learn cannot be read; use another version")
    return trees
