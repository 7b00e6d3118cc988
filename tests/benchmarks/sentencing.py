"""How well sentences are foretold, and whether the intervals keep their promise.

    python tests/benchmarks/sentencing.py --judgments FILE.jsonl.xz [--splits N] [--profiles FILE]
                                          [--limit N] [--json]

`--judgments`  one judgment a line: id, title, fact, reasoning, decision; .jsonl, plain or .xz
`--profiles`   where the profiles read from them are kept for the next run (JSON lines)
`--splits`     how often a fifth of the judgments, by a hash of the id, is held back (default 5:
               each judgment just once; 10: twice). Nothing of it is seen in fitting; judgments on
               the same facts stay together
`--limit`      only the first N judgments

One table, of all and of each of the ten commonest charges, pooled over the splits: coverage of the
80 % interval with what chance allows it (two standard deviations, of the pooled figure and of a
single split: as many cases were drawn to be asked and to calibrate), the lowest and highest split,
median width, and the median error of the expected term beside the median of the charge, the ten
nearest by TF-IDF and a ridge on TF-IDF (both of the same masked facts; ln months, the best of three
settings chosen on the held back part, in their favour). Only determinate terms. Below it the same
where nothing but facts and charge is known. Leaves with 1 if the coverage is not as wanted.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import hashlib
import json
import lzma
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge

from dossier.similarity import CaseProfile, profile_of
from dossier.similarity.families import families
from dossier.similarity.sentencemodel import (
    COVERAGE,
    DETERMINATE,
    LONGEST_WITH_PROBATION,
    fit,
)

Numbers = NDArray[np.float64]
COMMONEST = 10
FOLDS = 5
BANDS = (0.78, 0.82)
LEAST_OF_CHARGE = 0.75


def read(path: Path, kept: Path | None, limit: int | None) -> tuple[list[str], list[CaseProfile]]:
    """Ids and profiles."""
    if kept and kept.exists():
        rows = [json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines()]
        return [row.pop("id") for row in rows][:limit], [_of_row(row) for row in rows][:limit]
    whole = path.read_bytes()
    whole = lzma.decompress(whole) if path.suffix == ".xz" else whole
    lines = whole.decode("utf-8").splitlines()[:limit]
    ids, profiles = [], []
    for line in track(lines, "reading", console=Console(stderr=True)):
        row = json.loads(line)
        ids.append(str(row["id"]))
        profiles.append(
            profile_of(
                title=row.get("title", ""), facts=row["fact"], reasoning=row["reasoning"],
                decision=row["decision"],
            )
        )  # fmt: skip
    if kept:
        with kept.open("w", encoding="utf-8") as out:
            for key, profile in zip(ids, profiles, strict=True):
                row = {"id": key, **dataclasses.asdict(profile)}
                out.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    return ids, profiles


def _of_row(row: dict[str, Any]) -> CaseProfile:
    row["day"] = dt.date.fromisoformat(row["day"]) if row["day"] else None
    row["charges"], row["statutes"] = tuple(row["charges"]), tuple(row["statutes"])
    row["circumstances"] = tuple((code, holds) for code, holds in row["circumstances"])
    return CaseProfile(**row)


def held_back(ids: Sequence[str], profiles: Sequence[CaseProfile], split: int) -> NDArray[np.bool_]:
    """A fifth by a hash of the id; those on the same facts with the first of them."""
    marks = [
        int(hashlib.sha256(f"{split // FOLDS}:{ids[first]}".encode()).hexdigest(), 16) % FOLDS
        for first in families([p.facts for p in profiles])
    ]
    return np.array(marks) == split % FOLDS


def bare(profile: CaseProfile) -> CaseProfile:
    """The case as its facts alone tell it."""
    return dataclasses.replace(
        profile, reasoning="", account=profile.facts, statutes=(), circumstances=(), role=None,
        procedure=None, instance="",
    )  # fmt: skip


def baselines(train: Sequence[CaseProfile], test: Sequence[CaseProfile]) -> dict[str, Numbers]:
    """Months foretold by simpler means."""
    logs = np.log([float(p.months or 1) for p in train])
    truth = np.log([float(p.months or 1) for p in test])
    by_charge = defaultdict(list)
    for profile, value in zip(train, logs, strict=True):
        by_charge[profile.charges[:1]].append(value)
    overall = float(np.median(logs))
    out = {
        "charge median": np.array(
            [np.median(by_charge.get(p.charges[:1], [overall])) for p in test]
        )
    }
    words = TfidfVectorizer(
        analyzer="char", ngram_range=(2, 3), min_df=5, max_features=60_000, sublinear_tf=True
    )
    known = words.fit_transform([p.facts[:4000] for p in train])
    asked = words.transform([p.facts[:4000] for p in test])
    ridges = [Ridge(alpha=a).fit(known, logs).predict(asked) for a in (0.5, 1.0, 2.0)]
    out["ridge on TF-IDF"] = min(ridges, key=lambda found: _error(found, truth))
    alike = (asked @ known.T).toarray()
    nearest = []
    for count in (5, 10, 20):
        places = np.argpartition(-alike, count, axis=1)[:, :count]
        nearest.append(np.median(logs[places], axis=1))
    out["kNN on TF-IDF"] = min(nearest, key=lambda found: _error(found, truth))
    return {name: np.exp(found) for name, found in out.items()}


def _error(found: Numbers, truth: Numbers) -> float:
    return float(np.median(np.abs(np.exp(found) - np.exp(truth))))


@dataclasses.dataclass
class Gathered:
    """Of every held back judgment of every split."""

    charge: list[str] = dataclasses.field(default_factory=list)
    split: list[int] = dataclasses.field(default_factory=list)
    rows: list[Numbers] = dataclasses.field(default_factory=list)
    """least, most (whole months), truth"""
    bare: list[Numbers] = dataclasses.field(default_factory=list)
    """the same of the facts alone, and the middle"""
    foretold: dict[str, list[Numbers]] = dataclasses.field(
        default_factory=lambda: defaultdict(list)
    )
    taught: list[Counter[str]] = dataclasses.field(default_factory=list)
    """Judgments of each charge in the fitting part"""
    probation: list[Numbers] = dataclasses.field(default_factory=list)
    fines: list[Numbers] = dataclasses.field(default_factory=list)
    seconds: float = 0.0


def _whole(found: Numbers, truth: Numbers) -> Numbers:
    """least, most, truth; rounded inwards, as it is shown."""
    low, high = np.ceil(found[:, 0] - 1e-9), np.floor(found[:, 2] + 1e-9)
    return np.stack([np.minimum(low, high), np.maximum(low, high), truth], axis=1)


def one_split(
    ids: Sequence[str], profiles: Sequence[CaseProfile], split: int, into: Gathered
) -> None:
    out = held_back(ids, profiles, split)
    train = [p for p, held in zip(profiles, out, strict=True) if not held]
    test = [p for p, held in zip(profiles, out, strict=True) if held and _has_term(p)]
    begin = time.process_time()
    model = fit(train, seed=split)
    into.seconds += time.process_time() - begin
    found = model.interval(test)
    truth = np.array([float(p.months or 0) for p in test])
    into.rows.append(_whole(found, truth))
    alone = model.interval([bare(p) for p in test])
    into.bare.append(np.column_stack([_whole(alone, truth), alone[:, 1]]))
    into.charge += [p.charges[0] if p.charges else "" for p in test]
    into.split += [split] * len(test)
    into.taught.append(Counter(p.charges[0] for p in train if p.charges and _has_term(p)))
    into.foretold["model"].append(found[:, 1])
    for name, values in baselines([p for p in train if _has_term(p)], test).items():
        into.foretold[name].append(values)
    light = truth <= LONGEST_WITH_PROBATION
    chance = model.probabilities(test)[:, 0]
    into.probation.append(
        np.stack([chance, [float(bool(p.probation)) for p in test]], axis=1)[light]
    )
    fines = model.fines(test)
    if fines is not None:
        paid = np.array([p.fine or 0.0 for p in test])
        into.fines.append(np.column_stack([fines, paid])[paid > 0])


def _has_term(profile: CaseProfile) -> bool:
    return profile.penalty in DETERMINATE and bool(profile.months)


def _inside(rows: Numbers) -> NDArray[np.bool_]:
    out: NDArray[np.bool_] = (rows[:, 0] <= rows[:, 2]) & (rows[:, 2] <= rows[:, 1])
    return out


def figures(got: Gathered) -> dict[str, Any]:
    rows, charge, split = np.concatenate(got.rows), np.array(got.charge), np.array(got.split)
    inside, truth = _inside(rows), rows[:, 2]
    foretold = {name: np.concatenate(parts) for name, parts in got.foretold.items()}

    def line(which: NDArray[np.bool_], taught: float) -> dict[str, Any]:
        count, splits = int(which.sum()), len(got.rows)
        spread = COVERAGE * (1 - COVERAGE)
        by_split = [inside[which & (split == s)] for s in sorted(set(got.split))]
        return {
            "n": count,
            "coverage": float(inside[which].mean()),
            "by chance": 2 * float(np.sqrt(spread / count + spread / taught)),
            "a split by chance": 2 * float(np.sqrt(spread * splits / count + spread / taught)),
            "by split": [float(each.mean()) for each in by_split if len(each)],
            "median width": float(np.median((rows[:, 1] - rows[:, 0])[which])),
            "median term": float(np.median(truth[which])),
            "median |error|": {
                name: float(np.median(np.abs(values - truth)[which]))
                for name, values in foretold.items()
            },
        }

    common = [name for name, _ in Counter(charge[charge != ""].tolist()).most_common(COMMONEST)]
    mean = {name: float(np.mean([each[name] for each in got.taught])) for name in common}
    chance, alone = np.concatenate(got.probation), np.concatenate(got.bare)
    out: dict[str, Any] = {
        "all": line(
            np.ones(len(rows), dtype=bool), float(np.mean([each.total() for each in got.taught]))
        ),
        "charges": {name: line(charge == name, mean[name]) for name in common},
        "errors": {
            name: {
                "mean |error|": float(np.abs(values - truth).mean()),
                "mean |ln ratio|": float(np.abs(np.log(values / truth)).mean()),
            }
            for name, values in foretold.items()
        },
        "facts and charge alone": {
            "coverage": float(_inside(alone).mean()),
            "median width": float(np.median(alone[:, 1] - alone[:, 0])),
            "median |error|": float(np.median(np.abs(alone[:, 3] - truth))),
            "lowest of ten charges": min(
                float(_inside(alone)[charge == name].mean()) for name in common
            ),
        },
        "probation": {
            "n": len(chance),
            "share": float(chance[:, 1].mean()),
            "Brier": float(((chance[:, 0] - chance[:, 1]) ** 2).mean()),
            "Brier of the share": float(chance[:, 1].var()),
        },
        "fit seconds": got.seconds / len(got.rows),
    }
    if got.fines:
        fines = np.concatenate(got.fines)
        out["fines"] = {
            "n": len(fines),
            "coverage": float(
                ((np.ceil(fines[:, 0]) <= fines[:, 3]) & (fines[:, 3] <= fines[:, 2])).mean()
            ),
            "median |error| / fine": float(
                np.median(np.abs(fines[:, 1] - fines[:, 3]) / fines[:, 3])
            ),
        }
    return out


def show(found: dict[str, Any]) -> None:
    console = Console(width=170)
    names = list(found["all"]["median |error|"])
    count = len(found["all"]["by split"])
    table = Table(
        title=f"80 % intervals and expected principal terms (months); {count} splits by a hash of "
        "the id, a fifth held back in each"
    )
    heads = ("charge", "n", "coverage", "chance ±", "lowest–highest split", "chance ±", "width")
    for name in heads:
        table.add_column(name, justify="left" if name == "charge" else "right", no_wrap=True)
    for name in names:
        table.add_column(f"|error| {name}", justify="right")
    for name, row in [("all", found["all"]), *found["charges"].items()]:
        table.add_row(
            name, f"{row['n']}", f"{row['coverage']:.1%}", f"{row['by chance']:.1%}",
            f"{min(row['by split']):.0%}–{max(row['by split']):.0%}",
            f"{row['a split by chance']:.0%}", f"{row['median width']:.1f}",
            *(f"{row['median |error|'][each]:.1f}" for each in names),
        )  # fmt: skip
    console.print(table)
    console.print("coverage by split:", "  ".join(f"{x:.1%}" for x in found["all"]["by split"]))
    for name in ("facts and charge alone", "probation", "fines"):
        if name in found:
            words = "  ".join(f"{k} {v:.3f}" for k, v in found[name].items())
            console.print(f"{name}: {words}")
    for name, row in found["errors"].items():
        console.print(f"{name}: " + "  ".join(f"{k} {v:.3f}" for k, v in row.items()))
    console.print(f"fit: {found['fit seconds']:.1f} s of processor time")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--judgments", type=Path, required=True)
    parser.add_argument("--profiles", type=Path)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    if not given.judgments.is_file():
        parser.error(f"--judgments: {given.judgments} is not there")
    ids, profiles = read(given.judgments, given.profiles, given.limit)
    got = Gathered()
    for split in track(range(given.splits), "splits", console=Console(stderr=True)):
        one_split(ids, profiles, split, got)
    found = figures(got)
    if given.json:
        json.dump(found, sys.stdout, ensure_ascii=False, indent=1)
    else:
        show(found)
    kept = BANDS[0] <= found["all"]["coverage"] <= BANDS[1]
    kept &= all(row["coverage"] >= LEAST_OF_CHARGE for row in found["charges"].values())
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
