"""When the corpus has changed: how far the model has drifted from it, and fitting it anew."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from .corpusmodel import CorpusModel, fit_model
from .grams import counted
from .signals import query_of
from .store import FeatureStore
from .values import CaseProfile

_SAMPLE = 20_000
_UNKNOWN_PAIRS, _UNKNOWN_CHARGES, _HIT = 0.08, 0.02, 0.6


@dataclass(frozen=True, slots=True)
class Drift:
    """What a model does not know of a sample of judgments.

    `judgments` looked at; `unknown_pairs` share of the facts' character pairs, `unknown_charges`
    share of the charges that it has never seen; `charge_hit` how often the likeliest charge by the
    facts is one of the judgment's; `advice` whether to refit
    """

    judgments: int
    unknown_pairs: float
    unknown_charges: float
    charge_hit: float

    @property
    def advice(self) -> bool:
        return (
            self.unknown_pairs > _UNKNOWN_PAIRS
            or self.unknown_charges > _UNKNOWN_CHARGES
            or self.charge_hit < _HIT
        )


def drift(model: CorpusModel, sample: Sequence[CaseProfile]) -> Drift:
    """How well a model still fits: give it judgments added since it was fitted."""
    pairs = lost = charges = strange = asked = hit = 0
    known = set(model.charges)
    for profile in sample:
        codes, times = counted(profile.facts)
        inside = np.isin(codes, model.terms, assume_unique=True)
        pairs, lost = pairs + int(times.sum()), lost + int(times[~inside].sum())
        charges += len(profile.charges)
        strange += sum(charge not in known for charge in profile.charges)
        if known.intersection(profile.charges):
            asked += 1
            chances = query_of(model, profile).chances
            hit += model.charges[int(chances.argmax())] in profile.charges
    return Drift(
        len(sample),
        lost / max(1, pairs),
        strange / max(1, charges),
        hit / asked if asked else 1.0,
    )


def refit(
    store: FeatureStore,
    judgments: Callable[[], Iterable[tuple[str, CaseProfile]]],
    *,
    sample: int = _SAMPLE,
) -> tuple[FeatureStore, Drift, Drift]:
    """A new model and all rows anew, in the background: the old generation answers until the new
    one is whole. `judgments` is called twice; the model is fitted on every n-th of them, about
    `sample`. Gives the new store and the drift of the old and the new model on that sample.
    """
    total = len(store)
    step = max(1, total // sample)
    chosen = [profile for _, profile in islice(judgments(), 0, None, step)]
    before = drift(store.model, chosen[:500])
    model = fit_model(chosen)
    generation = store.generation + 1
    beside = store.folder / f".refit-{generation:06d}"
    shutil.rmtree(beside, ignore_errors=True)
    FeatureStore.create(beside, model, generation=generation).add(judgments())
    for part in sorted(beside.glob("part-*")):
        part.rename(store.folder / part.name)
    (beside / f"model-{generation:06d}").rename(store.folder / f"model-{generation:06d}")
    (beside / "store.json").replace(store.folder / "store.json")
    shutil.rmtree(beside)
    _forget(store.folder, store.generation)
    return FeatureStore.open(store.folder), before, drift(model, chosen[:500])


def _forget(folder: Path, generation: int) -> None:
    """Take away an old generation; who has it open keeps reading it (POSIX)."""
    for old in (*folder.glob(f"part-{generation:06d}-*"), folder / f"model-{generation:06d}"):
        shutil.rmtree(old, ignore_errors=True)
