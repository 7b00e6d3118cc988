"""Archives of many judgments, recombined from real facts: how fast they are built and asked.

    python tests/benchmarks/similarity_scale.py --lecard FOLDER --scale 10000,100000 [--work FOLDER]

The same as `similarity.py --scale`, without the ranking. With `--work` what was built stays there
and is used again. A query is the facts of a real case: candidates out of the search index (the
engine and the limit of an archive), then the ranking, each timed; what the query shows is not made.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table
from similarity_lecard import Query, data_folder, profile, read

from dossier.search import Entry, Exactly
from dossier.search.engines import engine
from dossier.similarity.candidates import candidates
from dossier.similarity.corpusmodel import CorpusModel, fit_model
from dossier.similarity.profile import profile_of
from dossier.similarity.ranking import rank
from dossier.similarity.store import FeatureStore
from dossier.similarity.values import CaseProfile

_CANDIDATES = 500
_ROUNDS = 2
_COMMIT_EVERY = 50_000
"""As an archive does when it builds its index."""
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


def scaled(
    model: CorpusModel,
    profiles: Sequence[CaseProfile],
    queries: Sequence[Query],
    sizes: Sequence[int],
    work: Path,
    *,
    keep: bool = False,
) -> dict[str, dict[str, float]]:
    """For each size: build the search index (one process) and the features (two), then ask."""
    _SOURCE[:] = [p for p in profiles if p.account and p.facts]
    cases = [profile_of(query.text) for query in queries]
    found: dict[str, dict[str, float]] = {}
    for size in sizes:
        folder = work / f"scale-{size}"
        built = _built(folder, model, size)
        with ProcessPoolExecutor(1) as alone:  # its own memory
            asked = alone.submit(_ask, folder, cases).result()
        found[f"{size:,} judgments"] = {
            "index docs/s": size / built["index"],
            "feature rows/s": size / built["features"],
            "both /s": size / (built["index"] + built["features"]),
            "index GB": _stored(folder / "index"),
            "features GB": _stored(folder / "store"),
            **asked,
        }
        if not keep:
            shutil.rmtree(folder)
    return found


def _built(folder: Path, model: CorpusModel, size: int) -> dict[str, float]:
    """Seconds that the index and the features took; they are there when this ends."""
    done = folder / "built.json"
    if done.exists():
        told: dict[str, float] = json.loads(done.read_text("utf-8"))
        return told
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with ProcessPoolExecutor(1) as alone:
        seconds = {"index": alone.submit(_index, folder / "index", size).result()}
    FeatureStore.create(folder / "store", model)
    step = min(20_000, max(1, size // 2))
    tasks = [(folder / "store", n, min(n + step, size)) for n in range(0, size, step)]
    begun = time.perf_counter()
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_describe, tasks))
    seconds["features"] = time.perf_counter() - begun
    done.write_text(json.dumps(seconds), encoding="utf-8")
    return seconds


def _index(folder: Path, size: int) -> float:
    begun = time.perf_counter()
    index = engine("tantivy").create(str(folder))
    entries = (
        Entry(
            key=key,
            kind="judgment",
            group=key,
            text=f"{profile.account}\n{profile.reasoning}",
            type="裁判文书",
            charges=profile.charges,
            statutes=profile.statutes,
            day=profile.day,
        )
        for key, profile in recombined(0, size)
    )
    while batch := list(islice(entries, _COMMIT_EVERY)):
        index.add(batch, new=True)
        index.commit()
    index.optimise()
    return time.perf_counter() - begun


def _describe(task: tuple[Path, int, int]) -> int:
    folder, first, last = task
    return FeatureStore.open(folder).add(recombined(first, last))


def _ask(folder: Path, cases: Sequence[CaseProfile]) -> dict[str, Any]:
    index = engine("tantivy").open(str(folder / "index"))
    begun = time.perf_counter()
    store = FeatureStore.open(folder / "store")
    opened = time.perf_counter() - begun
    judgments = Exactly("kind", ("judgment",))
    first, second = [], []
    for case in [*cases[:5], *cases * _ROUNDS]:  # the first five only warm
        begun = time.perf_counter()
        keys = candidates(index, store.model, case, limit=_CANDIDATES, where=judgments)
        first.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        rank(store, case, keys)
        second.append(time.perf_counter() - begun)
    figures: dict[str, Any] = {"open ms": 1000 * opened}
    both = np.array([first, second])[:, 5:] * 1000
    for name, times in (("candidates", both[0]), ("rank", both[1]), ("query", both.sum(axis=0))):
        figures[f"{name} p50 ms"], figures[f"{name} p95 ms"] = np.percentile(times, (50, 95))
    status = Path("/proc/self/status").read_text("ascii")
    for field, name in (("RssAnon", "own GB"), ("RssFile", "mapped GB")):
        figures[name] = int(re.findall(rf"{field}:\s*(\d+) kB", status)[0]) / 1e6
    index.close()
    return {name: float(value) for name, value in figures.items()}


def _stored(folder: Path) -> float:
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file()) / 1e9


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lecard", type=data_folder, required=True)
    parser.add_argument("--scale", default="10000", help="sizes, with commas")
    parser.add_argument("--work", type=Path, help="keep what is built here, and use it again")
    given = parser.parse_args()
    judgments, queries = read(given.lecard)
    with ProcessPoolExecutor(2) as pool:
        profiles = [each for _, each in pool.map(profile, judgments, chunksize=50)]
    model = fit_model(profiles)
    sizes = [int(size) for size in given.scale.split(",")]
    with tempfile.TemporaryDirectory() as passing:
        work = given.work or Path(passing)
        found = scaled(model, profiles, queries, sizes, work, keep=given.work is not None)
    table = Table("judgments", *found)
    for name in next(iter(found.values())):
        table.add_row(name, *(f"{each[name]:,.2f}" for each in found.values()))
    Console(width=110).print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
