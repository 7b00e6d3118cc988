"""Features of judgments on disk, read by memory map: a ranking touches its candidates' rows only.

    store/
      store.json            form, which model
      model-000001/         the corpus model (see corpusmodel.py)
      part-000001-00000/    judgments added together: keys.txt, cards.jsonl, hashes.npy, field.npy …

A part is written beside and renamed, so it is wholly in or not at all; it never changes, and
`files.json` in it tells damage. A judgment added again is found in the newest part. What a process
that was ended left behind is swept away by the next one that writes alone. Nothing is pickled.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from dossier.durable import sync_folder, write_json

from .cards import Card, read_card, written_card
from .corpusmodel import CorpusModel
from .parts import Part, StoreDamaged, gathered, hashes_of, sound
from .rows import Rows, describe, joined
from .sealing import check, seal
from .values import CaseProfile

_FORM = 2
_BATCH = 512
_PER_PART = 65_536
_TRIES = 5
_HEAD = "store.json"


class FeatureStore:
    """The features of a collection of judgments, each under a key."""

    def __init__(self, folder: Path, generation: int, model: CorpusModel) -> None:
        self.folder = folder
        self.model = model
        self._generation = generation
        self._parts = [Part.open(part, model) for part in self._part_folders()]

    @classmethod
    def create(cls, folder: Path, model: CorpusModel, *, generation: int = 1) -> FeatureStore:
        """A new, empty store in an absent or empty folder, for judgments as `model` sees them."""
        folder.mkdir(parents=True, exist_ok=True)
        place = folder / _model_name(generation)
        model.save(place)
        seal(place)
        write_json(folder / _HEAD, {"form": _FORM, "generation": generation})
        sync_folder(folder)
        return cls.open(folder)

    @classmethod
    def open(cls, folder: Path) -> FeatureStore:
        """Raises StoreDamaged when there is no store of this form, or it is not as written."""
        for left in reversed(range(_TRIES)):
            before = _standing(folder)
            try:
                generation = _generation(folder)
                place = folder / _model_name(generation)
                check(place)
                return cls(folder, generation, CorpusModel.load(place))
            except (OSError, ValueError, KeyError, TypeError) as error:
                # another process may just have put parts together, or refitted
                if left and before != _standing(folder):
                    continue
                if isinstance(error, StoreDamaged):
                    raise
                raise StoreDamaged(f"{folder}: {error}; build the features again") from error
        raise AssertionError

    @property
    def generation(self) -> int:
        """Counts the models: one more after each refit."""
        return self._generation

    @property
    def loose(self) -> int:
        """Small parts that `compact` would put together."""
        return len(self._tail())

    def __len__(self) -> int:
        """Rows, those of judgments that were added again included."""
        return sum(len(part.rows) for part in self._parts)

    def __contains__(self, key: str) -> bool:
        hashes = hashes_of([key])
        return any(part.find(hashes)[0] >= 0 for part in self._parts)

    def keys(self) -> Iterator[str]:
        """Every key once, oldest part first."""
        seen: set[str] = set()
        for part in self._parts:
            for key in part.keys():  # noqa: SIM118  no mapping
                if key not in seen:
                    seen.add(key)
                    yield key

    def check(self) -> None:
        """Read every file and compare with what was written. Raises StoreDamaged. Reads some
        8 KB for each judgment."""
        try:
            check(self.folder / _model_name(self._generation), full=True)
        except (OSError, ValueError) as error:
            raise StoreDamaged(f"{self.folder}: {error}; build the features again") from error
        for part in self._parts:
            part.check()

    def add(self, judgments: Iterable[tuple[str, CaseProfile]]) -> int:
        """Describe judgments with the model as it is and keep them; how many. Rows that are there
        do not change."""
        return self.add_cards((key, profile, {}) for key, profile in judgments)

    def add_cards(self, judgments: Iterable[tuple[str, CaseProfile, Mapping[str, Any]]]) -> int:
        """`add`, with what is to be found again on the card of each judgment: plain JSON."""
        waiting, total = iter(judgments), 0
        while True:
            keys: list[str] = []
            rows: list[Rows] = []
            cards: list[bytes] = []
            while len(keys) < _PER_PART and (batch := list(islice(waiting, _BATCH))):
                keys += [key for key, _, _ in batch]
                rows.append(describe(self.model, [profile for _, profile, _ in batch]))
                cards += [written_card(profile, beside) for _, profile, beside in batch]
            if not keys:
                return total
            self.add_rows(keys, joined(rows), cards)
            total += len(keys)

    def add_rows(self, keys: Sequence[str], rows: Rows, cards: Sequence[bytes]) -> None:
        """Keep rows that `describe` made with this store's model (perhaps in another process).
        Durable when this ends. Raises StoreDamaged if the store was refitted since it was
        opened."""
        with _beside(self.folder) as beside:
            Part.write(beside, keys, rows, cards)
            if _generation(self.folder) != self._generation:
                raise StoreDamaged(f"{self.folder}: was refitted meanwhile; open it again")
            # behind all others, also where some were made into one: later parts are newer
            taken = self._part_folders()
            number = int(taken[-1].name.rsplit("-", 1)[1]) + 1 if taken else 0
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
            sync_folder(self.folder)
        self._parts.append(Part.open(part, self.model))

    def rows(self, keys: Sequence[str]) -> tuple[list[str], Rows]:
        """The keys that are in the store, in the order given, and their rows. Takes time linear in
        `keys` (and in the few parts), whatever the size of the store. Raises StoreDamaged for rows
        that cannot be."""
        part_of, row_of = self._places(keys)
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
        if not sound(whole, self.model):
            raise StoreDamaged(f"{self.folder}: rows that mean nothing; build the features again")
        if (back != np.arange(len(back))).any():
            whole = gathered(whole, back)
        return [keys[int(place)] for place in kept], whole

    def cards(self, keys: Sequence[str]) -> dict[str, Card]:
        """What is shown of judgments, of those that are in the store. Raises StoreDamaged."""
        try:
            return {key: read_card(line) for key, line in self._lines(keys).items()}
        except ValueError as error:
            raise StoreDamaged(f"{self.folder}: {error}; build the features again") from error

    def _lines(self, keys: Sequence[str]) -> dict[str, bytes]:
        part_of, row_of = self._places(keys)
        return {
            key: self._parts[int(part)].card(int(row))
            for key, part, row in zip(keys, part_of, row_of, strict=True)
            if part >= 0
        }

    def _places(self, keys: Sequence[str]) -> tuple[Any, Any]:
        """Part and row of each key, -1 of those that are not here."""
        hashes = hashes_of(keys)
        part_of = np.full(len(keys), -1, np.int64)
        row_of = np.full(len(keys), -1, np.int64)
        for number, part in enumerate(self._parts):
            found = part.find(hashes)
            here = found >= 0
            part_of[here], row_of[here] = number, found[here]
        return part_of, row_of

    def compact(self) -> None:
        """The newest small parts into one of at most 65,536 rows; the newest row of each key stays.
        For one process at a time. Who has the parts open keeps reading them (POSIX)."""
        self._parts = FeatureStore.open(self.folder)._parts  # others may have added
        tail = self._tail()
        if len(tail) < 2:
            return
        keys = list(dict.fromkeys(key for part in tail for key in part.keys()))  # noqa: SIM118
        names, rows = self.rows(keys)
        lines = self._lines(names)
        self.add_rows(names, rows, [lines[name] for name in names])
        self._parts = [part for part in self._parts if part not in tail]
        for part in tail:
            _remove(part.folder)

    def _tail(self) -> list[Part]:
        """The newest parts, as many as fit into one."""
        tail: list[Part] = []
        total = 0
        for part in reversed(self._parts):
            total += len(part.rows)
            if total > _PER_PART:
                break
            tail.insert(0, part)
        return tail

    def sweep(self) -> None:
        """Take away what processes that were ended left behind, and other generations. Call it
        only where nobody else refits."""
        sweep(self.folder, self._generation)

    def _part_folders(self) -> list[Path]:
        return sorted(self.folder.glob(f"part-{self._generation:06d}-*"))


def sweep(folder: Path, generation: int) -> None:
    """See `FeatureStore.sweep`; `generation` the one to keep."""
    for left in folder.glob(".new-*"):
        with _held(left) as alone:
            if alone:
                shutil.rmtree(left, ignore_errors=True)
    for left in folder.glob(".refit-??????"):
        shutil.rmtree(left, ignore_errors=True)
    keep = f"-{generation:06d}"
    for old in (*folder.glob("part-*-*"), *folder.glob("model-*")):
        if not old.name.startswith((f"part{keep}-", f"model{keep}")):
            shutil.rmtree(old, ignore_errors=True)


def _remove(part: Path) -> None:
    """A part goes at once: half of it would be damage."""
    gone = part.with_name(f".new-{uuid4().hex}")
    with suppress(FileNotFoundError):
        part.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """A folder for a part, held so that nobody sweeps it; gone at the end unless renamed."""
    beside = folder / f".new-{uuid4().hex}"
    beside.mkdir()
    try:
        with _held(beside):
            yield beside
    finally:
        shutil.rmtree(beside, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Whether nobody else holds this folder; a process that ends lets go."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        yield False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            free = True
        except OSError:
            free = False
        yield free
    finally:
        os.close(handle)


def _generation(folder: Path) -> int:
    head = json.loads((folder / _HEAD).read_text(encoding="utf-8"))
    if head["form"] != _FORM:
        raise ValueError(f"form {head['form']}, not {_FORM}")
    return int(head["generation"])


def _model_name(generation: int) -> str:
    return f"model-{generation:06d}"


def _standing(folder: Path) -> tuple[str, ...]:
    """What stands there: differs when somebody changed something."""
    try:
        head = (folder / _HEAD).read_text(encoding="utf-8", errors="replace")
        return (head, *sorted(path.name for path in folder.glob("part-*")))
    except OSError:
        return ()
