"""One part of a feature store: judgments added together, in a folder that never changes."""

from __future__ import annotations

import json
import mmap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .corpusmodel import CorpusModel
from .rows import CHARGES, NUMBERS, STATUTES, Rows
from .sealing import check, seal

FIELDS = tuple(field.name for field in fields(Rows))
_RAGGED = ("ends", "pairs", "times")


class StoreDamaged(ValueError):
    """The store cannot be read; it is derived data and can be built again."""


@dataclass(frozen=True, eq=False)
class Part:
    """n judgments. `hashes` ascending, `order` their rows (of a key that comes twice the later
    one); `cards` [n] lines of bytes, ending at `card_ends`."""

    folder: Path
    hashes: NDArray[np.uint64]
    order: NDArray[np.int64]
    rows: Rows
    names: bytes | mmap.mmap
    cards: bytes | mmap.mmap
    card_ends: NDArray[np.int64]

    @classmethod
    def write(cls, folder: Path, keys: Sequence[str], rows: Rows, cards: Sequence[bytes]) -> None:
        """Into an empty folder; durable when this ends."""
        hashes = hashes_of(keys)
        last = {key: row for row, key in enumerate(keys)}
        kept = np.array(sorted(last.values()), np.int64)
        order = kept[np.argsort(hashes[kept], kind="stable")]
        ends = np.concatenate(
            [np.zeros(1, np.int64), np.cumsum([len(c) for c in cards], dtype=np.int64)]
        )
        arrays = {name: getattr(rows, name) for name in FIELDS}
        arrays |= {"hashes": hashes[order], "order": order, "card_ends": ends}
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)
        lines = "".join(json.dumps(key, ensure_ascii=False) + "\n" for key in keys)
        (folder / "keys.txt").write_text(lines, encoding="utf-8")
        (folder / "cards.jsonl").write_bytes(b"".join(cards))
        seal(folder)

    @classmethod
    def open(cls, folder: Path, model: CorpusModel) -> Part:
        """Raises StoreDamaged if a file is not as it was written, or does not fit the model."""
        try:
            check(folder)
            arrays = {
                name: _array(folder, name) for name in (*FIELDS, "hashes", "order", "card_ends")
            }
            rows = Rows(**{name: arrays[name] for name in FIELDS})  # type: ignore[arg-type]
            part = cls(
                folder,
                arrays["hashes"],  # type: ignore[arg-type]
                arrays["order"],  # type: ignore[arg-type]
                rows,
                _mapped(folder / "keys.txt"),
                _mapped(folder / "cards.jsonl"),
                arrays["card_ends"],  # type: ignore[arg-type]
            )
            part._fits(model)
        except (OSError, ValueError, EOFError) as error:
            raise StoreDamaged(f"{folder}: {error}; build the features again") from error
        return part

    def check(self) -> None:
        """Read everything and compare with what was written. Raises StoreDamaged."""
        try:
            check(self.folder, full=True)
        except (OSError, ValueError) as error:
            raise StoreDamaged(f"{self.folder}: {error}; build the features again") from error

    def _fits(self, model: CorpusModel) -> None:
        count = len(self.rows)
        topics, kinds = model.axes.shape[1], len(model.charges)
        wanted = {
            "ends": ((count + 1,), np.int64),
            "pairs": ((int(self.rows.ends[-1]),), np.int32),
            "times": ((int(self.rows.ends[-1]),), np.uint16),
            "topics": ((count, topics), np.float16),
            "reasons": ((count, topics), np.float16),
            "outline": ((count, kinds), np.float16),
            "charges": ((count, CHARGES), np.int16),
            "statutes": ((count, STATUTES), np.int16),
            "circumstances": ((count, len(model.circumstances)), np.int8),
            "numbers": ((count, len(NUMBERS)), np.float32),
        }
        for name, (shape, kind) in wanted.items():
            array = getattr(self.rows, name)
            if array.shape != shape or array.dtype != kind:
                raise ValueError(f"{name} is {array.shape} {array.dtype}, not {shape}")
        if self.hashes.shape != self.order.shape or self.hashes.dtype != np.uint64:
            raise ValueError("hashes and order do not fit together")
        if (self.hashes[1:] < self.hashes[:-1]).any():
            raise ValueError("hashes are not in order")
        if len(self.order) and not 0 <= self.order.min() <= self.order.max() < count:
            raise ValueError("order points out of the rows")
        for ends, size in (
            (self.rows.ends, len(self.rows.pairs)),
            (self.card_ends, len(self.cards)),
        ):
            if (
                len(ends) != count + 1
                or ends[0] != 0
                or ends[-1] != size
                or (np.diff(ends) < 0).any()
            ):
                raise ValueError("the ends of the rows are not in order")

    def find(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Row of each hash, -1 where it is not in this part."""
        if not len(self.hashes):
            return np.full(len(hashes), -1, np.int64)
        place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        rows: NDArray[np.int64] = np.where(self.hashes[place] == hashes, self.order[place], -1)
        return rows

    def keys(self) -> Iterator[str]:
        """In the order of the rows."""
        try:
            yield from map(json.loads, bytes(self.names).decode("utf-8").splitlines())
        except ValueError as error:
            raise StoreDamaged(f"{self.folder}: keys.txt: {error}") from error

    def card(self, row: int) -> bytes:
        """The card of one row."""
        return bytes(self.cards[int(self.card_ends[row]) : int(self.card_ends[row + 1])])


def gathered(rows: Rows, which: NDArray[np.int64]) -> Rows:
    """Some rows in the given order, copied."""
    starts, lengths = rows.ends[which], rows.ends[which + 1] - rows.ends[which]
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    entries = np.arange(ends[-1]) + np.repeat(starts - ends[:-1], lengths)
    arrays = {name: getattr(rows, name)[which] for name in FIELDS if name not in _RAGGED}
    return Rows(ends=ends, pairs=rows.pairs[entries], times=rows.times[entries], **arrays)


def sound(rows: Rows, model: CorpusModel) -> bool:
    """Whether all numbers of these rows mean something in the model: bits may have changed since
    the part was opened, or without a trace."""
    bounds = (
        (rows.pairs, 0, len(model.pairs)),
        (rows.charges, -1, len(model.charges)),
        (rows.statutes, -1, len(model.statutes)),
        (rows.circumstances, -1, 2),
    )
    return all(
        not a.size or least <= a.min() <= a.max() < stop for a, least, stop in bounds
    ) and all(bool(np.isfinite(a).all()) for a in (rows.topics, rows.reasons, rows.outline))


def hashes_of(keys: Sequence[str]) -> NDArray[np.uint64]:
    """64 bits of each key: two of a million judgments meet once in 40 million collections."""
    raw = b"".join(
        blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest() for key in keys
    )
    return np.frombuffer(raw, dtype=np.uint64).copy()


def _array(folder: Path, name: str) -> NDArray[np.generic]:
    array: NDArray[np.generic] = np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
    return array


def _mapped(path: Path) -> bytes | mmap.mmap:
    """A file that stays readable when its name goes."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            return b""
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
