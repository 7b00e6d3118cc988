"""Entries become a segment, and several segments become one.

Whoosh's own writer makes a Python tuple of every posting (170 pages a second); here all pairs of a
batch are cut, sorted and counted at once as arrays.

An occurrence is one number: the entry's number in its segment above, the position below. Small
segments of short texts need 16 bits for each, others 32. So a list of occurrences is sorted, and
"the same entry, k characters further on" is an addition.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .analysis import BREAK, joined, words
from .entry import KEYWORD_FIELDS, TEXT_FIELDS, Entry
from .whoosh_file import Numbers, SealedFile, SealedWriter

Codes = NDArray[np.uint64]
"""Pairs as numbers: the first character times 2^21, plus the second; 0 for "the text ends"."""

CHARACTER = 21
WORDS = "words"
_GAP = BREAK * 4
"""Between two texts of one field: so far apart that no misread character can bridge them."""
_BREAK = ord(BREAK)
_PORTION = 1 << 21
"""Occurrences that are sorted in memory at once when segments are merged."""
MOST_ENTRIES = 1 << 16
MOST_OCCURRENCES = 1 << 27
"""Larger segments are not made by merging."""


def code_points(text: str) -> NDArray[np.uint64]:
    """The characters of a text as numbers."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)


def octets(text: str) -> bytes:
    """A text as an index keeps it; also one with half a surrogate pair."""
    return text.encode("utf-8", "surrogatepass")


def characters(data: bytes) -> str:
    """The reverse of `octets`."""
    return data.decode("utf-8", "surrogatepass")


class Batch:
    """Entries on their way into one segment."""

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {field: [] for field in TEXT_FIELDS}
        self._keywords: dict[str, dict[str, list[int]]] = {field: {} for field in KEYWORD_FIELDS}
        self._words: dict[str, list[int]] = {}
        self._days: list[int] = []
        self.keys: dict[str, int] = {}
        self.dead: set[int] = set()
        self.size = 0  # characters

    def __len__(self) -> int:
        return len(self._days)

    def add(self, entry: Entry) -> None:
        """Take one more; it replaces one with the same key."""
        number = len(self)
        self.drop(entry.key)
        for field, texts in self._texts.items():
            text = joined(entry.texts(field)).replace(BREAK, _GAP)
            texts.append(text)
            self.size += len(text)
        for word in words(entry.text):
            self._words.setdefault(word, []).append(number)
        for field, values in self._keywords.items():
            always = field in ("key", "group")  # each entry has one, if only ""
            own = (getattr(entry, field),) if always else entry.keywords(field)
            for value in dict.fromkeys(own):
                values.setdefault(value, []).append(number)
        self.keys[entry.key] = number
        self._days.append(0 if entry.day is None else entry.day.toordinal())

    def drop(self, key: str) -> None:
        """Take out the entry with this key, if it is here."""
        number = self.keys.pop(key, None)
        if number is not None:
            self.dead.add(number)

    def write(self, path: Path) -> None:
        """Make the segment."""
        with SealedWriter(path) as out:
            for field, texts in self._texts.items():
                _write_text(out, field, texts)
            _write_terms(out, WORDS, self._words, len(self))
            for field, values in self._keywords.items():
                _write_terms(out, field, values, len(self), column=True)
            out.section("days", "u4", [np.array(self._days, np.uint32)])
            out.finish({"entries": len(self)})


def _write_text(out: SealedWriter, field: str, texts: Sequence[str]) -> None:
    points = code_points(BREAK.join(texts) + BREAK)
    sizes = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    starts = np.cumsum(sizes) - sizes
    kept = np.flatnonzero(points != _BREAK)
    first = points[kept]
    second = points[kept + 1]
    second[second == _BREAK] = 0
    codes: Codes = (first << np.uint64(CHARACTER)) | second
    entries = np.repeat(np.arange(len(texts)), sizes)[kept]
    positions = kept - starts[entries]
    small = len(texts) <= 1 << 16 and (not len(sizes) or int(sizes.max()) <= 1 << 16)
    shift = 16 if small else 32
    keys = ((entries << shift) | positions).astype(np.uint32 if small else np.uint64)
    order = np.argsort(codes, kind="stable")
    codes = codes[order]
    begins = np.flatnonzero(np.concatenate((codes[:1] == codes[:1], codes[1:] != codes[:-1])))
    lengths = np.bincount(entries, minlength=len(texts))
    _write_codes(out, field, codes[begins], np.append(begins, len(codes)), lengths)
    out.section(f"{field}/occurrences", "u4" if small else "u8", [keys[order]])


def _write_codes(
    out: SealedWriter, field: str, codes: Codes, starts: Numbers, lengths: Numbers
) -> None:
    out.section(f"{field}/pairs", "u8", [codes])
    out.section(f"{field}/starts", "u8", [starts])
    out.section(f"{field}/lengths", "u4", [lengths])


def _write_terms(
    out: SealedWriter,
    field: str,
    values: dict[str, list[int]],
    count: int,
    *,
    column: bool = False,
) -> None:
    """Values as a whole: in which entries each stands and, for a column, the values of each entry
    as numbers of the values in their order."""
    by_bytes = sorted((octets(value), entries) for value, entries in values.items())
    out.strings(f"={field}/values", [value for value, _ in by_bytes])
    sizes = np.fromiter((len(entries) for _, entries in by_bytes), np.int64, len(by_bytes))
    entries = np.fromiter(chain.from_iterable(e for _, e in by_bytes), np.int64, int(sizes.sum()))
    _write_lists(out, field, sizes, entries, count, column=column)


def _write_lists(
    out: SealedWriter, field: str, sizes: Numbers, entries: Numbers, count: int, *, column: bool
) -> None:
    out.section(f"={field}/starts", "u8", [np.concatenate(([0], np.cumsum(sizes)))])
    out.section(f"={field}/entries", "u4", [entries])
    if column:
        order = np.argsort(entries, kind="stable")
        out.section(f"={field}/codes", "u4", [np.repeat(np.arange(len(sizes)), sizes)[order]])
        ends = np.cumsum(np.bincount(entries, minlength=count))
        out.section(f"={field}/ends", "u4", [ends])


def merge(parts: Sequence[tuple[SealedFile, NDArray[np.bool_]]], path: Path) -> None:
    """One segment of several, in order; of each only the entries that are alive."""
    offsets: list[Numbers] = []
    count = 0
    for _, alive in parts:
        offsets.append(np.cumsum(alive, dtype=np.int64) - 1 + count)
        count += int(alive.sum())
    with SealedWriter(path) as out:
        for field in TEXT_FIELDS:
            _merge_text(out, field, parts, offsets, count)
        for field in (WORDS, *KEYWORD_FIELDS):
            _merge_terms(out, field, parts, offsets, count)
        out.section("days", "u4", (file.numbers("days")[alive] for file, alive in parts))
        out.finish({"entries": count})


def _merge_text(
    out: SealedWriter,
    field: str,
    parts: Sequence[tuple[SealedFile, NDArray[np.bool_]]],
    offsets: Sequence[Numbers],
    count: int,
) -> None:
    every = [file.numbers(f"{field}/pairs") for file, _ in parts]
    codes: Codes = np.unique(np.concatenate(every))
    small = count <= 1 << 16 and all(file.kind(f"{field}/occurrences") == "u4" for file, _ in parts)
    places = [np.searchsorted(codes, own) for own in every]
    begins = [_starts(file, field) for file, _ in parts]
    total = np.zeros(len(codes) + 1, np.int64)
    for place, begin in zip(places, begins, strict=True):
        total[place + 1] += np.diff(begin)
    cuts = np.searchsorted(
        np.cumsum(total), np.arange(_PORTION, int(total.sum()) + _PORTION, _PORTION), "left"
    )
    kept = np.zeros(len(codes), np.int64)

    def portions() -> Iterator[Numbers]:
        low = 0
        for cut in dict.fromkeys(min(int(c), len(codes)) for c in cuts):
            yield _portion(field, parts, offsets, places, begins, (low, cut), kept, small)
            low = cut
        yield _portion(field, parts, offsets, places, begins, (low, len(codes)), kept, small)

    out.section(f"{field}/occurrences", "u4" if small else "u8", portions())
    lengths = [file.numbers(f"{field}/lengths")[alive] for file, alive in parts]
    there = kept > 0
    starts = np.concatenate(([0], np.cumsum(kept[there])))
    _write_codes(out, field, codes[there], starts, np.concatenate(lengths))


def _starts(file: SealedFile, field: str) -> NDArray[np.int64]:
    """Where the occurrences of each pair begin; checked, for much is made room for by them."""
    starts: NDArray[np.int64] = file.numbers(f"{field}/starts").astype(np.int64)
    if (
        len(starts) != file.count(f"{field}/pairs") + 1
        or int(starts[-1]) != file.count(f"{field}/occurrences")
        or int(starts[0]) != 0
        or bool((starts[1:] < starts[:-1]).any())
    ):
        raise file.damaged()
    return starts


def _portion(
    field: str,
    parts: Sequence[tuple[SealedFile, NDArray[np.bool_]]],
    offsets: Sequence[Numbers],
    places: Sequence[Numbers],
    begins: Sequence[Numbers],
    span: tuple[int, int],
    kept: NDArray[np.int64],
    small: bool,
) -> Numbers:
    """The occurrences of the pairs number `span`; `kept` gets how many each has."""
    pairs: list[Numbers] = []
    keys: list[Numbers] = []
    shift = 16 if small else 32
    for (file, alive), offset, place, begin in zip(parts, offsets, places, begins, strict=True):
        low, high = (int(n) for n in np.searchsorted(place, span))
        own = file.numbers(f"{field}/occurrences", int(begin[low]), int(begin[high]))
        own_shift = 16 if own.dtype.itemsize == 4 else 32
        entries = (own >> own_shift).astype(np.int64)
        if len(entries) and int(entries.max()) >= len(alive):
            raise file.damaged()
        positions = (own & own.dtype.type((1 << own_shift) - 1)).astype(np.int64)
        stays = alive[entries]
        pairs.append(np.repeat(place[low:high], np.diff(begin[low : high + 1]))[stays])
        keys.append(((offset[entries] << shift) | positions)[stays])
    which = np.concatenate(pairs)
    order = np.argsort(which, kind="stable")
    kept[span[0] : span[1]] = np.bincount(which - span[0], minlength=span[1] - span[0])
    return np.concatenate(keys)[order]


def _merge_terms(
    out: SealedWriter,
    field: str,
    parts: Sequence[tuple[SealedFile, NDArray[np.bool_]]],
    offsets: Sequence[Numbers],
    count: int,
) -> None:
    lists = [file.strings(f"={field}/values").all() for file, _ in parts]
    values = sorted(set(chain.from_iterable(lists)))
    place_of = {value: number for number, value in enumerate(values)}
    which: list[Numbers] = []
    entries: list[Numbers] = []
    for (file, alive), offset, own in zip(parts, offsets, lists, strict=True):
        place = np.fromiter((place_of[value] for value in own), np.int64, len(own))
        sizes: Numbers = np.diff(file.numbers(f"={field}/starts").astype(np.int64))
        old = file.numbers(f"={field}/entries")
        if len(sizes) != len(place) or int(sizes.sum()) != len(old):
            raise file.damaged()
        stays = alive[old]
        which.append(np.repeat(place, sizes)[stays])
        entries.append(offset[old][stays])
    number = np.concatenate(which)
    order = np.argsort(number, kind="stable")
    sizes = np.bincount(number, minlength=len(values))
    there = np.flatnonzero(sizes)
    out.strings(f"={field}/values", [values[int(n)] for n in there])
    column = field != WORDS
    _write_lists(out, field, sizes[there], np.concatenate(entries)[order], count, column=column)
