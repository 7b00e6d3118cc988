"""Similar judgments measured: ranking on LeCaRD, the first stage, and speed at scale.

    python tests/benchmarks/similarity.py --lecard FOLDER [--scale 10000,100000] [--train] [--json]

FOLDER holds lecard-judgments.jsonl.xz and lecard-queries-dev.json. `--train` writes the weights
that come with the package (learned from all queries). Scale counts from profiles in memory to rows
on disk (reading a judgment into a profile is `extract`'s work and told apart); a query's time is
the second stage with the candidates given.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from similarity_lecard import (
    MEASURES,
    PUBLISHED,
    Query,
    bm25_alone,
    cross_validated,
    data_folder,
    learned,
    mean,
    profile,
    read,
    recall,
    rivals,
)
from similarity_scale import scaled

import dossier.similarity
from dossier.search import Entry
from dossier.search.engines import engine
from dossier.similarity.candidates import candidates
from dossier.similarity.corpusmodel import fit_model
from dossier.similarity.fusion import Mode, contributions, shipped, written
from dossier.similarity.grams import vocabulary
from dossier.similarity.profile import profile_of
from dossier.similarity.signals import query_of, signals
from dossier.similarity.store import FeatureStore

Rows = dict[str, tuple[float, ...]]
MODES: tuple[Mode, ...] = ("facts", "charge")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lecard", type=data_folder, required=True)
    parser.add_argument("--scale", default="", help="sizes, with commas")
    parser.add_argument("--train", action="store_true", help="write weights.json")
    parser.add_argument("--no-recall", action="store_true", help="leave out the first stage")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    console = Console(stderr=given.json, width=160)

    judgments, queries = read(given.lecard)
    begun = time.perf_counter()
    with ProcessPoolExecutor(2) as pool:
        profiles = dict(pool.map(profile, judgments, chunksize=50))
    figures: dict[str, Any] = {"profiles per second": len(profiles) / _since(begun)}
    begun = time.perf_counter()
    model = fit_model(list(profiles.values()))
    figures["seconds to fit"] = _since(begun)
    with tempfile.TemporaryDirectory() as work:
        store = FeatureStore.create(Path(work) / "store", model)
        begun = time.perf_counter()
        store.add(profiles.items())
        figures["rows per second"] = len(profiles) / _since(begun)
        figures["ranking"] = _ranking(store, profiles, queries, given.train)
        if not given.no_recall:
            figures["first stage"] = _first_stage(store, judgments, profiles, queries, Path(work))
        if given.scale:
            sizes = [int(size) for size in given.scale.split(",")]
            figures["scale"] = scaled(model, list(profiles.values()), queries, sizes, Path(work))
    if given.json:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
        return 0
    _show(console, figures)
    return 0


def _since(begun: float) -> float:
    return max(time.perf_counter() - begun, 1e-9)


def _ranking(
    store: FeatureStore, profiles: dict[str, Any], queries: list[Query], train: bool
) -> Rows:
    keys = list(profiles)
    place = {key: number for number, key in enumerate(keys)}
    accounts = [profiles[key].account or profiles[key].facts for key in keys]
    rows: Rows = dict(PUBLISHED)
    for name, scores in rivals(accounts, place, queries, vocabulary(accounts, least=3)).items():
        rows[name] = mean(queries, scores)
    weights = {}
    for mode in MODES:
        pools = []
        for query in queries:
            case = profile_of(query.text)
            case = replace(case, charges=query.charges if mode == "charge" else ())
            _, pool = store.rows(query.candidates)
            pools.append(signals(store.model, query_of(store.model, case), pool))
        named = "text only" if mode == "facts" else "charge given"
        found, spread = cross_validated(queries, pools, mode)
        rows[f"fusion, {named}, cross-validated"] = found
        rows["  ± over shuffles of the folds" + " " * (mode == "charge")] = spread
        weights[mode] = learned(queries, pools, mode, range(len(queries)))
        if not train:
            scores = [contributions(pool, shipped()[mode]).sum(axis=1) for pool in pools]
            rows[f"shipped weights, {named} (they have seen these queries)"] = mean(queries, scores)
    if train:
        about = {
            "learned by": "tests/benchmarks/similarity.py --lecard FOLDER --train",
            "from": f"{len(queries)} queries of LeCaRD with graded candidates",
            "cross-validated": {
                name: dict(zip(MEASURES, (round(v, 4) for v in values), strict=True))
                for name, values in rows.items()
                if name.startswith("fusion")
            },
        }
        target = Path(dossier.similarity.__file__).with_name("weights.json")
        target.write_text(written(weights, about), encoding="utf-8")
    return rows


def _first_stage(
    store: FeatureStore,
    judgments: list[dict[str, str]],
    profiles: dict[str, Any],
    queries: list[Query],
    work: Path,
) -> dict[str, Any]:
    index = engine("tantivy").create(str(work / "index"))
    index.add(
        (
            Entry(
                key=str(j["id"]),
                kind="judgment",
                group=str(j["id"]),
                text="\n".join((j["fact"], j["reasoning"], j["decision"])),
                title=j["title"],
                charges=profiles[str(j["id"])].charges,
            )
            for j in judgments
        ),
        new=True,
    )
    index.commit()
    keys = list(profiles)
    accounts = [profiles[key].account or profiles[key].facts for key in keys]
    cases = {query.text: profile_of(query.text) for query in queries}
    memo: dict[tuple[str, str], list[str]] = {}

    def asked(name: str, find: Any) -> Any:
        def found(query: Query) -> list[str]:
            if (name, query.text) not in memo:
                memo[name, query.text] = list(find(query))
            return memo[name, query.text]

        return found

    def like(query: Query) -> list[str]:
        return [hit.key for hit in index.more_like(cases[query.text].facts, limit=500)]

    def mixed(depth: int) -> Any:
        return lambda query: candidates(index, store.model, cases[query.text], limit=depth)

    ways = {
        "BM25 alone": {d: bm25_alone(store.model, accounts, keys) for d in (100, 500)},
        "more_like": dict.fromkeys((100, 500), like),
        "more_like and charges the facts point to": {d: mixed(d) for d in (100, 500)},
    }
    return {
        name: {
            f"recall@{depth} of grade {least}{'' if least == 3 else ' and 3'}": recall(
                queries, asked(f"{name} {depth}", find), least, depth
            )
            for depth, find in each.items()
            for least in (3, 2)
        }
        for name, each in ways.items()
    }


def _show(console: Console, figures: dict[str, Any]) -> None:
    for name in ("profiles per second", "seconds to fit", "rows per second"):
        console.print(f"{name}: {figures[name]:,.0f}")
    table = Table("ranking of 100 candidates", *MEASURES)
    for name, values in figures["ranking"].items():
        table.add_row(name, *(f"{value:.3f}" for value in values))
    console.print(table)
    for title in ("first stage", "scale"):
        if title in figures:
            heads = list(next(iter(figures[title].values())))
            table = Table(title, *heads)
            for name, each in figures[title].items():
                table.add_row(str(name), *(f"{each[head]:,.3f}" for head in heads))
            console.print(table)


if __name__ == "__main__":
    sys.exit(main())
