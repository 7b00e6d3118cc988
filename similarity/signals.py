"""How like a case each judgment of a pool is, signal by signal.

Every signal is a number per judgment, greater for more alike; nothing is combined here. A signal
that cannot be known for the case (no amount, no injury) is 0 for all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .chargemodel import softmax
from .corpusmodel import CorpusModel, label_matrix
from .grams import count_matrix
from .rows import Rows, describe
from .values import CaseProfile

Values = NDArray[np.float64]

_K1, _B = 1.2, 0.75
_SMOOTH = 0.5
"""Share of the corpus in the language model of a judgment (Jelinek–Mercer)."""
_CENTRE_SHARPNESS = 20.0
_FLOOR = 0.01
_GIVEN = 0.7
"""Of the charge mixture, when the charge is known; the facts still have a say."""
_NEIGHBOUR_POWER = 8

LABELS = {
    "facts_bm25": "案情用语",
    "facts_language": "案情表述",
    "charge": "罪名",
    "charge_centre": "罪名典型事实",
    "charge_neighbours": "说理相近案件的罪名",
    "outline": "构成要件轮廓",
    "same_charges": "罪名一致",
    "charge_by_facts": "事实所示罪名",
    "centre_by_facts": "事实所示典型",
    "neighbours_by_facts": "事实所示相近案件",
    "facts_topics": "案情主题",
    "reasoning_topics": "说理主题",
    "statutes": "法条",
    "circumstances": "量刑情节",
    "amount": "数额",
    "injury": "伤情",
    "alcohol": "酒精含量",
    "weight": "毒品数量",
    "role": "主从犯",
    "procedure": "程序",
    "instance": "审级",
    "recency": "时间",
}
"""Every signal with its Chinese name, in the order of the matrix."""


@dataclass(frozen=True, eq=False)
class Query:
    """A case, described with a model, ready to be compared with any pool.

    `weights` [V] rarity of its pairs, 0 for others; `present` which those are;
    `chances` [C] of charges by the facts alone, `mixture` [C] with the known charges;
    `centre`, `given_centre` [C] likeness to each charge
    """

    row: Rows
    weights: Values
    present: NDArray[np.int64]
    chances: Values
    mixture: Values
    centre: Values
    given_centre: Values
    given: NDArray[np.int64]
    statutes: Values


def query_of(model: CorpusModel, profile: CaseProfile) -> Query:
    """Describe a case. Its charges, if it has any, are taken as known."""
    row = describe(model, [profile])
    counts = count_matrix([profile.facts], model.pairs)
    view = model.view([profile.facts])
    weights = np.zeros(len(model.pairs))
    weights[counts.indices] = model.rarity[counts.indices]
    topics = model.topics(view)
    centre = np.asarray(view @ model.centres.T).ravel().astype(np.float64)
    chances = np.zeros(len(model.charges))
    if len(model.charges):
        by_topics = softmax(model.charge_scores(topics))[0]
        chances = (by_topics + softmax(_CENTRE_SHARPNESS * centre)) / 2
    given = np.flatnonzero(label_matrix([profile.charges], model.charges)[0])
    mixture, given_centre = chances, centre
    if len(given):
        known = np.zeros(len(chances))
        known[given] = 1 / len(given)
        mixture = _GIVEN * known + (1 - _GIVEN) * chances
        likeness = np.asarray(model.centres[given] @ model.centres.T).max(axis=0)
        given_centre = (likeness + centre) / 2
    cited = model.statute_scores(topics)[0].astype(np.float64)
    if profile.statutes:
        cited = label_matrix([profile.statutes], model.statutes)[0].astype(np.float64)
    return Query(row, weights, counts.indices, chances, mixture, centre, given_centre, given, cited)


def signals(model: CorpusModel, query: Query, pool: Rows) -> Values:
    """Judgments of the pool × signals (LABELS). Takes time linear in the pool, but for the
    neighbours (its square, small)."""
    has = _multihot(pool.charges, len(model.charges))
    near = _neighbours(pool)
    charge = np.log(_FLOOR + has @ query.mixture)
    by_facts = np.log(_FLOOR + has @ query.chances)
    bm25, language = _texts(model, query, pool)
    own = query.row
    columns = {
        "facts_bm25": bm25,
        "facts_language": language,
        "charge": charge,
        "charge_centre": (has * query.given_centre).max(axis=1, initial=0),
        "charge_neighbours": near @ charge,
        "outline": _dot(pool.outline, own.outline),
        "same_charges": _same(has, query.given),
        "charge_by_facts": by_facts,
        "centre_by_facts": (has * query.centre).max(axis=1, initial=0),
        "neighbours_by_facts": near @ by_facts,
        "facts_topics": _dot(pool.topics, own.topics),
        "reasoning_topics": _dot(pool.reasons, own.topics),
        "statutes": _statutes(model, query, pool),
        "circumstances": _circumstances(model, own, pool),
        "amount": _close(own, pool, "amount"),
        "injury": _injury(own, pool),
        "alcohol": _close(own, pool, "alcohol", 0.3),
        "weight": _close(own, pool, "weight"),
        "role": _equal(own, pool, "role"),
        "procedure": _equal(own, pool, "procedure"),
        "instance": _equal(own, pool, "instance"),
        "recency": np.nan_to_num(pool.number("day").astype(np.float64) / 3652.5),
    }
    # a judgment without a date is as old as the middle of the pool
    days = columns["recency"]
    if (days > 0).any():
        columns["recency"] = np.where(days > 0, days, np.median(days[days > 0]))
    return np.column_stack([columns[name] for name in LABELS])


def standardised(values: Values) -> Values:
    """Each signal less its mean in the pool, in units of its spread there."""
    if not len(values):
        return values
    spread = np.maximum(values.std(axis=0), 1e-3)
    scaled: Values = (values - values.mean(axis=0)) / spread
    return scaled


def _texts(model: CorpusModel, query: Query, pool: Rows) -> tuple[Values, Values]:
    """BM25 (a pair of the case counts once) and the language model, over the account."""
    row = np.repeat(np.arange(len(pool)), np.diff(pool.ends))
    weights = query.weights[pool.pairs]
    hit = weights > 0
    row, pair, weights = row[hit], pool.pairs[hit], weights[hit]
    times = pool.times[hit].astype(np.float64)
    length = np.maximum(pool.number("length").astype(np.float64), 1)
    norm = _K1 * (1 - _B + _B * length / max(model.mean_length, 1))
    worth = weights * times * (_K1 + 1) / (times + norm[row])
    bm25 = np.bincount(row, worth, len(pool)).astype(np.float64)
    ratio = (1 - _SMOOTH) * times / length[row] / (_SMOOTH * np.asarray(model.share)[pair])
    language = np.bincount(row, np.log1p(ratio), len(pool)).astype(np.float64)
    return bm25, language / max(1, len(query.present))


def _multihot(ids: NDArray[np.int16], size: int) -> Values:
    rows = np.zeros((len(ids), size + 1))
    rows[np.arange(len(ids))[:, None], ids] = 1  # -1 is the last column
    kept: Values = rows[:, :size]
    return kept


def _neighbours(pool: Rows) -> Values:
    """How much each judgment of the pool leans on each other, by 本院认为; rows add up to 1."""
    reasons = pool.reasons.astype(np.float32)
    near = np.maximum(reasons @ reasons.T, 0).astype(np.float64) ** _NEIGHBOUR_POWER
    np.fill_diagonal(near, 0)
    weights: Values = near / np.maximum(near.sum(axis=1, keepdims=True), 1e-9)
    return weights


def _dot(pool: NDArray[np.float16], own: NDArray[np.float16]) -> Values:
    return np.asarray(pool.astype(np.float32) @ own[0].astype(np.float32), dtype=np.float64)


def _same(has: Values, given: NDArray[np.int64]) -> Values:
    if not len(given):
        return np.zeros(len(has))
    both = has[:, given].sum(axis=1)
    return np.asarray(both / np.maximum(has.sum(axis=1) + len(given) - both, 1))


def _statutes(model: CorpusModel, query: Query, pool: Rows) -> Values:
    rarity = np.asarray(model.statute_rarity, dtype=np.float64)
    has = _multihot(pool.statutes, len(rarity)) * rarity
    return _cosine(has, query.statutes * rarity)


def _circumstances(model: CorpusModel, own: Rows, pool: Rows) -> Values:
    """Agreement: both hold or both are denied, less those that one has and the other denies."""
    rarity = np.asarray(model.circumstance_rarity, dtype=np.float64)
    return _cosine(pool.circumstances * rarity, own.circumstances[0] * rarity)


def _cosine(rows: Values, one: Values) -> Values:
    lengths = np.linalg.norm(rows, axis=1) * np.linalg.norm(one)
    return np.asarray(rows @ one / np.maximum(lengths, 1e-9))


def _close(own: Rows, pool: Rows, name: str, scale: float = 1.0) -> Values:
    """1 for the same value, falling with the ratio; 0 where either is unknown."""
    gap = np.abs(pool.number(name).astype(np.float64) - float(own.number(name)[0]))
    return np.nan_to_num(np.exp(-gap / scale), nan=0.0)


def _injury(own: Rows, pool: Rows) -> Values:
    """Grades apart; an injury that the case does not have counts against a judgment."""
    theirs, ours = pool.number("injury").astype(np.float64), float(own.number("injury")[0])
    if np.isnan(ours):
        return np.where(np.isnan(theirs), 0.0, -0.3)
    return np.where(np.isnan(theirs), 0.0, 1 - np.abs(theirs - ours) / 4)


def _equal(own: Rows, pool: Rows, name: str) -> Values:
    ours = own.number(name)[0]
    return np.asarray(pool.number(name) == ours, dtype=np.float64)
