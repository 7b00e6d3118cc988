"""What is learned from a corpus of judgments, without any label but what the judgments say.

Fitted once on the corpus (or on a sample of it), then fixed: judgments added later are described
with it, so that nothing stored changes. `drift` says when it should be fitted anew.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from .chargemodel import fit_charges
from .grams import Codes, Floats, count_matrix, vocabulary
from .values import CaseProfile

_FORM = 1
_STATUTE_RIDGE = 10.0
_SHARPNESS = 10.0
"""Topic vectors have length 1; the classifier sees them stretched."""


@dataclass(frozen=True, eq=False)
class CorpusModel:
    """Arrays of V pairs, T terms, D topics, C charges, S statutes, K circumstances.

    `pairs` [V] codes of the accounts' pairs, ascending; `rarity` [V] idf of BM25; `share` [V] of
    each pair in the corpus; `terms` [T] codes of those that stand in enough facts to learn from,
    ascending; `idf` [T] for cosine views; `axes` [T, D] of the topics (LSA);
    `charge_weights` [D + 1, C]; `centres` [C, T] mean facts of each charge, length 1;
    `statute_weights` [D + 1, S]; `statute_rarity` [S]; `circumstance_rarity` [K]
    """

    pairs: Codes
    terms: Codes
    idf: Floats
    rarity: Floats
    share: Floats
    axes: Floats
    charge_weights: Floats
    centres: Floats
    statute_weights: Floats
    statute_rarity: Floats
    circumstance_rarity: Floats
    charges: tuple[str, ...]
    statutes: tuple[str, ...]
    circumstances: tuple[str, ...]
    mean_length: float
    fitted_on: int

    def view(self, texts: Sequence[str]) -> sp.csr_matrix:
        """Texts × T: see `weighed`."""
        return self.weighed(count_matrix(texts, self.terms))

    def weighed(self, counts: sp.csr_matrix) -> sp.csr_matrix:
        """TF-IDF with logarithmic frequencies, rows of length 1."""
        view = counts.copy()
        view.data = (1 + np.log(view.data)) * self.idf[view.indices]
        # to the bit what sklearn's `normalize` gives, whose import takes a second
        row = np.repeat(np.arange(view.shape[0]), np.diff(view.indptr))
        squares = (view.data * view.data).astype(np.float64)
        lengths = np.sqrt(np.bincount(row, squares, view.shape[0]))
        view.data = (view.data / lengths[row]).astype(np.float32)
        return view

    def topics(self, weighed: sp.csr_matrix) -> Floats:
        """Texts × D, rows of length 1 (0 for a text without known pairs)."""
        rows: Floats = np.asarray(weighed @ self.axes, dtype=np.float32)
        return unit(rows)

    def charge_scores(self, topics: Floats) -> Floats:
        """Texts × C: logits of the linear model on topics."""
        scores: Floats = _SHARPNESS * topics @ self.charge_weights[:-1] + self.charge_weights[-1]
        return scores

    def statute_scores(self, topics: Floats) -> Floats:
        """Texts × S: how likely each statute is cited, 0–1."""
        raw = _SHARPNESS * topics @ self.statute_weights[:-1] + self.statute_weights[-1]
        scores: Floats = np.clip(raw, 0, 1)
        return scores

    def save(self, folder: Path) -> None:
        """Write into an empty or absent folder: arrays as .npy, the rest as model.json."""
        folder.mkdir(parents=True, exist_ok=True)
        plain = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                np.save(folder / f"{field.name}.npy", value, allow_pickle=False)
            else:
                plain[field.name] = value
        text = json.dumps({"form": _FORM, **plain}, ensure_ascii=False, indent=1)
        (folder / "model.json").write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> CorpusModel:
        """Read what `save` wrote; arrays stay on disk until used. Raises OSError, ValueError."""
        plain = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if plain.pop("form", None) != _FORM:
            raise ValueError(f"{folder}: not a corpus model of form {_FORM}; fit it anew")
        arrays = {
            field.name: np.load(folder / f"{field.name}.npy", mmap_mode="r", allow_pickle=False)
            for field in fields(cls)
            if field.name not in plain
        }
        for name in ("charges", "statutes", "circumstances"):
            plain[name] = tuple(plain[name])
        return cls(**arrays, **plain)


def unit(rows: NDArray[np.float32]) -> Floats:
    """Rows of length 1; rows of zeros stay."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    scaled: Floats = (rows / np.maximum(lengths, 1e-9)).astype(np.float32)
    return scaled


def fit_model(
    profiles: Sequence[CaseProfile], *, topics: int = 300, seed: int = 0, steps: int = 80
) -> CorpusModel:
    """Learn from judgments (with facts, reasoning, charges and statutes). Deterministic.

    Takes about a minute for 10,000; of a larger corpus give an even sample. Raises ValueError for
    fewer than two judgments with facts.
    """
    from sklearn.decomposition import TruncatedSVD  # takes a second; only learning needs it

    told = [p for p in profiles if p.facts]
    if len(told) < 2:
        raise ValueError("a corpus model needs at least two judgments with facts")
    accounts = [p.account or p.facts for p in told]
    pairs = vocabulary(accounts, least=3)
    known = vocabulary([p.facts for p in told])
    everything = count_matrix(accounts, pairs)
    facts = count_matrix([p.facts for p in told], known)
    count = len(told)
    spread = np.bincount(everything.indices, minlength=len(pairs))
    within = np.bincount(facts.indices, minlength=len(known))
    total = np.asarray(everything.sum(axis=0)).ravel() + 0.5
    idf = (np.log((1 + count) / (1 + within)) + 1).astype(np.float32)
    model = CorpusModel(
        pairs=pairs,
        terms=known,
        idf=idf,
        rarity=np.log(1 + (count - spread + 0.5) / (spread + 0.5)).astype(np.float32),
        share=(total / total.sum()).astype(np.float32),
        axes=np.zeros((len(known), 0), np.float32),
        charge_weights=np.zeros((1, 0), np.float32),
        centres=np.zeros((0, len(known)), np.float32),
        statute_weights=np.zeros((1, 0), np.float32),
        statute_rarity=np.zeros(0, np.float32),
        circumstance_rarity=np.zeros(0, np.float32),
        charges=_often((p.charges for p in told), 3 if count >= 200 else 1),
        statutes=_often((p.statutes for p in told), 5 if count >= 200 else 1),
        circumstances=_often(([code for code, _ in p.circumstances] for p in told), 1),
        mean_length=float(everything.sum() / count),
        fitted_on=count,
    )
    view = model.weighed(facts)
    size = max(1, min(topics, count - 1, len(known) - 1))
    svd = TruncatedSVD(size, n_iter=3, random_state=seed).fit(view)
    model = _with(model, axes=np.ascontiguousarray(svd.components_.T.astype(np.float32)))
    rows = model.topics(view)
    labels = label_matrix([p.charges for p in told], model.charges)
    shares = labels / np.maximum(labels.sum(axis=1, keepdims=True), 1)
    centres = unit((sp.csr_matrix(shares).T @ view).toarray())
    cited = label_matrix([p.statutes for p in told], model.statutes)
    found = label_matrix([[c for c, _ in p.circumstances] for p in told], model.circumstances)
    wide = np.hstack([_SHARPNESS * rows, np.ones((count, 1), np.float32)])
    inner = wide.T @ wide + _STATUTE_RIDGE * np.eye(wide.shape[1])
    # a query tells the facts in short
    short = model.topics(model.view([p.facts[:500] for p in told]))
    return _with(
        model,
        centres=centres,
        charge_weights=fit_charges(
            _SHARPNESS * np.vstack([rows, short]), np.vstack([shares, shares]), steps
        ),
        statute_weights=np.linalg.solve(inner, wide.T @ cited).astype(np.float32),
        statute_rarity=_rarity(cited),
        circumstance_rarity=_rarity(found),
    )


def _rarity(labels: Floats) -> Floats:
    return np.asarray(np.log((1 + len(labels)) / (1 + labels.sum(axis=0))), dtype=np.float32)


def label_matrix(said: Sequence[Sequence[str]], known: Sequence[str]) -> Floats:
    """Judgments × labels, 1 where the judgment has the label."""
    place = {name: number for number, name in enumerate(known)}
    rows = np.zeros((len(said), len(known)), np.float32)
    for number, names in enumerate(said):
        for name in names:
            if name in place:
                rows[number, place[name]] = 1
    return rows


def _often(said: Iterable[Sequence[str]], least: int) -> tuple[str, ...]:
    times = Counter(name for names in said for name in names)
    return tuple(sorted(name for name, count in times.items() if count >= least))


def _with(model: CorpusModel, **changes: object) -> CorpusModel:
    values = {field.name: getattr(model, field.name) for field in fields(model)}
    return CorpusModel(**{**values, **changes})
