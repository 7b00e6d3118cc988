"""Entries that have much in common with a text: its most telling pairs, any of them.

A pair counts as often as it stands in the text. This and the number of pairs were measured on
LeCaRD (docs/decisions-search.md).
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
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]{2,}")


def likeness(searcher: Searcher, schema: Schema, text: str) -> Query | None:
    """A query for the pairs of a search form with the highest tf · idf; None if it has none that
    the index knows. Only pairs of two Chinese characters count."""
    found: Counter[str] = Counter()
    for run in _CHINESE.findall(text):
        found.update(map(add, run, run[1:]))
    field = text_field("text")
    total = searcher.num_docs
    worth: list[tuple[float, str, int]] = []
    for pair, times in found.most_common(_CANDIDATES):
        entries = searcher.doc_freq(field, pair)
        if entries:
            worth.append((-times * log(1 + total / entries), pair, times))
    if not worth:
        return None
    return Query.boolean_query(
        [
            (
                Occur.Should,
                Query.boost_query(
                    Query.term_query(schema, field, pair, index_option="freq"), float(times)
                ),
            )
            for _, pair, times in sorted(worth)[:_TERMS]
        ]
    )
