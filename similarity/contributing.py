"""What each circumstance changes in the expected term, so that the parts add up exactly."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np

from dossier.elements.circumstancetypes import CircumstanceType, circumstance_types

from .consistency import Contribution
from .sentencemodel import SentencingModel
from .trees import Vector
from .values import CaseProfile

_EXACT = 9
"""Circumstances up to which every subset is asked (512 rows)."""
_ORDERS = 60

_Ask = Callable[[Sequence[frozenset[str]]], None]


def contributions(
    profile: CaseProfile, model: SentencingModel
) -> tuple[float, tuple[Contribution, ...]]:
    """(expected months without any circumstance, the part of each): their sum is the expected term.

    Shapley values: the mean change over the orders in which circumstances may come. With more than
    nine, over 60 fixed orders and their reversals, which also add up exactly.
    """
    space = model.space
    row = space.row(profile)
    columns = space.circumstance_columns
    present = [code for code, _ in profile.circumstances if row[columns.get(code, 0)] != 0]
    present = sorted({code for code in present if code in columns})
    asked: dict[frozenset[str], float] = {}

    def ask(subsets: Sequence[frozenset[str]]) -> None:
        new = [s for s in dict.fromkeys(subsets) if s not in asked]
        if new:
            rows = np.vstack([space.with_only(row, s) for s in new])
            middle: Vector = model.months.expected(rows)
            asked.update(zip(new, middle.tolist(), strict=True))

    parts = _exact(present, ask, asked) if len(present) <= _EXACT else _orders(present, ask, asked)
    base = asked[frozenset()]
    said = dict(profile.circumstances)
    kinds = {kind.code: kind for kind in circumstance_types()}
    found = [
        Contribution(code, said[code], value, value / base, band_text(kinds[code]))
        for code, value in parts.items()
    ]
    return base, tuple(sorted(found, key=lambda each: (-abs(each.months), each.code)))


def _exact(
    present: Sequence[str], ask: _Ask, asked: Mapping[frozenset[str], float]
) -> dict[str, float]:
    count = len(present)
    ask([frozenset(s) for size in range(count + 1) for s in combinations(present, size)])
    parts: dict[str, float] = {}
    for code in present:
        others = [other for other in present if other != code]
        parts[code] = sum(
            (asked[frozenset({*s, code})] - asked[frozenset(s)])
            / (count * math.comb(count - 1, size))
            for size in range(count)
            for s in combinations(others, size)
        )
    return parts


def _orders(
    present: Sequence[str], ask: _Ask, asked: Mapping[frozenset[str], float]
) -> dict[str, float]:
    chance = np.random.default_rng(0)
    orders = []
    for _ in range(_ORDERS):
        order = [present[i] for i in chance.permutation(len(present))]
        orders += [order, order[::-1]]
    ask([frozenset(order[:n]) for order in orders for n in range(len(order) + 1)])
    parts = dict.fromkeys(present, 0.0)
    for order in orders:
        for n, code in enumerate(order):
            step = asked[frozenset(order[: n + 1])] - asked[frozenset(order[:n])]
            parts[code] += step / len(orders)
    return parts


def bands_of(profile: CaseProfile) -> tuple[tuple[str, str], ...]:
    """Circumstances that hold, each with the bands of the guideline in words, "" if it has none."""
    kinds = {kind.code: kind for kind in circumstance_types()}
    return tuple(
        (code, band_text(kinds[code]) if code in kinds else "")
        for code, holds in profile.circumstances
        if holds
    )


def band_text(kind: CircumstanceType) -> str:
    """The bands of the guideline in words: 减少基准刑的40%以下."""
    verb = "减少" if kind.direction == "lighter" else "增加"
    texts = []
    for band in kind.bands:
        low, high = f"{band.min:.0%}", f"{band.max:.0%}"
        if band.beyond:
            span = f"{low}以上" + ("或者依法免除处罚" if band.exempt else "")
        elif band.min == 0:
            span = f"{high}以下"
        else:
            span = f"{low}–{high}"
        when = f"{band.when}：" if band.when else ""
        least = f"，一般不少于{band.least_months}个月" if band.least_months else ""
        texts.append(f"{when}{verb}基准刑的{span}{least}")
    return "；".join(texts)
