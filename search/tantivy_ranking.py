"""The order of the entries that fit: by worth or by day, then by key; flat or by groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from tantivy import DocAddress, Occur, Order, Query, Schema, Searcher, SearchResult

from .protocol import Found, Scored, Sort
from .tantivy_fields import day_of, group_id, keyword_field, sendable

TIES = 1_000
"""As many hits of equal worth are put in order of their keys; more stay in the order of the index,
which holds until the next commit."""

Facets = Mapping[str, tuple[tuple[str, int], ...]]
Hit = tuple[Any, DocAddress]


def matches(found: SearchResult) -> int:
    """How many entries fit; tantivy's own types forget the attribute."""
    return int(found.count)  # type: ignore[attr-defined]


class Ranking:
    """The entries that fit one query in their order."""

    def __init__(
        self, searcher: Searcher, schema: Schema, query: Query, sort: Sort, *, by_key: bool
    ) -> None:
        self._searcher = searcher
        self._schema = schema
        self._query = query
        self._dated = sort != "relevance"
        self._keyed = by_key and not self._dated
        self._order = Order.Desc if sort == "newest" else Order.Asc
        self._field = "day" if self._dated else "k_key" if self._keyed else None

    def _fetch(self, limit: int, query: Query | None = None) -> tuple[int, list[Hit]]:
        size = max(1, min(limit, self._searcher.num_docs))
        found = self._searcher.search(
            query or self._query, size, order_by_field=self._field, order=self._order
        )
        return matches(found), found.hits

    def entries(self, limit: int, offset: int, facets: Facets) -> Found:
        stop = offset + limit
        total, hits = self._fetch(1 if limit < 1 else stop if self._keyed else stop + 20)
        if limit < 1:
            return Found(total, (), facets=facets)
        size = len(hits)
        # hits of equal worth are put in order of key only when all of them are here
        while stop <= len(hits) < total and not self._keyed and hits[-1][0] == hits[stop - 1][0]:
            if self._tied(hits, stop - 1) > TIES:
                break
            size *= 4
            total, hits = self._fetch(min(size, stop + TIES + 1))
        page: list[Scored] = []
        at = 0
        for _, run in groupby(hits[: stop + TIES + 1], key=lambda hit: hit[0]):
            tied = list(run)
            if at + len(tied) > offset:
                page += self._sorted(tied, max(0, offset - at), stop - at)
            at += len(tied)
            if at >= stop:
                break
        return Found(total, tuple(page), facets=facets)

    def _tied(self, hits: Sequence[Hit], at: int) -> int:
        """How many hits are as good as the one at this place, as far as they are here."""
        worth = hits[at][0]
        first = at
        while first > 0 and hits[first - 1][0] == worth:
            first -= 1
        return len(hits) - first

    def _sorted(self, tied: Sequence[Hit], start: int, stop: int) -> list[Scored]:
        if 1 < len(tied) <= TIES:
            return sorted(map(self._entry, tied), key=lambda one: one.key)[start:stop]
        return [self._entry(hit) for hit in tied[start:stop]]

    def _entry(self, hit: Hit) -> Scored:
        worth, address = hit
        stored = self._searcher.doc(address)
        day = stored.get_first("day")
        return Scored(
            key=stored.get_first("k_key") or "",
            group=stored.get_first("k_group") or "",
            score=worth if self._field is None else 1.0,
            day=None if day is None else day_of(day),
        )

    def groups(self, limit: int, offset: int, facets: Facets) -> Found:
        """The groups of the entries that fit, from `offset` on, in the order of their best."""
        size = max(1, self._searcher.num_docs)
        if self._keyed:
            found = self._searcher.search(self._query, size)
            total, hits = matches(found), found.hits
        else:
            total, hits = self._fetch(size)
        if not total:
            return Found(0, (), groups=0, facets=facets)
        ids = self._searcher.fast_field_values("group_id", [address for _, address in hits])
        inside = Counter(ids)
        if self._keyed:
            best = self._first_keys(min(offset + limit, len(inside)))
        else:
            best = self._best(hits, ids, offset + limit)
        page = best[offset : offset + limit]
        return Found(
            total,
            tuple(page),
            groups=len(inside),
            inside={one.group: inside[group_id(one.group)] for one in page},
            facets=facets,
        )

    def _first_keys(self, limit: int) -> list[Scored]:
        """The first entries by key of the first `limit` groups.

        Ordering many entries by key is slow, so each turn leaves out the groups known so far."""
        best: dict[Any, Scored] = {}
        query = self._query
        while len(best) < limit:
            _, hits = self._fetch(max(100, 2 * (limit - len(best))), query)
            if not hits:
                break
            ids = self._searcher.fast_field_values("group_id", [address for _, address in hits])
            for hit, number in zip(hits, ids, strict=True):
                if number not in best:
                    best[number] = self._entry(hit)
            known = Query.term_set_query(
                self._schema, keyword_field("group"), [sendable(one.group) for one in best.values()]
            )
            query = Query.boolean_query([(Occur.Must, self._query), (Occur.MustNot, known)])
        return list(best.values())[:limit]

    def _best(self, hits: Sequence[Hit], ids: Sequence[Any], limit: int) -> list[Scored]:
        """The best hits of the first `limit` groups."""
        best: dict[int, Scored] = {}
        for _, run in groupby(range(len(hits)), key=lambda at: hits[at][0]):
            fresh = [at for at in run if ids[at] not in best]
            ranked: Iterable[tuple[Scored, int]]
            ranked = ((self._entry(hits[at]), ids[at]) for at in fresh)
            if 1 < len(fresh) <= TIES:
                ranked = sorted(ranked, key=lambda pair: pair[0].key)
            for one, number in ranked:
                best.setdefault(number, one)
                if len(best) >= limit:
                    break
            if len(best) >= limit:
                break
        return list(best.values())[:limit]
