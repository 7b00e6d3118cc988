"""Feature stores of many judgments, recombined from real facts, and how fast a ranking is there."""

from __future__ import annotations

import os
import random
import resource
import shutil
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from similarity_lecard import Query

from dossier.similarity.corpusmodel import CorpusModel
from dossier.similarity.profile import profile_of
from dossier.similarity.ranking import rank
from dossier.similarity.store import FeatureStore
from dossier.similarity.values import CaseProfile

_CANDIDATES = 500
_QUERIES = 150
_SOURCE: list[CaseProfile] = []
"""Of this process; the children get it when they are forked."""


def recombined(first: int, last: int) -> Iterator[tuple[str, CaseProfile]]:
    """Judgments `first` to `last`: sentences of the facts of two judgments of one collection, the
    rest from the first of them. Always the same for the same number."""
    for number in range(first, last):
        chance = random.Random(number)
        one, other = chance.choice(_SOURCE), chance.choice(_SOURCE)
        mine, theirs = one.account.split("。"), other.account.split("。")
        cut = chance.randrange(1, len(mine) + 1)
        account = "。".join((*mine[:cut], *theirs[: len(mine) - cut]))
        yield f"r{number}", replace(one, account=account, facts=account[: len(one.facts)])


def _build(task: tuple[str, int, int]) -> tuple[int, float]:
    folder, first, last = task
    store = FeatureStore.open(Path(folder))
    begun = time.perf_counter()
    count = store.add(recombined(first, last))
    return count, time.perf_counter() - begun


def scaled(
    model: CorpusModel,
    profiles: Sequence[CaseProfile],
    queries: Sequence[Query],
    sizes: Sequence[int],
    work: Path,
) -> dict[str, dict[str, float]]:
    """For each size: build with two processes, then rank 500 random candidates for each query."""
    _SOURCE[:] = [p for p in profiles if p.account and p.facts]
    cases = [profile_of(query.text) for query in queries]
    found: dict[str, dict[str, float]] = {}
    for size in sizes:
        folder = work / f"scale-{size}"
        FeatureStore.create(folder, model)
        step = min(20_000, max(1, size // 2))
        tasks = [(str(folder), n, min(n + step, size)) for n in range(0, size, step)]
        begun = time.perf_counter()
        with ProcessPoolExecutor(2) as pool:
            list(pool.map(_build, tasks))
        built = time.perf_counter() - begun
        with ProcessPoolExecutor(1) as alone:  # its own memory
            asked = alone.submit(_ask, str(folder), size, cases).result()
        stored = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        found[f"{size:,} judgments"] = {
            "judgments/s": size / built,
            "GB on disk": stored / 1e9,
            "MB peak of a process": children / 1e3,
            **asked,
        }
        shutil.rmtree(folder)
    return found


def _ask(folder: str, size: int, cases: Sequence[CaseProfile]) -> dict[str, Any]:
    begun = time.perf_counter()
    store = FeatureStore.open(Path(folder))
    opened = time.perf_counter() - begun
    chance = np.random.default_rng(1)
    times = []
    for number in range(_QUERIES):
        keys = [f"r{n}" for n in chance.integers(0, size, _CANDIDATES)]
        begun = time.perf_counter()
        rank(store, cases[number % len(cases)], keys)
        times.append(time.perf_counter() - begun)
    return {
        "open ms": 1000 * opened,
        "p50 ms": 1000 * float(np.percentile(times, 50)),
        "p95 ms": 1000 * float(np.percentile(times, 95)),
        "processes": float(os.cpu_count() or 1),
    }
