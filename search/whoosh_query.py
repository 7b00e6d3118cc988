"""From a plan to a Whoosh query.

These are Whoosh queries, with a matcher that has looked up its whole segment at once. Whoosh's own
matchers walk from entry to entry in Python; its `Phrase` allows no choice of characters; and its
AND NOT (3.54) lets an entry through that it should hold back, when it is the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log

import numpy as np
from whoosh import matching, query
from whoosh.scoring import BM25F, bm25
from whoosh.searching import SearchContext, Searcher

from .entry import KEYWORD_FIELDS, TEXT_FIELDS
from .plan import (
    And,
    Days,
    Everything,
    Exactly,
    Not,
    Nothing,
    Or,
    Plan,
    Preferring,
    Similar,
    Substring,
    Weighted,
    WholeWord,
    WordPrefix,
)
from .whoosh_build import CHARACTER, WORDS, code_points, octets
from .whoosh_file import Numbers
from .whoosh_reader import Ids, SegmentLeaf, Span

SCORED = SearchContext(weighting=BM25F())
UNSCORED = SearchContext(weighting=None)
_SLIP = 0.5
"""What an occurrence with one edit counts beside an exact one."""
_COMMON = 300
"""Pairs that `Shared` compares at most."""
_CHINESE = ((0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))

Piece = tuple[int, tuple[Span, ...]]
"""A part of a string: how many characters after its beginning, and which pairs may be there."""
Chain = tuple[Piece, ...]


class ArrayMatcher(matching.ListMatcher):  # type: ignore[misc]
    """Entries of one segment, ascending, with their scores (None: nobody asked)."""

    def __init__(self, ids: Ids, scores: Numbers | None, position: int = 0) -> None:
        super().__init__(ids, scores, position=position)
        self.ids = ids
        self.scores = scores

    def copy(self) -> ArrayMatcher:
        return ArrayMatcher(self.ids, self.scores, self._i)

    def supports_block_quality(self) -> bool:
        return False

    def score(self) -> float:
        return 0.0 if self.scores is None else float(self.scores[self._i])

    def skip_to(self, id: int) -> None:
        if not self.is_active():
            raise matching.ReadTooFar
        self._i += int(np.searchsorted(self.ids[self._i :], id))


class Leaf(query.Query):  # type: ignore[misc]
    """A query that finds its entries itself; made for one search."""

    constant = False

    def __init__(self) -> None:
        self._found: dict[int, tuple[Ids, Numbers]] = {}
        self._factors: tuple[float, float] | None = None

    def find(self, leaf: SegmentLeaf) -> tuple[Ids, Numbers]:
        """Entries of a segment that fit, ascending, and how often each does."""
        raise NotImplementedError

    def field(self) -> str:
        return "text"

    def _known(self, leaf: SegmentLeaf) -> tuple[Ids, Numbers]:
        if id(leaf) not in self._found:
            ids, times = self.find(leaf)
            if leaf.dead:
                alive = leaf.alive[ids]
                ids, times = ids[alive], times[alive]
            self._found[id(leaf)] = (ids, times)
        return self._found[id(leaf)]

    def matcher(self, searcher: Searcher, context: SearchContext | None = None) -> ArrayMatcher:
        ids, times = self._known(searcher.reader())
        if context is None or context.weighting is None:
            return ArrayMatcher(ids, None)
        if self.constant or not len(ids):
            return ArrayMatcher(ids, np.ones(len(ids)))
        return ArrayMatcher(ids, self.score(searcher, ids, times))

    def score(self, searcher: Searcher, ids: Ids, times: Numbers) -> Numbers:
        """BM25 of entries of one segment; how rare it all is, is a matter of the whole index."""
        if self._factors is None:
            leaves = [sub.reader() for sub, _ in searcher.get_parent().leaf_searchers()]
            entries = sum(each.doc_count_all() for each in leaves)
            fitting = sum(len(self._known(each)[0]) for each in leaves)
            total = sum(each.total(self.field()) for each in leaves)
            self._factors = (log(entries / (fitting + 1)) + 1, max(total, 1) / entries)
        rarity, average = self._factors
        weighting = SCORED.weighting
        lengths = searcher.reader().lengths(self.field())[ids].astype(float)
        scores: Numbers = bm25(rarity, times, lengths, average, weighting.B, weighting.K1)
        return scores


class All(Leaf):
    """Every entry."""

    constant = True

    def find(self, leaf: SegmentLeaf) -> tuple[Ids, Numbers]:
        return leaf.everyone, np.ones(len(leaf.everyone))


class Between(Leaf):
    """Entries of known days."""

    constant = True

    def __init__(self, first: int, last: int) -> None:
        super().__init__()
        self._span = (first, last)

    def find(self, leaf: SegmentLeaf) -> tuple[Ids, Numbers]:
        days = leaf.days()
        first, last = self._span
        ids = np.flatnonzero((days >= max(first, 1)) & (days <= last))
        return ids, np.ones(len(ids))


class Holding(Leaf):
    """Entries with certain values, or with words."""

    def __init__(self, field: str, spans: Sequence[tuple[bytes, bytes | None]]) -> None:
        super().__init__()
        self._name = field
        self._spans = spans
        self.constant = field != WORDS

    def find(self, leaf: SegmentLeaf) -> tuple[Ids, Numbers]:
        entries = [leaf.holders(self._name, low, high) for low, high in self._spans]
        return _tally(leaf, np.concatenate(entries) if entries else np.zeros(0, np.uint32))


class Strung(Leaf):
    """Entries with one of several strings; `weights` says what each of them counts."""

    def __init__(self, field: str, chains: Sequence[tuple[Chain, float]]) -> None:
        super().__init__()
        self._name = field
        self._chains = chains

    def field(self) -> str:
        return self._name

    def find(self, leaf: SegmentLeaf) -> tuple[Ids, Numbers]:
        reach = _Reach(leaf, self._name)
        if len(self._chains) == 1:
            return reach.entries(self._chains[0][0])
        weights = np.zeros(leaf.doc_count_all())
        for chain, weight in self._chains:
            ids, times = reach.entries(chain)
            weights[ids] += times * weight
        ids = np.flatnonzero(weights)
        return ids, weights[ids]


class _Reach:
    """Looks for strings in one field of one segment."""

    def __init__(self, leaf: SegmentLeaf, field: str) -> None:
        self._leaf = leaf
        self._field = field
        self._shift = leaf.shift(field)
        self._kept: dict[tuple[Span, ...], tuple[Numbers, bool]] = {}

    def _spots(self, spans: tuple[Span, ...]) -> tuple[Numbers, bool]:
        """Where the pairs are, and whether in order."""
        if spans not in self._kept:
            one = len(spans) == 1 and spans[0][1] - spans[0][0] == 1
            self._kept[spans] = (self._leaf.spots(self._field, spans), one)
        return self._kept[spans]

    def _ordered(self, spans: tuple[Span, ...]) -> Numbers:
        spots, ordered = self._spots(spans)
        if not ordered:
            spots = np.sort(spots)
            self._kept[spans] = (spots, True)
        return spots

    def entries(self, chain: Chain) -> tuple[Ids, Numbers]:
        """Entries with all pieces of the chain, each at its distance from the others."""
        pieces = sorted(chain, key=lambda piece: len(self._spots(piece[1])[0]))
        offset, spans = pieces[0]
        spots = self._spots(spans)[0]
        if len(pieces) > 1:
            spots = self._begins(spots, offset)
        for offset, spans in pieces[1:]:
            if not len(spots):
                break
            spots = self._followed(spots, offset, self._ordered(spans))
        return _tally(self._leaf, spots >> spots.dtype.type(self._shift))

    def _begins(self, spots: Numbers, offset: int) -> Numbers:
        """Where a string begins whose part stands `offset` further on."""
        if offset > (most := (1 << self._shift) - 1):
            return spots[:0]
        number = spots.dtype.type
        begins: Numbers = spots[(spots & number(most)) >= number(offset)] - number(offset)
        return begins

    def _followed(self, spots: Numbers, offset: int, others: Numbers) -> Numbers:
        """The `spots` that have one of the `others` `offset` further on, in the same entry."""
        most = (1 << self._shift) - 1
        if offset > most or not len(others):
            return spots[:0]
        number = spots.dtype.type
        spots = spots[(spots & number(most)) <= number(most - offset)]
        wanted = spots + number(offset)
        places = np.minimum(np.searchsorted(others, wanted), len(others) - 1)
        followed: Numbers = spots[others[places] == wanted]
        return followed


def _tally(leaf: SegmentLeaf, entries: Numbers) -> tuple[Ids, Numbers]:
    """Each entry once, and how often it is there."""
    if len(entries) and int(entries.max()) >= leaf.doc_count_all():
        raise leaf.file.damaged()
    if len(entries) < 1000:
        ids, times = np.unique(entries, return_counts=True)
        return ids.astype(np.int64), times
    times = np.bincount(entries, minlength=leaf.doc_count_all())
    ids = np.flatnonzero(times)
    return ids, times[ids]


class Shared(Leaf):
    """Entries that have pairs of Chinese characters in common with a text: its most telling pairs,
    any of them. A pair counts as often as it stands in the text (measured on LeCaRD with the other
    engine, docs/decisions-search.md)."""

    def __init__(self, text: str) -> None:
        super().__init__()
        points = code_points(text)
        chinese = np.zeros(len(points), bool)
        for first, last in _CHINESE:
            chinese |= (points >= first) & (points <= last)
        both = np.flatnonzero(chinese[:-1] & chinese[1:])
        codes = (points[both] << np.uint64(CHARACTER)) | points[both + 1]
        self._codes, self._times = np.unique(codes, return_counts=True)
        self._weights: Numbers | None = None

    def _weigh(self, searcher: Searcher) -> Numbers:
        if self._weights is None:
            leaves = [sub.reader() for sub, _ in searcher.get_parent().leaf_searchers()]
            entries = sum(leaf.doc_count_all() for leaf in leaves)
            amounts = sum(leaf.amounts("text", self._codes) for leaf in leaves)
            rarity = np.log(1 + entries / (np.asarray(amounts) + 1))
            worth = np.where(np.asarray(amounts) > 0, self._times * rarity, 0.0)
            best = np.argsort(-worth, kind="stable")[:_COMMON]
            self._weights = np.zeros(len(worth))
            self._weights[best] = worth[best]
        return self._weights

    def matcher(self, searcher: Searcher, context: SearchContext | None = None) -> ArrayMatcher:
        weights = self._weigh(searcher)
        leaf: SegmentLeaf = searcher.reader()
        reach = _Reach(leaf, "text")
        scores = np.zeros(leaf.doc_count_all())
        lengths = leaf.lengths("text").astype(float)
        leaves = [sub.reader() for sub, _ in searcher.get_parent().leaf_searchers()]
        average = sum(each.total("text") for each in leaves) or 1
        average /= sum(each.doc_count_all() for each in leaves)
        model = SCORED.weighting
        for number in np.flatnonzero(weights).tolist():
            code = int(self._codes[number])
            ids, times = reach.entries(((0, ((code, code + 1),)),))
            part = bm25(float(weights[number]), times, lengths[ids], average, model.B, model.K1)
            scores[ids] += part
        scores[list(leaf.dead)] = 0
        ids = np.flatnonzero(scores)
        return ArrayMatcher(ids, scores[ids])


class AllOf(query.And):  # type: ignore[misc]
    """Entries that fit all parts."""

    def matcher(self, searcher: Searcher, context: SearchContext | None = None) -> ArrayMatcher:
        found = sorted(_matchers(self.subqueries, searcher, context), key=lambda m: len(m.ids))
        ids, scores = found[0].ids, found[0].scores
        for other in found[1:]:
            ids, mine, others = np.intersect1d(
                ids, other.ids, assume_unique=True, return_indices=True
            )
            if scores is not None and other.scores is not None:
                scores = scores[mine] + other.scores[others]
        return ArrayMatcher(ids, scores)


class AnyOf(query.Or):  # type: ignore[misc]
    """Entries that fit at least one part."""

    def matcher(self, searcher: Searcher, context: SearchContext | None = None) -> ArrayMatcher:
        found = _matchers(self.subqueries, searcher, context)
        fits = np.zeros(searcher.doc_count_all(), bool)
        scores = None if context is None or context.weighting is None else np.zeros(len(fits))
        for each in found:
            fits[each.ids] = True
            if scores is not None and each.scores is not None:
                scores[each.ids] += each.scores
        ids = np.flatnonzero(fits)
        return ArrayMatcher(ids, None if scores is None else scores[ids])


class Without(query.AndNot):  # type: ignore[misc]
    """Entries that fit the first part and not the second."""

    def matcher(self, searcher: Searcher, context: SearchContext | None = None) -> ArrayMatcher:
        found: ArrayMatcher = self.a.matcher(searcher, context)
        kept = np.isin(found.ids, self.b.matcher(searcher, UNSCORED).ids, invert=True)
        return ArrayMatcher(found.ids[kept], None if found.scores is None else found.scores[kept])


class Rather(query.AndMaybe):  # type: ignore[misc]
    """Entries that fit the first part; those that also fit the second score more."""

    def matcher(self, searcher: Searcher, context: SearchContext | None = None) -> ArrayMatcher:
        found: ArrayMatcher = self.a.matcher(searcher, context)
        wish: ArrayMatcher = self.b.matcher(searcher, context)
        if found.scores is None or wish.scores is None:
            return found
        scores = np.zeros(searcher.doc_count_all())
        scores[wish.ids] = wish.scores
        return ArrayMatcher(found.ids, found.scores + scores[found.ids])


class Boosted(query.Query):  # type: ignore[misc]
    """The same entries as `part`, its scores times `weight`."""

    def __init__(self, part: query.Query, weight: float) -> None:
        self.part = part
        self.weight = weight

    def matcher(self, searcher: Searcher, context: SearchContext | None = None) -> ArrayMatcher:
        found: ArrayMatcher = self.part.matcher(searcher, context)
        return ArrayMatcher(found.ids, None if found.scores is None else found.scores * self.weight)


def _matchers(
    parts: Sequence[query.Query], searcher: Searcher, context: SearchContext | None
) -> list[ArrayMatcher]:
    return [part.matcher(searcher, context) for part in parts]


def compiled(plan: Plan) -> query.Query:
    """The Whoosh query that finds what the plan says. It is good for one search."""
    match plan:
        case Everything():
            return All()
        case Nothing():
            return AnyOf([])
        case Substring(field, text):
            _known(field, TEXT_FIELDS)
            return Strung(field, [(_chain([(0, tuple(text))]), 1.0)])
        case Similar(field, alternatives, one_edit):
            _known(field, TEXT_FIELDS)
            return Strung(field, list(_similar(alternatives, one_edit)))
        case WholeWord(text):
            return Holding(WORDS, [(octets(text), None)])
        case WordPrefix(text):
            start = octets(text)
            return Holding(WORDS, [(start, start + b"\xff")])  # no text has the byte ff
        case Days(first, last):
            low = 1 if first is None else first.toordinal()
            return Between(low, 1 << 31 if last is None else last.toordinal())
        case Exactly(field, values):
            _known(field, KEYWORD_FIELDS)
            return Holding(
                field, [(octets(value), None) for value in dict.fromkeys(values) if value]
            )
        case And(parts):
            return _all_of(parts)
        case Or(parts):
            return AnyOf([compiled(part) for part in parts])
        case Not(part):
            return _all_of((plan,))
        case Weighted(part, weight):
            return Boosted(compiled(part), weight)
        case Preferring(part, wishes):
            return Rather(compiled(part), AnyOf([compiled(wish) for wish in wishes]))


def _known(field: str, fields: Sequence[str]) -> None:
    if field not in fields:
        raise KeyError(field)


def _all_of(parts: Sequence[Plan]) -> query.Query:
    wanted = [compiled(part) for part in parts if not isinstance(part, Not)]
    unwanted = [compiled(part.part) for part in parts if isinstance(part, Not)]
    made = AllOf(wanted) if wanted else All()
    return Without(made, AnyOf(unwanted)) if unwanted else made


# strings


def _spans(first: str, second: str | None) -> tuple[Span, ...]:
    """Pairs of one of the characters `first` and one of `second` (None: any, or the text ends)."""
    if second is None:
        return tuple((ord(a) << CHARACTER, (ord(a) + 1) << CHARACTER) for a in dict.fromkeys(first))
    codes = dict.fromkeys((ord(a) << CHARACTER) | ord(b) for a in first for b in second)
    return tuple((code, code + 1) for code in codes)


def _chain(parts: Sequence[tuple[int, Sequence[str]]]) -> Chain:
    """Strings, each of them beginning at a character; every second pair is enough."""
    pieces: list[Piece] = []
    for at, places in parts:
        size = len(places)
        if size == 1:
            pieces.append((at, _spans(places[0], None)))
            continue
        starts = [*range(0, size - 1, 2), *([size - 2] if size % 2 else [])]
        pieces += [(at + n, _spans(places[n], places[n + 1])) for n in starts]
    return tuple(pieces)


def _similar(alternatives: Sequence[str], one_edit: bool) -> Iterator[tuple[Chain, float]]:
    """The ways in which a string may stand there, and what each counts."""
    text = [each[0] for each in alternatives]
    size = len(text)
    yield _chain([(0, text)]), 1 - _SLIP
    yield _chain([(0, alternatives)]), _SLIP
    if not one_edit or size < 2:
        return
    # at the ends: what is left stands in every such way
    yield _chain([(0, text[1:])]), _SLIP / 2
    yield _chain([(0, text[:-1])]), _SLIP / 2
    for at in range(1, size):
        yield _chain([(0, text[:at]), (at + 1, text[at:])]), _SLIP  # one too many
        if at < size - 1:
            yield _chain([(0, text[:at]), (at + 1, text[at + 1 :])]), _SLIP  # another one
            yield _chain([(0, text[:at] + text[at + 1 :])]), _SLIP  # one missing
