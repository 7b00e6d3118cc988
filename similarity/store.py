"""Features of judgments on disk, read by memory map: a ranking touches its candidates' rows only.

    store/
      store.json            form, which model
      model-000001/         the corpus model (see corpusmodel.py)
      part-000001-00000/    judgments added together: keys.txt, hashes.npy, order.npy, field.npy …

A part is written beside and renamed, so it is wholly in or not at all; it never changes. A judgment
added again is found in the newest part. Nothing is pickled.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from hashlib import blake2b
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .corpusmodel import CorpusModel
from .rows import Rows, describe, joined
from .values import CaseProfile

_FORM = 1
_BATCH = 512
_PER_PART = 65_536
_FIELDS = tuple(field.name for field in fields(Rows))


class StoreDamaged(ValueError):
    """The store cannot be read; it is derived data and can be built again."""


@dataclass(frozen=True, eq=False)
class _Part:
    folder: Path
    hashes: NDArray[np.uint64]
    order: NDArray[np.int64]
    rows: Rows

    @classmethod
    def open(cls, folder: Path) -> _Part:
        def read(name: str) -> NDArray[np.generic]:
            array: NDArray[np.generic] = np.load(
                folder / f"{name}.npy", mmap_mode="r", allow_pickle=False
            )
            return array

        try:
            rows = Rows(**{name: read(name) for name in _FIELDS})  # type: ignore[arg-type]
            return cls(folder, read("hashes"), read("order"), rows)  # type: ignore[arg-type]
        except (OSError, ValueError, EOFError) as error:
            raise StoreDamaged(f"{folder}: {error}; build the features again") from error

    def find(self, hashes: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Row of each hash, -1 where it is not in this part."""
        if not len(self.hashes):
            return np.full(len(hashes), -1, np.int64)
        place = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        rows: NDArray[np.int64] = np.where(self.hashes[place] == hashes, self.order[place], -1)
        return rows


class FeatureStore:
    """The features of a collection of judgments, each under a key."""

    def __init__(self, folder: Path, generation: int, model: CorpusModel) -> None:
        self.folder = folder
        self.model = model
        self._generation = generation
        self._parts = [_Part.open(part) for part in self._part_folders()]

    @classmethod
    def create(cls, folder: Path, model: CorpusModel, *, generation: int = 1) -> FeatureStore:
        """A new, empty store in an absent or empty folder, for judgments as `model` sees them."""
        folder.mkdir(parents=True, exist_ok=True)
        model.save(folder / f"model-{generation:06d}")
        head = json.dumps({"form": _FORM, "generation": generation})
        beside = folder / "store.json.new"
        beside.write_text(head, encoding="utf-8")
        beside.replace(folder / "store.json")
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> FeatureStore:
        """Raises StoreDamaged when there is no store of this form."""
        try:
            head = json.loads((folder / "store.json").read_text(encoding="utf-8"))
            if head["form"] != _FORM:
                raise ValueError(f"form {head['form']}, not {_FORM}")
            generation = int(head["generation"])
            model = CorpusModel.load(folder / f"model-{generation:06d}")
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreDamaged(f"{folder}: {error}; build the features again") from error
        return cls(folder, generation, model)

    @property
    def generation(self) -> int:
        """Counts the models: one more after each refit."""
        return self._generation

    def __len__(self) -> int:
        """Rows, those of judgments that were added again included."""
        return sum(len(part.rows) for part in self._parts)

    def __contains__(self, key: str) -> bool:
        hashes = _hashes([key])
        return any(part.find(hashes)[0] >= 0 for part in self._parts)

    def keys(self) -> Iterator[str]:
        """Every key once, oldest part first."""
        seen: set[str] = set()
        for part in self._parts:
            text = (part.folder / "keys.txt").read_text(encoding="utf-8")
            for key in map(json.loads, text.splitlines()):
                if key not in seen:
                    seen.add(key)
                    yield key

    def add(self, judgments: Iterable[tuple[str, CaseProfile]]) -> int:
        """Describe judgments with the model as it is and keep them; how many. Rows that are there
        do not change."""
        waiting, total = iter(judgments), 0
        while True:
            keys: list[str] = []
            rows: list[Rows] = []
            while len(keys) < _PER_PART and (batch := list(islice(waiting, _BATCH))):
                keys += [key for key, _ in batch]
                rows.append(describe(self.model, [profile for _, profile in batch]))
            if not keys:
                return total
            self.add_rows(keys, joined(rows))
            total += len(keys)

    def add_rows(self, keys: Sequence[str], rows: Rows) -> None:
        """Keep rows that `describe` made with this store's model (perhaps in another process)."""
        # behind all others, also where some were made into one: later parts are newer
        taken = self._part_folders()
        number = int(taken[-1].name.rsplit("-", 1)[1]) + 1 if taken else 0
        beside = self.folder / f".new-{os.getpid()}"
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir()
        hashes = _hashes(keys)
        # of a key that comes twice the later row counts
        last = {key: row for row, key in enumerate(keys)}
        kept = np.array(sorted(last.values()), np.int64)
        order = kept[np.argsort(hashes[kept], kind="stable")]
        np.save(beside / "hashes.npy", hashes[order], allow_pickle=False)
        np.save(beside / "order.npy", order, allow_pickle=False)
        for name in _FIELDS:
            np.save(beside / f"{name}.npy", getattr(rows, name), allow_pickle=False)
        lines = "".join(json.dumps(key, ensure_ascii=False) + "\n" for key in keys)
        (beside / "keys.txt").write_text(lines, encoding="utf-8")
        while True:
            part = self.folder / f"part-{self._generation:06d}-{number:05d}"
            if not part.exists():
                try:
                    beside.rename(part)
                    break
                except OSError:  # another process took the number
                    if not part.exists():
                        raise
            number += 1
        self._parts.append(_Part.open(part))

    def rows(self, keys: Sequence[str]) -> tuple[list[str], Rows]:
        """The keys that are in the store, in the order given, and their rows. Takes time linear in
        `keys` (and in the few parts), whatever the size of the store."""
        hashes = _hashes(keys)
        part_of = np.full(len(keys), -1, np.int64)
        row_of = np.full(len(keys), -1, np.int64)
        for number, part in enumerate(self._parts):
            found = part.find(hashes)
            here = found >= 0
            part_of[here], row_of[here] = number, found[here]
        kept = np.flatnonzero(part_of >= 0)
        pieces, places = [], []
        for number in np.unique(part_of[kept]):
            here = kept[part_of[kept] == number]
            pieces.append(gathered(self._parts[int(number)].rows, row_of[here]))
            places.append(here)
        if not pieces:
            return [], describe(self.model, [])
        back = np.argsort(np.concatenate(places), kind="stable")
        whole = joined(pieces)
        if (back != np.arange(len(back))).any():
            whole = gathered(whole, back)
        return [keys[int(place)] for place in kept], whole

    def compact(self) -> None:
        """Many small parts into one; the newest row of each key stays."""
        keys = list(self.keys())
        old = list(self._parts)
        if len(old) < 2:
            return
        names, rows = self.rows(keys)
        self.add_rows(names, rows)
        for part in old:
            shutil.rmtree(part.folder)
        self._parts = self._parts[len(old) :]

    def _part_folders(self) -> list[Path]:
        return sorted(self.folder.glob(f"part-{self._generation:06d}-*"))


def gathered(rows: Rows, which: NDArray[np.int64]) -> Rows:
    """Some rows in the given order, copied."""
    starts, lengths = rows.ends[which], rows.ends[which + 1] - rows.ends[which]
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    entries = np.arange(ends[-1]) + np.repeat(starts - ends[:-1], lengths)
    arrays = {
        name: getattr(rows, name)[which]
        for name in _FIELDS
        if name not in ("ends", "pairs", "times")
    }
    return Rows(ends=ends, pairs=rows.pairs[entries], times=rows.times[entries], **arrays)


def _hashes(keys: Sequence[str]) -> NDArray[np.uint64]:
    """64 bits of each key: two of a million judgments meet once in 40 million collections."""
    raw = b"".join(
        blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest() for key in keys
    )
    return np.frombuffer(raw, dtype=np.uint64).copy()
