"""Signals into one score: a sum of weighted signals, so that every part of it can be shown.

Weights are never negative: more alike in one respect never lowers a score. They are learned from
graded judgments by a listwise loss (`learn`) and kept as JSON beside this file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from .signals import LABELS, Values, standardised

Mode = Literal["facts", "charge"]
"""`facts`: only the facts are known; `charge`: the charge too."""

GAINS = (0.0, 0.3, 1.5, 6.0)
"""What a judgment of grade 0–3 is worth in learning: most is lost when a 3 is missed."""
_ONLY_WITH_CHARGE = (
    "same_charges", "charge_by_facts", "centre_by_facts", "neighbours_by_facts",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Signal:
    """How a signal is used. In learning `penalty` holds its weight near `prior`; `learned` False:
    there was nothing to learn it from, and the weight is set by hand."""

    name: str
    weight: float
    penalty: float = 0.2
    learned: bool = True
    prior: float = 0.0


@dataclass(frozen=True, slots=True)
class Weights:
    """Of one mode."""

    signals: tuple[Signal, ...]

    def vector(self) -> Values:
        """In the order of LABELS; 0 for signals that are not used."""
        known = {signal.name: signal.weight for signal in self.signals}
        return np.array([known.get(name, 0.0) for name in LABELS])


@lru_cache(maxsize=1)
def shipped() -> Mapping[Mode, Weights]:
    """The weights of weights.json."""
    text = files(__package__).joinpath("weights.json").read_text(encoding="utf-8")
    return read_weights(json.loads(text))


def read_weights(
    data: Mapping[str, Mapping[str, Sequence[Mapping[str, object]]]],
) -> dict[Mode, Weights]:
    """Weights as JSON has them. Raises ValueError for unknown signals and negative weights."""
    read: dict[Mode, Weights] = {}
    for mode in ("facts", "charge"):
        found = []
        for each in data["modes"][mode]:
            name, weight = str(each["signal"]), float(str(each["weight"]))
            if name not in LABELS or weight < 0:
                raise ValueError(f"weights.json, {mode}: {name!r} with weight {weight}")
            penalty, prior = float(str(each["penalty"])), float(str(each["prior"]))
            found.append(Signal(name, weight, penalty, bool(each["learned"]), prior))
        read[mode] = Weights(tuple(found))
    return read


def written(weights: Mapping[Mode, Weights], about: Mapping[str, object]) -> str:
    """JSON of weights, with what should be known about them."""
    modes = {
        mode: [
            {
                "signal": s.name,
                "label": LABELS[s.name],
                "weight": round(s.weight, 4),
                "penalty": s.penalty,
                "prior": s.prior,
                "learned": s.learned,
            }
            for s in each.signals
        ]
        for mode, each in weights.items()
    }
    return json.dumps({"about": about, "modes": modes}, ensure_ascii=False, indent=1) + "\n"


def contributions(values: Values, weights: Weights) -> Values:
    """What each signal adds to each score: judgments × signals. The score is the sum of its row."""
    parts: Values = standardised(values) * weights.vector()
    return parts


def learn(
    pools: Sequence[Values],
    grades: Sequence[NDArray[np.int64]],
    signals: Sequence[Signal],
    *,
    unlabelled: float = 0.0,
) -> Weights:
    """Weights for which pools come out in the order of their grades (0–3, -1 not labelled).

    ListNet: the distribution that the scores give to a pool (softmax) is drawn to that of the
    gains, each weight held near its prior by its penalty. Signals that are not `learned` keep
    their weight.
    """
    names = list(LABELS)
    used = [names.index(s.name) for s in signals if s.learned]
    fixed = Weights(tuple(s for s in signals if not s.learned)).vector()
    penalty = np.array([s.penalty for s in signals if s.learned])
    prior = np.array([s.prior for s in signals if s.learned])
    lists: list[tuple[Values, Values, Values]] = []
    for values, labels in zip(pools, grades, strict=True):
        gain = np.where(labels < 0, unlabelled, np.array(GAINS)[np.maximum(labels, 0)])
        if gain.sum() <= 0:
            continue
        scaled = standardised(values)
        lists.append((scaled[:, used], scaled @ fixed, gain / gain.sum()))

    def loss(weights: Values) -> tuple[float, Values]:
        value, slope = 0.0, np.zeros(len(weights))
        for scaled, base, target in lists:
            scores = scaled @ weights + base
            raised = np.exp(scores - scores.max())
            chances = raised / raised.sum()
            value -= float((target * np.log(chances + 1e-12)).sum())
            slope += scaled.T @ (chances - target)
        count = max(1, len(lists))
        value = value / count + 0.5 * float((penalty * (weights - prior) ** 2).sum())
        return value, slope / count + penalty * (weights - prior)

    start = np.full(len(used), 0.1)
    from scipy.optimize import minimize  # slow to import; only learning needs it

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(used))
    learned = iter(found.x)
    return Weights(
        tuple(replace(s, weight=float(next(learned))) if s.learned else s for s in signals)
    )


_MAIN, _MINOR = 0.2, 10.0
_LEGAL = ("statutes", "circumstances", "amount", "alcohol", "weight")
_LEGAL_PRIOR = 0.05
_BY_HAND = ("role", "procedure", "instance", "recency")
_MINORS = (
    "charge_neighbours", "neighbours_by_facts",
    "facts_topics", "reasoning_topics", "statutes", "circumstances", "amount", "alcohol", "weight",
)  # fmt: skip


def plan(mode: Mode) -> tuple[Signal, ...]:
    """Which signals a mode uses before learning, and how tightly each is held."""
    found = []
    for name in LABELS:
        if mode == "facts" and name in _ONLY_WITH_CHARGE:
            continue
        if name in _BY_HAND:
            found.append(Signal(name, 0.02, 0.0, learned=False))
        else:
            minor = name in _MINORS
            # queries of facts alone say little of what the law weighs: it keeps a small say
            prior = _LEGAL_PRIOR if name in _LEGAL else 0.0
            found.append(Signal(name, 0.0, _MINOR if minor else _MAIN, prior=prior))
    return tuple(found)
