"""How well sentences are foretold, and whether the intervals keep their promise.

    python tests/benchmarks/sentencing.py --judgments FILE.jsonl.xz [--splits N] [--profiles FILE]
                                          [--limit N] [--json]

`--judgments`  one judgment a line: id, title, fact, reasoning, decision; .jsonl, plain or .xz
`--profiles`   where the profiles read from them are kept for the next run (JSON lines)
`--splits`     how often a fifth of the judgments, by a hash of the id, is held back (default 5:
               each judgment just once; 10: twice). Nothing of it is seen in fitting; judgments on
               the same facts stay together
`--limit`      only the first N judgments

One table of intervals: coverage, median width, of all and of each of the ten commonest charges,
pooled over the splits (the first split beside). One of errors: against the median of the charge,
the ten nearest by TF-IDF, a ridge on TF-IDF (both of the same masked facts; ln months, the best of
three settings chosen on the held back part, in their favour). Only determinate terms.
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
from dossier.similarity.sentencemodel import DETERMINATE, LONGEST_WITH_PROBATION, fit

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
    first: dict[str, str] = {}
    out = []
    for key, profile in zip(ids, profiles, strict=True):
        same = first.setdefault("".join(profile.facts.split())[:120] or key, key)
        fold = int(hashlib.sha256(f"{split // FOLDS}:{same}".encode()).hexdigest(), 16) % FOLDS
        out.append(fold == split % FOLDS)
    return np.array(out)


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
    foretold: dict[str, list[Numbers]] = dataclasses.field(
        default_factory=lambda: defaultdict(list)
    )
    truth: list[Numbers] = dataclasses.field(default_factory=list)
    probation: list[Numbers] = dataclasses.field(default_factory=list)
    fines: list[Numbers] = dataclasses.field(default_factory=list)
    seconds: float = 0.0


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
    # rounded inwards, as it is shown
    low, high = np.ceil(found[:, 0] - 1e-9), np.floor(found[:, 2] + 1e-9)
    low, high = np.minimum(low, high), np.maximum(low, high)
    into.rows.append(np.stack([low, high, truth], axis=1))
    into.charge += [p.charges[0] if p.charges else "" for p in test]
    into.split += [split] * len(test)
    into.truth.append(truth)
    into.foretold["this model"].append(found[:, 1])
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


def figures(got: Gathered) -> dict[str, Any]:
    rows, charge, split = np.concatenate(got.rows), np.array(got.charge), np.array(got.split)
    inside = (rows[:, 0] <= rows[:, 2]) & (rows[:, 2] <= rows[:, 1])
    truth = np.concatenate(got.truth)
    first = split == split[0]

    def interval(which: NDArray[np.bool_]) -> dict[str, float]:
        width = (rows[:, 1] - rows[:, 0])[which]
        return {
            "n": int(which.sum()),
            "coverage": float(inside[which].mean()),
            "first split": float(inside[which & first].mean()) if (which & first).any() else np.nan,
            "median width": float(np.median(width)),
            "median term": float(np.median(truth[which])),
        }

    common = [name for name, _ in Counter(charge[charge != ""].tolist()).most_common(COMMONEST)]
    per_split = [float(inside[split == s].mean()) for s in sorted(set(got.split))]
    chance = np.concatenate(got.probation)
    errors = {}
    for name, parts in got.foretold.items():
        values = np.concatenate(parts)
        errors[name] = {
            "median |error|": float(np.median(np.abs(values - truth))),
            "mean |error|": float(np.abs(values - truth).mean()),
            "mean |ln ratio|": float(np.abs(np.log(values / truth)).mean()),
        }
    out: dict[str, Any] = {
        "all": interval(np.ones(len(rows), dtype=bool)),
        "by split": per_split,
        "charges": {name: interval(charge == name) for name in common},
        "errors": errors,
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
    console = Console(width=110)
    table = Table(title="80 % intervals of the principal term (months)")
    for name in ("charge", "n", "coverage", "first split", "median width", "median term"):
        table.add_column(name, justify="left" if name == "charge" else "right")
    for name, row in [("all", found["all"]), *found["charges"].items()]:
        table.add_row(
            name, f"{row['n']}", f"{row['coverage']:.1%}", f"{row['first split']:.1%}",
            f"{row['median width']:.1f}", f"{row['median term']:.0f}",
        )  # fmt: skip
    console.print(table)
    console.print("coverage by split:", "  ".join(f"{x:.1%}" for x in found["by split"]))
    errors = Table(title="error of the expected term (months)")
    for name in ("", "median |error|", "mean |error|", "mean |ln ratio|"):
        errors.add_column(name, justify="right" if name else "left")
    for name, row in found["errors"].items():
        errors.add_row(
            name, f"{row['median |error|']:.2f}", f"{row['mean |error|']:.2f}",
            f"{row['mean |ln ratio|']:.3f}",
        )  # fmt: skip
    console.print(errors)
    for name in ("probation", "fines"):
        if name in found:
            words = "  ".join(f"{k} {v:.3f}" for k, v in found[name].items())
            console.print(f"{name}: {words}")
    console.print(f"fit: {found['fit seconds']:.1f} s of processor time")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--judgments", type=Path, required=True)
    parser.add_argument("--profiles", type=Path)
    parser.add_argument("--splits", type=int, default=5)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
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
