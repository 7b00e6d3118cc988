"""From candidates to an order with its reasons: the second stage."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .fusion import Mode, Weights, contributions, shipped
from .signals import LABELS, query_of, signals
from .store import FeatureStore
from .values import CaseProfile


@dataclass(frozen=True, slots=True)
class Ranked:
    """One judgment in its place. `contributions` by signal add up to `score` exactly (math.fsum);
    0 is the middle of the candidates, so scores compare within one ranking only."""

    key: str
    score: float
    contributions: Mapping[str, float]


def rank(
    store: FeatureStore,
    case: CaseProfile,
    keys: Sequence[str],
    *,
    charge: Sequence[str] | None = None,
    weights: Mapping[Mode, Weights] | None = None,
) -> tuple[Ranked, ...]:
    """Candidates by likeness to the case, best first; keys that the store does not know are left
    out.

    `charge` known charges (whole names without 罪); None: those of the case, () to go by the facts
    alone. `weights` None: those that come with the package. Takes time linear in the candidates,
    whatever the size of the store. Deterministic: equal scores keep the order of `keys`.
    """
    asked = case if charge is None else replace(case, charges=tuple(charge))
    query = query_of(store.model, asked)
    mode: Mode = "charge" if len(query.given) else "facts"
    found, pool = store.rows(list(dict.fromkeys(keys)))
    if not found:
        return ()
    chosen = (weights or shipped())[mode]
    parts = contributions(signals(store.model, query, pool), chosen)
    used = [number for number, weight in enumerate(chosen.vector()) if weight > 0]
    names = list(LABELS)
    scores = np.array([math.fsum(row[used]) for row in parts])
    return tuple(
        Ranked(
            found[place],
            float(scores[place]),
            {names[number]: float(parts[place, number]) for number in used},
        )
        for place in np.argsort(-scores, kind="stable")
    )


def predicted_charges(
    store: FeatureStore, case: CaseProfile, *, most: int = 5
) -> tuple[tuple[str, float], ...]:
    """Charges that the facts alone point to, with their chances, likeliest first."""
    chances = query_of(store.model, replace(case, charges=())).chances
    best = np.argsort(-chances, kind="stable")[:most]
    return tuple((store.model.charges[n], float(chances[n])) for n in best)
