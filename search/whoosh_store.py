"""The folder of a Whoosh index: which segments belong to it, and who may write.

`dossier-index.json` says what kind of index it is. `segments.json` lists the segments and, packed,
the entries of each that were taken out since; it is replaced in one step, so after a crash the last
commit stands. Segments are sealed files and never change.
"""

from __future__ import annotations

import base64
import contextlib
import json
import secrets
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.util.filelock import FileLock, try_for

from ..durable import sync_folder, write_json
from ..errors import ArchiveExists, DossierError, IndexBusy, IndexDamaged, IndexVersion
from .whoosh_file import SealedFile
from .whoosh_reader import SegmentLeaf

ENGINE = "whoosh"
FORM = 1
_MARKER = "dossier-index.json"
_LIST = "segments.json"
_LOCK = "writing.lock"
_SUFFIX = ".segment"
_PATIENCE = 1.0  # seconds
_MOST_ENTRIES = 1 << 26


def _settle(folder: Path) -> None:
    """Make names in a folder durable, where the system can."""
    with contextlib.suppress(OSError, AttributeError):
        sync_folder(folder)


def _damaged(what: str) -> IndexDamaged:
    return IndexDamaged(
        "the search index is damaged", where=what, advice="rebuild it from the records"
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path.name) from error
    if not isinstance(value, dict):
        raise _damaged(path.name)
    return value


def _checksum(generation: int, segments: object) -> int:
    return zlib.crc32(json.dumps([generation, segments]).encode())


def _packed(dead: frozenset[int], entries: int) -> str:
    bits = np.zeros(entries, bool)
    bits[list(dead)] = True
    return base64.b64encode(zlib.compress(np.packbits(bits).tobytes())).decode()


def _unpacked(text: str, entries: int) -> frozenset[int]:
    if not 0 <= entries <= _MOST_ENTRIES:
        raise ValueError(entries)
    size = -(-entries // 8)
    unpacker = zlib.decompressobj()
    data = unpacker.decompress(base64.b64decode(text, validate=True), size + 1)
    if len(data) != size or not unpacker.eof:
        raise ValueError(size)
    bits = np.unpackbits(np.frombuffer(data, np.uint8))[:entries] if size else np.zeros(0)
    return frozenset(np.flatnonzero(bits).tolist())


class Folder:
    """The files of one index."""

    def __init__(self, place: str) -> None:
        self.path = Path(place)
        self._stamp: tuple[int, int, int] | None = None
        self._lock: FileLock | None = None
        self.generation = 0

    @classmethod
    def create(cls, place: str) -> Folder:
        """A new index without segments. Raises `ArchiveExists`."""
        path = Path(place)
        if path.exists() and (not path.is_dir() or any(path.iterdir())):
            raise ArchiveExists("something already stands here", where=str(path))
        path.mkdir(parents=True, exist_ok=True)
        folder = cls(place)
        folder.commit([])
        write_json(path / _MARKER, {"engine": ENGINE, "form": FORM})
        _settle(path)
        return folder

    @classmethod
    def open(cls, place: str) -> Folder:
        """An index that is there. Raises `IndexDamaged`, `IndexVersion`."""
        folder = cls(place)
        marker = _read(folder.path / _MARKER)
        if marker.get("engine") != ENGINE or marker.get("form") != FORM:
            raise IndexVersion(
                "the search index was written by another version or engine",
                advice="rebuild it from the records",
            )
        return folder

    # reading

    def changed(self) -> bool:
        """Whether there has been a commit since the last `leaves`."""
        return self._now() != self._stamp

    def _now(self) -> tuple[int, int, int]:
        try:
            found = (self.path / _LIST).stat()
        except OSError as error:
            raise _damaged(_LIST) from error
        return found.st_mtime_ns, found.st_ino, found.st_size

    def leaves(self, known: Mapping[str, SegmentLeaf]) -> dict[str, SegmentLeaf]:
        """The segments of the last commit by name; those in `known` are not opened again."""
        for again in range(10):
            stamp = self._now()
            listed = _read(self.path / _LIST)
            try:
                generation = int(listed["generation"])
                if listed["checksum"] != _checksum(generation, listed["segments"]):
                    raise ValueError
                leaves = self._opened(listed, known)
                self.generation = generation
            except FileNotFoundError as error:
                # a writer may have merged it away since the list was read
                if again < 9 and self._now() != stamp:
                    continue
                raise _damaged(_LIST) from error
            except DossierError:
                raise
            except OSError as error:
                raise _damaged(_LIST) from error
            except (KeyError, TypeError, ValueError, AttributeError, zlib.error) as error:
                raise _damaged(_LIST) from error
            self._stamp = stamp
            return leaves
        raise _damaged(_LIST)

    def _opened(
        self, listed: Mapping[str, Any], known: Mapping[str, SegmentLeaf]
    ) -> dict[str, SegmentLeaf]:
        leaves: dict[str, SegmentLeaf] = {}
        for name, dead in listed["segments"]:
            if not isinstance(name, str) or not name.isalnum():
                raise ValueError
            before = known.get(name)
            file = SealedFile(self.file(name)) if before is None else before.file
            gone = _unpacked(dead, file.count("days"))
            if before is not None and before.dead == gone:
                leaves[name] = before
            else:
                leaves[name] = SegmentLeaf(file, gone)
        return leaves

    # writing

    def lock(self) -> None:
        """Become the one that writes. Raises `IndexBusy`."""
        if self._lock is None:
            lock = FileLock(str(self.path / _LOCK))
            if not try_for(lock.acquire, timeout=_PATIENCE, delay=0.05):
                raise IndexBusy("another process is writing to the search index")
            self._lock = lock

    def unlock(self) -> None:
        """Let others write."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    @staticmethod
    def new_name() -> str:
        """A name for a new segment."""
        return secrets.token_hex(8)

    def file(self, name: str) -> Path:
        """Where the segment of this name stands."""
        return self.path / f"{name}{_SUFFIX}"

    def commit(self, segments: Sequence[tuple[str, int, frozenset[int]]]) -> None:
        """Make these the segments: name, entries, and which of them are dead."""
        _settle(self.path)
        listed = [[name, _packed(dead, entries)] for name, entries, dead in segments]
        generation = self.generation + 1
        checksum = _checksum(generation, listed)
        write_json(
            self.path / _LIST,
            {"generation": generation, "segments": listed, "checksum": checksum},
        )
        _settle(self.path)
        self.generation = generation

    def sweep(self, names: set[str]) -> None:
        """Remove segments other than these, and what a crash has left. Only for the writer."""
        for path in self.path.iterdir():
            left = path.suffix == ".new" or (path.suffix == _SUFFIX and path.stem not in names)
            if left:
                with contextlib.suppress(OSError):
                    path.unlink()
