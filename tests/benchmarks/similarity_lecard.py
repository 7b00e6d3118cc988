"""LeCaRD as its authors measure it, the rivals, and cross-validation over its queries.

P@k and MAP: the labelled candidates (30 of a query's 100) in the order of the ranking, relevant are
those of grade 3, as the authors' script has it. NDCG: gain is the grade; the labelled candidates
only are ranked, as for the published rows. `all` ranks all 100: for NDCG as the later script of the
authors does, those without a label worth nothing; for P and MAP every label counts (four queries
have 32 or 33, of which the script takes the first 30) and those without one are not relevant.
"""

from __future__ import annotations

import json
import lzma
import math
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dossier.elements import canonical_charge
from dossier.similarity.corpusmodel import CorpusModel
from dossier.similarity.fusion import Mode, Signal, Weights, contributions, learn, plan
from dossier.similarity.grams import count_matrix
from dossier.similarity.profile import profile_of
from dossier.similarity.values import CaseProfile

MEASURES = (
    "P@5", "P@10", "MAP", "NDCG@10", "NDCG@30",
    "P@5 all", "P@10 all", "MAP all", "NDCG@10 all", "NDCG@30 all",
)  # fmt: skip
PUBLISHED = {
    "published BM25": (0.406, 0.381, 0.484, 0.731, 0.888),
    "published TF-IDF": (0.304, 0.261, 0.457, 0.795, 0.848),
    "published LMIR": (0.436, 0.406, 0.495, 0.769, 0.900),
    "published BERT, fine-tuned (own split)": (0.470, 0.430, 0.568, 0.774, 0.899),
}
_LABELLED = 30
_JUDGMENTS, _QUERIES = "lecard-judgments.jsonl.xz", "lecard-queries-dev.json"


@dataclass(frozen=True)
class Query:
    text: str
    charges: tuple[str, ...]
    candidates: tuple[str, ...]
    grades: Mapping[str, int]

    @property
    def labels(self) -> NDArray[np.int64]:
        """Grade of each candidate, -1 without a label."""
        return np.array([self.grades.get(key, -1) for key in self.candidates])


def data_folder(path: str) -> Path:
    """Of an argument: where the judgments and the queries are."""
    for name in (_JUDGMENTS, _QUERIES):
        if not (Path(path) / name).is_file():
            raise ArgumentTypeError(f"there is no {name} in {path}")
    return Path(path)


def read(folder: Path) -> tuple[list[dict[str, str]], list[Query]]:
    """Judgments and queries."""
    with lzma.open(folder / _JUDGMENTS, "rt", encoding="utf-8") as lines:
        judgments = [json.loads(line) for line in lines]
    told = json.loads((folder / _QUERIES).read_text(encoding="utf-8"))
    queries = [
        Query(
            each["text"],
            tuple(canonical_charge(c) or c.removesuffix("罪") for c in each["charges"]),
            tuple(str(key) for key in each["candidates"]),
            {str(key): int(grade) for key, grade in each["relevance"].items()},
        )
        for each in told
    ]
    return judgments, queries


def profile(judgment: Mapping[str, Any]) -> tuple[str, CaseProfile]:
    return str(judgment["id"]), profile_of(
        title=judgment["title"],
        facts=judgment["fact"],
        reasoning=judgment["reasoning"],
        decision=judgment["decision"],
    )


def measured(query: Query, scores: Sequence[float]) -> tuple[float, ...]:
    """MEASURES of one ranking of the query's candidates."""
    order = np.argsort(-np.asarray(scores), kind="stable")
    ranked = [query.candidates[int(place)] for place in order]
    labelled = set(list(query.grades)[:_LABELLED])
    grades = [query.grades[key] for key in ranked if key in labelled]
    whole = [query.grades.get(key, 0) for key in ranked]
    everything = [query.grades[key] if key in labelled else 0 for key in ranked]
    ideal = sorted(query.grades.values(), reverse=True)

    def ndcg(gains: Sequence[int], depth: int) -> float:
        def dcg(values: Sequence[int]) -> float:
            return sum(v / math.log2(n + 2) for n, v in enumerate(values[:depth]))

        return dcg(gains) / dcg(ideal) if any(ideal) else 0.0

    return (
        *_precisions(grades), ndcg(grades, 10), ndcg(grades, 30),
        *_precisions(whole), ndcg(everything, 10), ndcg(everything, 30),
    )  # fmt: skip


def _precisions(grades: Sequence[int]) -> tuple[float, float, float]:
    """P@5, P@10 and average precision of grades in their order."""
    hits, precision = 0, 0.0
    for place, grade in enumerate(grades):
        if grade == 3:
            hits += 1
            precision += hits / (place + 1)
    return (
        sum(grade == 3 for grade in grades[:5]) / 5,
        sum(grade == 3 for grade in grades[:10]) / 10,
        precision / hits if hits else 0.0,
    )


def mean(queries: Sequence[Query], scores: Sequence[Sequence[float]]) -> tuple[float, ...]:
    rows = [measured(query, each) for query, each in zip(queries, scores, strict=True)]
    return tuple(float(value) for value in np.mean(rows, axis=0))


def rivals(
    accounts: Sequence[str], place: Mapping[str, int], queries: Sequence[Query], known: Any
) -> dict[str, list[NDArray[np.float64]]]:
    """BM25, TF-IDF and LMIR over pairs of characters of the whole told facts, nothing learned."""
    counts = count_matrix(accounts, known)
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    spread = np.bincount(counts.indices, minlength=len(known))
    rarity = np.log(1 + (len(accounts) - spread + 0.5) / (spread + 0.5))
    share = np.asarray(counts.sum(axis=0)).ravel() + 0.5
    share = share / share.sum()
    scores: dict[str, list[NDArray[np.float64]]] = {"BM25": [], "TF-IDF": [], "LMIR": []}
    for query in queries:
        rows = counts[[place[key] for key in query.candidates]]
        asked = count_matrix([query.text], known)
        times = np.asarray(rows[:, asked.indices].todense(), dtype=np.float64)
        long = lengths[[place[key] for key in query.candidates]][:, None]
        worth = rarity[asked.indices]
        norm = 1.2 * (0.25 + 0.75 * long / lengths.mean())
        scores["BM25"].append((worth * times * 2.2 / (times + norm)).sum(axis=1))
        weighed = rows.multiply(rarity[None, :]).tocsr()
        size = np.sqrt(np.asarray(weighed.power(2).sum(axis=1)).ravel())
        scores["TF-IDF"].append((times * worth) @ (asked.data * worth) / np.maximum(size, 1e-9))
        ratio = times / np.maximum(long, 1) / share[asked.indices]
        scores["LMIR"].append(np.log1p(ratio) @ asked.data)
    return scores


def folds(count: int, seed: int) -> list[tuple[list[int], list[int]]]:
    order = np.random.default_rng(seed).permutation(count)
    return [
        (sorted(set(range(count)) - set(order[f::5].tolist())), sorted(order[f::5].tolist()))
        for f in range(5)
    ]


def cross_validated(
    queries: Sequence[Query],
    pools: Sequence[NDArray[np.float64]],
    mode: Mode,
    *,
    seeds: int = 5,
    signals: Sequence[Signal] | None = None,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and spread over shuffles of five-fold cross-validation over the queries."""
    found = []
    for seed in range(seeds):
        scores: list[NDArray[np.float64]] = [np.zeros(0)] * len(queries)
        for inside, outside in folds(len(queries), seed):
            weights = learned(queries, pools, mode, inside, signals)
            for number in outside:
                scores[number] = contributions(pools[number], weights).sum(axis=1)
        found.append(mean(queries, scores))
    spread = tuple(float(v) for v in np.std(found, axis=0))
    return tuple(float(v) for v in np.mean(found, axis=0)), spread


def learned(
    queries: Sequence[Query],
    pools: Sequence[NDArray[np.float64]],
    mode: Mode,
    which: Sequence[int],
    signals: Sequence[Signal] | None = None,
) -> Weights:
    return learn(
        [pools[n] for n in which], [queries[n].labels for n in which], signals or plan(mode)
    )


def recall(
    queries: Sequence[Query], find: Callable[[Query], Sequence[str]], least: int, depth: int
) -> float:
    """Mean share of a query's judgments of grade `least` or more among the first `depth` found."""
    shares = []
    for query in queries:
        wanted = {key for key, grade in query.grades.items() if grade >= least}
        if wanted:
            shares.append(len(wanted.intersection(find(query)[:depth])) / len(wanted))
    return float(np.mean(shares))


def bm25_alone(model: CorpusModel, accounts: Sequence[str], keys: Sequence[str]) -> Any:
    """BM25 over every judgment, by brute force."""
    counts = count_matrix(accounts, model.pairs).tocsr()
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    norm = 1.2 * (0.25 + 0.75 * lengths / lengths.mean())
    row = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    counts.data = model.rarity[counts.indices] * counts.data * 2.2 / (counts.data + norm[row])

    def find(query: Query) -> list[str]:
        asked = count_matrix([query.text], model.pairs)
        asked.data[:] = 1
        scores = np.asarray((counts @ asked.T).todense()).ravel()
        return [keys[int(n)] for n in np.argsort(-scores, kind="stable")[:500]]

    return find
