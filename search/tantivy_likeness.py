"""Entries that have much in common with a text: its most telling pairs, any of them.

A pair counts as often as it stands in the text. This and the number of pairs were measured on
LeCaRD (docs/decisions-search.md). Time goes with the entries that have the pairs, so in a large
index the most common pairs are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from math import log
from operator import add

from tantivy import Occur, Query, Schema, Searcher

from .tantivy_fields import text_field

_TERMS = 300
_CANDIDATES = 1_500
_MOST_READ, _OF_ONE = 8_000_000, 500_000
"""Entries that are read for all pairs together, and for one: some 10 ns each. A pair that is chosen
stands in 7 % of judgments, so that up to some 300,000 of them nothing is left out."""
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,}")


def likeness(searcher: Searcher, schema: Schema, text: str) -> Query | None:
    """A query for the pairs of a search form with the highest tf · idf; None if it has none that
    the index knows. Only pairs of two Chinese characters count."""
    found: Counter[str] = Counter()
    for run in _CHINESE.findall(text):
        found.update(map(add, run, run[1:]))
    field = text_field("text")
    total = searcher.num_docs
    worth: list[tuple[float, str, int, int]] = []
    for pair, times in found.most_common(_CANDIDATES):
        entries = searcher.doc_freq(field, pair)
        if entries:
            worth.append((-times * log(1 + total / entries), pair, times, entries))
    chosen: list[tuple[str, int]] = []
    left = _MOST_READ
    for _, pair, times, entries in sorted(worth):
        if entries <= min(left, _OF_ONE) and len(chosen) < _TERMS:
            chosen.append((pair, times))
            left -= entries
    if worth and not chosen:  # nothing but what stands nearly everywhere
        _, pair, times, _ = min(worth, key=lambda each: each[3])
        chosen = [(pair, times)]
    if not chosen:
        return None
    return Query.boolean_query(
        [
            (
                Occur.Should,
                Query.boost_query(
                    Query.term_query(schema, field, pair, index_option="freq"), float(times)
                ),
            )
            for pair, times in chosen
        ]
    )
