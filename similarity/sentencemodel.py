"""Expected sentences with intervals, learnt from judgments: months, probation, fine.

The model is for determinate principal terms (有期徒刑, 拘役, 管制, in months). 无期徒刑 and 死刑
have no term: how likely they are is a number of its own, and where it is high there is no interval.
免予刑事处罚, 单处罚金 and 无罪 impose no term and do not enter.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dossier.errors import BadData

from .conformal import Scores, scores_of, scores_of_arrays
from .families import families
from .sentencefeatures import FeatureSpace, feature_space
from .trees import Matrix, Trees, Vector, trees_of_arrays, trees_of_fitted
from .values import CaseProfile

VERSION = 2
COVERAGE = 0.8
DETERMINATE = ("有期徒刑", "拘役", "管制")
INDETERMINATE = ("无期徒刑", "死刑", "死刑缓期执行")
LONGEST_WITH_PROBATION = 36
"""Months: 刑法第72条."""
FOLDS = 5
_LEAST_FIT = 60
"""Judgments with a term below which nothing can be learnt."""
_LEAST_GROUP = 40
"""Cases for a charge to be a group of its own."""


@dataclass(frozen=True)
class Seen:
    """What the model was fitted on, for one charge (all: "")."""

    cases: int
    first_year: int | None
    last_year: int | None
    least_amount: float | None
    most_amount: float | None
    """1st and 99th percentile, yuan; None where fewer than 20 say a sum."""
    regions: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "cases": self.cases, "first_year": self.first_year, "last_year": self.last_year,
            "least_amount": self.least_amount, "most_amount": self.most_amount,
            "regions": list(self.regions),
        }  # fmt: skip


@dataclass(frozen=True)
class Bands:
    """Trees on the logarithm: for the lower and the upper end one of each fold, fitted without it,
    for the middle one of all; and how far the held back cases lay outside."""

    low: tuple[Trees, ...]
    middle: Trees
    high: tuple[Trees, ...]
    scores: Scores

    def expected(self, rows: Matrix) -> Vector:
        """(n,): the middle, not rounded."""
        out: Vector = np.exp(self.middle.predict(rows))
        return out

    def predict(self, rows: Matrix, charges: Sequence[str]) -> NDArray[np.float64]:
        """(n, 3): low, middle, high, not rounded. The middle lies inside."""
        middle, margin = self.middle.predict(rows), self.scores.margins(charges)
        low = np.mean([trees.predict(rows) for trees in self.low], axis=0) - margin
        high = np.mean([trees.predict(rows) for trees in self.high], axis=0) + margin
        # a negative margin may turn a narrow interval over; and what is expected lies in it: both
        # can only add to the coverage
        ends = np.stack([low, middle, high])
        low, high = ends.min(axis=0), ends.max(axis=0)
        out: NDArray[np.float64] = np.exp(np.stack([low, middle, high], axis=1))
        return out


@dataclass(frozen=True)
class SentencingModel:
    """Fitted by `fit`. Predictions depend on a profile's grounds alone, never on its outcome."""

    space: FeatureSpace
    months: Bands
    fine: Bands | None
    """Of those who are fined; None where too few judgments impose one."""
    probation: Trees | None
    fined: Trees | None
    indeterminate: Trees | None
    """Log-odds of 缓刑 for a term up to three years, of a 罚金, of 无期徒刑 or 死刑."""
    seen: Mapping[str, Seen]
    fitted_on: int
    """Judgments with a term."""

    def interval(self, profiles: Sequence[CaseProfile]) -> NDArray[np.float64]:
        """(n, 3): lower end, middle, upper end of the principal term in months."""
        return self.months.predict(self.space.matrix(profiles), [_charge(p) for p in profiles])

    def fines(self, profiles: Sequence[CaseProfile]) -> NDArray[np.float64] | None:
        """(n, 3): lower end, middle, upper end in yuan if a fine is imposed."""
        if self.fine is None:
            return None
        return self.fine.predict(self.space.matrix(profiles), [_charge(p) for p in profiles])

    def probabilities(self, profiles: Sequence[CaseProfile]) -> NDArray[np.float64]:
        """(n, 3): of probation (if the term allows it), of a fine, of life or death; nan where
        too few judgments teach it."""
        rows = self.space.matrix(profiles)
        columns = [
            np.full(len(rows), np.nan) if trees is None else 1 / (1 + np.exp(-trees.predict(rows)))
            for trees in (self.probation, self.fined, self.indeterminate)
        ]
        out: NDArray[np.float64] = np.stack(columns, axis=1)
        return out

    def save(self, path: Path) -> None:
        """Write one npz: numbers and one JSON text, no pickle."""
        head = {
            "version": VERSION,
            "space": self.space.to_json(),
            "coverage": self.months.scores.coverage,
            "folds": len(self.months.low),
            "months": list(self.months.scores.groups),
            "fine": list(self.fine.scores.groups) if self.fine else None,
            "seen": {charge: seen.to_json() for charge, seen in self.seen.items()},
            "fitted_on": self.fitted_on,
        }
        arrays: dict[str, NDArray[Any]] = {
            "json": np.frombuffer(json.dumps(head, ensure_ascii=False).encode(), dtype=np.uint8)
        }
        for name, trees in self._trees().items():
            arrays |= {f"{name}.{key}": value for key, value in trees.arrays().items()}
        for name, bands in (("months", self.months), ("fine", self.fine)):
            if bands:
                parts = bands.scores.arrays()
                arrays |= {f"{name}.scores.{key}": value for key, value in parts.items()}
        beside = path.with_name(path.name + ".new")
        with beside.open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, **arrays)
        beside.replace(path)

    def _trees(self) -> dict[str, Trees]:
        parts: dict[str, Trees | None] = {
            "probation": self.probation, "fined": self.fined, "indeterminate": self.indeterminate,
        }  # fmt: skip
        for name, bands in (("months", self.months), ("fine", self.fine)):
            if bands:
                parts |= {f"{name}.low.{i}": trees for i, trees in enumerate(bands.low)}
                parts |= {f"{name}.high.{i}": trees for i, trees in enumerate(bands.high)}
                parts[f"{name}.middle"] = bands.middle
        return {name: trees for name, trees in parts.items() if trees is not None}


def load(path: Path) -> SentencingModel:
    """Read what `SentencingModel.save` wrote. Raises BadData if the file is no model of this
    version, FileNotFoundError if there is none."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        head = json.loads(arrays.pop("json").tobytes())
        if head["version"] != VERSION:
            raise ValueError(f"version {head['version']}")
        return _of_parts(head, arrays)
    except FileNotFoundError:
        raise
    except Exception as error:  # a damaged zip raises whatever it likes
        raise BadData(
            f"no sentencing model ({error})", where=str(path), advice="fit it again"
        ) from error


def _of_parts(head: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> SentencingModel:
    by_name: dict[str, dict[str, NDArray[Any]]] = defaultdict(dict)
    for name, array in arrays.items():
        part, _, key = name.rpartition(".")
        by_name[part][key] = array
    scores = {name: by_name.pop(f"{name}.scores") for name in ("months", "fine") if head[name]}
    trees = {name: trees_of_arrays(parts) for name, parts in by_name.items()}
    space = FeatureSpace.of_json(head["space"])
    for name, each in trees.items():
        if len(each.feature) and int(each.feature.max()) >= len(space.names):
            raise ValueError(f"{name}: a column that is not there")

    def bands(name: str) -> Bands:
        folds = int(head["folds"])
        return Bands(
            tuple(trees[f"{name}.low.{i}"] for i in range(folds)),
            trees[f"{name}.middle"],
            tuple(trees[f"{name}.high.{i}"] for i in range(folds)),
            scores_of_arrays(scores[name], head[name], float(head["coverage"])),
        )

    return SentencingModel(
        space=space,
        months=bands("months"),
        fine=bands("fine") if head["fine"] else None,
        probation=trees.get("probation"),
        fined=trees.get("fined"),
        indeterminate=trees.get("indeterminate"),
        seen={
            charge: Seen(**{**seen, "regions": tuple(seen["regions"])})
            for charge, seen in head["seen"].items()
        },
        fitted_on=int(head["fitted_on"]),
    )


def fit(
    profiles: Sequence[CaseProfile],
    *,
    coverage: float = COVERAGE,
    folds: int = FOLDS,
    rounds: int = 250,
    seed: int = 0,
) -> SentencingModel:
    """Learn from judgments: a batch for the background (a minute for 10,000 on one core).

    `coverage` of the intervals; each of `folds` parts of the judgments is measured by trees that
    did not see it; `rounds` trees each. Judgments that impose no determinate term teach only how
    likely life and death are. Deterministic for a seed. Raises BadData where fewer than 60 terms
    are left beside any fold.
    """
    known = [p for p in profiles if _has_term(p) or p.penalty in INDETERMINATE]
    terms = [p for p in known if _has_term(p)]
    held = _folds(known, folds, seed)
    space = feature_space(terms)
    rows = space.matrix(known)
    charges = np.array([_charge(p) for p in known], dtype=object)
    term = np.array([_has_term(p) for p in known], dtype=bool)
    months = np.array([float(p.months or 1) for p in known])
    fines = np.array([p.fine or 0.0 for p in known])
    light = term & (months <= LONGEST_WITH_PROBATION)

    def bands(values: Vector, which: NDArray[np.bool_]) -> Bands | None:
        inside, place = rows[which], held[which]
        if min(((place != fold).sum() for fold in range(folds)), default=0) < _LEAST_FIT:
            return None
        logs = np.log(values[which])
        low, high = np.zeros(len(logs)), np.zeros(len(logs))
        lows: list[Trees] = []
        highs: list[Trees] = []
        for fold in range(folds):
            out = place == fold
            for share, found, trees in (
                ((1 - coverage) / 2, low, lows),
                ((1 + coverage) / 2, high, highs),
            ):
                fitted = _quantile_trees(inside[~out], logs[~out], share, rounds, seed)
                found[out] = fitted.predict(inside[out])
                trees.append(fitted)
        return Bands(
            tuple(lows),
            _middle_trees(inside, logs, space.directions, rounds, seed),
            tuple(highs),
            scores_of(
                logs, low, high, charges[which].tolist(),
                coverage=coverage, least=_LEAST_GROUP,
            ),
        )  # fmt: skip

    def odds(truth: NDArray[np.bool_], which: NDArray[np.bool_]) -> Trees | None:
        few = min(truth[which].sum(), (~truth[which]).sum()) < 20
        return None if few else _odds_trees(rows[which], truth[which], seed)

    of_months = bands(months, term)
    if of_months is None:
        raise BadData(
            f"{len(terms)} judgments with a term, {_LEAST_FIT} are needed beside each fold",
            advice="take in more judgments",
        )
    return SentencingModel(
        space=space,
        months=of_months,
        fine=bands(np.maximum(fines, 1.0), term & (fines > 0)),
        probation=odds(np.array([bool(p.probation) for p in known]), light),
        fined=odds(fines > 0, term),
        indeterminate=odds(~term, np.ones(len(known), dtype=bool)),
        seen=_seen(terms),
        fitted_on=len(terms),
    )


def _has_term(profile: CaseProfile) -> bool:
    return profile.penalty in DETERMINATE and bool(profile.months)


def _charge(profile: CaseProfile) -> str:
    return profile.charges[0] if profile.charges else ""


def _folds(profiles: Sequence[CaseProfile], count: int, seed: int) -> NDArray[np.int32]:
    """In which part each one is held back. Judgments on the same facts share one: what the trees
    have seen measures nothing."""
    family = families([p.facts for p in profiles])
    order = np.random.default_rng(seed).permutation(len(profiles))
    return (order[family] % count).astype(np.int32)


def _quantile_trees(rows: Matrix, values: Vector, share: float, rounds: int, seed: int) -> Trees:
    from sklearn.ensemble import HistGradientBoostingRegressor

    estimator = HistGradientBoostingRegressor(
        loss="quantile", quantile=share, max_iter=rounds, learning_rate=0.05, max_leaf_nodes=31,
        min_samples_leaf=20, l2_regularization=1.0, max_features=0.4, early_stopping=False,
        random_state=seed,
    )  # fmt: skip
    return _fitted(estimator, rows, values)


def _middle_trees(
    rows: Matrix, values: Vector, directions: Sequence[int], rounds: int, seed: int
) -> Trees:
    """The mean of the logarithm, in which no mitigating circumstance ever adds a month and no
    aggravating one takes one off. (Quantile loss would not keep to the directions: scikit-learn
    sets its leaves anew.)"""
    from sklearn.ensemble import HistGradientBoostingRegressor

    estimator = HistGradientBoostingRegressor(
        loss="squared_error", max_iter=rounds, learning_rate=0.05, max_leaf_nodes=31,
        min_samples_leaf=20, l2_regularization=1.0, max_features=0.4, early_stopping=False,
        monotonic_cst=list(directions), random_state=seed,
    )  # fmt: skip
    return _fitted(estimator, rows, values)


def _odds_trees(rows: Matrix, truth: NDArray[np.bool_], seed: int) -> Trees:
    from sklearn.ensemble import HistGradientBoostingClassifier

    estimator = HistGradientBoostingClassifier(
        max_iter=120, learning_rate=0.06, max_leaf_nodes=12, min_samples_leaf=20,
        l2_regularization=1.0, max_features=0.4, early_stopping=False, random_state=seed,
    )  # fmt: skip
    return _fitted(estimator, rows, truth)


def _fitted(estimator: Any, rows: Matrix, values: NDArray[Any]) -> Trees:
    """On one thread: where other processes want the cores, OpenMP's threads wait for each other in
    loops, and a fit takes six times as long (docs/decisions.md)."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="openmp"):
        return trees_of_fitted(estimator.fit(_binnable(rows), values), rows[:500])


def _binnable(rows: Matrix) -> Matrix:
    """scikit-learn cannot bin a column in which nothing is known; no tree splits by a constant."""
    out = rows.copy()
    out[:, np.isnan(rows).all(axis=0)] = 0.0
    return out


def _seen(profiles: Sequence[CaseProfile]) -> dict[str, Seen]:
    by_charge: dict[str, list[CaseProfile]] = defaultdict(list)
    for profile in profiles:
        by_charge[""].append(profile)
        if _charge(profile):
            by_charge[_charge(profile)].append(profile)
    out = {}
    for charge, cases in sorted(by_charge.items()):
        years = [p.day.year for p in cases if p.day]
        sums = [p.amount for p in cases if p.amount]
        low, high = (
            (float(x) for x in np.percentile(sums, [1, 99])) if len(sums) >= 20 else (None, None)
        )
        regions = Counter(p.region for p in cases if p.region)
        out[charge] = Seen(
            len(cases), min(years, default=None), max(years, default=None), low, high,
            tuple(name for name, _ in regions.most_common(40)),
        )  # fmt: skip
    return out
