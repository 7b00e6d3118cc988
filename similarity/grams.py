"""Pairs of neighbouring Chinese characters, counted fast: what every text view is made of.

Words are not cut (docs/decisions-search.md): pairs lose nothing. Figures and Latin letters are left
out: amounts, dates and numbers are compared as numbers, or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Floats = NDArray[np.float32]

_FIRST, _LAST = 0x4E00, 0x9FFF
_SIZE = _LAST - _FIRST + 2


def pairs(text: str) -> Codes:
    """Codes of the pairs of a text in order; white space does not part characters."""
    plain = "".join(text.split())
    signs = np.frombuffer(plain.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.int64)
    chinese = (signs >= _FIRST) & (signs <= _LAST)
    rank = np.where(chinese, signs - _FIRST + 1, 0)
    both = chinese[:-1] & chinese[1:]
    codes: Codes = (rank[:-1] * _SIZE + rank[1:])[both]
    return codes


def counted(text: str) -> tuple[Codes, NDArray[np.int64]]:
    """The different pairs of a text, ascending, and how often each stands in it."""
    return np.unique(pairs(text), return_counts=True)


def vocabulary(texts: Iterable[str], *, least: int = 8, most: float = 0.9) -> Codes:
    """Pairs that stand in at least `least` texts and at most the share `most` of them, ascending.

    Of fewer than 50 texts every pair counts."""
    each = [np.unique(pairs(text)) for text in texts]
    if not each:
        return np.zeros(0, np.int64)
    codes, times = np.unique(np.concatenate(each), return_counts=True)
    if len(each) < 50:
        return codes
    kept: Codes = codes[(times >= least) & (times <= most * len(each))]
    return kept


def count_matrix(texts: Sequence[str], known: Codes) -> sp.csr_matrix:
    """How often each known pair stands in each text: texts × pairs, float32, indices ascending."""
    ids: list[NDArray[np.int64]] = []
    counts: list[NDArray[np.int64]] = []
    ends = np.zeros(len(texts) + 1, np.int64)
    for number, text in enumerate(texts):
        codes, times = counted(text)
        place = np.searchsorted(known, codes)
        place[place == len(known)] = 0
        here = known[place] == codes if len(known) else np.zeros(len(codes), bool)
        ids.append(place[here])
        counts.append(times[here])
        ends[number + 1] = ends[number] + len(ids[-1])
    shape = (len(texts), len(known))
    if not texts:
        return sp.csr_matrix(shape, dtype=np.float32)
    data = np.concatenate(counts).astype(np.float32)
    return sp.csr_matrix((data, np.concatenate(ids), ends), shape=shape)
