"""When the corpus has changed: how far the model has drifted from it, and fitting it anew."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from dossier.durable import sync_folder

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

    Cards keep the profiles only. Judgments that others add meanwhile are not in the new
    generation. One process at a time: raises BlockingIOError where another is refitting. Ended at
    any moment it leaves the old or the new generation; the next one sweeps up.
    """
    with _alone(store.folder):
        now = FeatureStore.open(store.folder)
        now.sweep()
        step = max(1, len(now) // sample)
        chosen = [profile for _, profile in islice(judgments(), 0, None, step)]
        before = drift(now.model, chosen[:500])
        model = fit_model(chosen)
        generation = now.generation + 1
        beside = store.folder / f".refit-{generation:06d}"
        FeatureStore.create(beside, model, generation=generation).add(judgments())
        # what is moved counts only from the moment store.json names it
        for part in (*sorted(beside.glob("part-*")), *beside.glob("model-*")):
            part.rename(store.folder / part.name)
        sync_folder(store.folder)
        (beside / "store.json").replace(store.folder / "store.json")
        sync_folder(store.folder)
        fresh = FeatureStore.open(store.folder)
        fresh.sweep()  # who has the old generation open keeps reading it (POSIX)
    return fresh, before, drift(model, chosen[:500])


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / ".refit.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
