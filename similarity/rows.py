"""The features of judgments as rows of arrays: what the store keeps and a ranking reads."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from .chargemodel import softmax
from .corpusmodel import CorpusModel, unit
from .grams import Floats, count_matrix
from .values import INJURIES, CaseProfile

Ids = NDArray[np.int16]

CHARGES, STATUTES = 8, 24
"""Of one judgment at most."""
NUMBERS = (
    "amount",
    "alcohol",
    "weight",
    "injury",
    "role",
    "procedure",
    "instance",
    "day",
    "length",
)
"""Columns of `Rows.numbers`; the first three as logarithms, NaN where unknown."""
_ROLES = ("主犯", "从犯")
_PROCEDURES = ("普通", "简易", "速裁")
_INSTANCES = ("一审", "二审", "再审")
_FLOOR = 1e-4


@dataclass(frozen=True, eq=False)
class Rows:
    """n judgments. `ends` [n + 1] and `pairs`, `times`: the counts of the account, row by row.

    `topics`, `reasons` [n, D] of facts and 本院认为, length 1; `outline` [n, C] what the facts
    alone say of the charge; `charges` [n, 8], `statutes` [n, 24] numbers in the model, -1 for none;
    `circumstances` [n, K] 1, -1 denied, 0; `numbers` [n, 9] see NUMBERS
    """

    ends: NDArray[np.int64]
    pairs: NDArray[np.int32]
    times: NDArray[np.uint16]
    topics: NDArray[np.float16]
    reasons: NDArray[np.float16]
    outline: NDArray[np.float16]
    charges: Ids
    statutes: Ids
    circumstances: NDArray[np.int8]
    numbers: Floats

    def __len__(self) -> int:
        return len(self.ends) - 1

    def number(self, name: str) -> Floats:
        """One column of `numbers`."""
        column: Floats = self.numbers[:, NUMBERS.index(name)]
        return column


def describe(model: CorpusModel, profiles: Sequence[CaseProfile]) -> Rows:
    """The features of judgments, or of queries, in their order."""
    counts = count_matrix([p.account or p.facts for p in profiles], model.pairs)
    facts = model.view([p.facts for p in profiles])
    why = model.view([p.reasoning for p in profiles])
    topics = model.topics(facts)
    return Rows(
        ends=counts.indptr.astype(np.int64),
        pairs=counts.indices.astype(np.int32),
        times=np.minimum(counts.data, 65_535).astype(np.uint16),
        topics=topics.astype(np.float16),
        reasons=model.topics(why).astype(np.float16),
        outline=outline(model.charge_scores(topics)).astype(np.float16),
        charges=_ids([p.charges for p in profiles], model.charges, CHARGES),
        statutes=_ids([p.statutes for p in profiles], model.statutes, STATUTES),
        circumstances=_circumstances(profiles, model.circumstances),
        numbers=_numbers(profiles, np.asarray(counts.sum(axis=1)).ravel()),
    )


def outline(scores: Floats) -> Floats:
    """Logits of charges as directions: centred logarithms of the chances, length 1."""
    if scores.shape[1] == 0:
        return scores
    logs = np.log(softmax(scores) + _FLOOR)
    return unit((logs - logs.mean(axis=1, keepdims=True)).astype(np.float32))


def joined(parts: Sequence[Rows]) -> Rows:
    """Several batches as one."""
    if len(parts) == 1:
        return parts[0]
    ends = [np.zeros(1, np.int64)]
    for part in parts:
        ends.append(part.ends[1:] + ends[-1][-1])
    arrays = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts])
        for field in fields(Rows)
        if field.name != "ends"
    }
    return Rows(ends=np.concatenate(ends), **arrays)


def _ids(said: Sequence[Sequence[str]], known: Sequence[str], most: int) -> Ids:
    place = {name: number for number, name in enumerate(known)}
    rows = np.full((len(said), most), -1, np.int16)
    for number, names in enumerate(said):
        found = [place[name] for name in names if name in place][:most]
        rows[number, : len(found)] = found
    return rows


def _circumstances(profiles: Sequence[CaseProfile], known: Sequence[str]) -> NDArray[np.int8]:
    place = {name: number for number, name in enumerate(known)}
    rows = np.zeros((len(profiles), len(known)), np.int8)
    for number, profile in enumerate(profiles):
        for code, holds in profile.circumstances:
            if code in place:
                rows[number, place[code]] = 1 if holds else -1
    return rows


def _numbers(profiles: Sequence[CaseProfile], lengths: Floats) -> Floats:
    def log(value: float | None) -> float:
        return math.log(value) if value is not None and value > 0 else math.nan

    def place(value: str | None, names: Sequence[str]) -> float:
        return float(names.index(value)) if value in names else math.nan

    rows = [
        (
            log(p.amount),
            log(p.alcohol),
            log(p.weight),
            place(p.injury, INJURIES),
            place(p.role, _ROLES),
            place(p.procedure, _PROCEDURES),
            place(p.instance, _INSTANCES),
            float(p.day.toordinal()) if p.day else math.nan,
            float(length),
        )
        for p, length in zip(profiles, lengths, strict=True)
    ]
    return np.array(rows, np.float32).reshape(len(profiles), len(NUMBERS))
