"""Where the index of an archive stands: a folder each time it is built, and a pointer to one."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import IndexBusy

_POINTER = "current.json"
_LOCK = "lock"
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Current:
    """The live index: which engine wrote it, and where."""

    engine: str
    place: Path


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """The folder `index/` of an archive. Everything in it can be rebuilt from the records."""

    root: Path

    def current(self) -> Current | None:
        """The live index; None if there is none yet, or the pointer is damaged."""
        try:
            told = json.loads((self.root / _POINTER).read_text("utf-8"))
            engine, folder = str(told["engine"]), str(told["folder"])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        # a name, never a way out of the folder
        place = self.root / Path(folder).name
        return Current(engine, place) if place.is_dir() else None

    def fresh(self, engine: str) -> Path:
        """A name for a new index; the engine makes the folder."""
        self.root.mkdir(exist_ok=True)
        return self.root / f"{engine}-{uuid.uuid4().hex[:12]}"

    def point(self, engine: str, place: Path) -> None:
        """From now on this is the live index: at once and for good, or not at all."""
        temporary = self.root / f"{_POINTER}.new"
        with temporary.open("w", encoding="utf-8") as target:
            json.dump({"engine": engine, "folder": place.name}, target)
            target.flush()
            os.fsync(target.fileno())
        temporary.replace(self.root / _POINTER)
        _sync(self.root)

    def discard_others(self) -> None:
        """Delete every index but the live one. Call it under the lock; readers that still have an
        old one open keep it until they look again."""
        current = self.current()
        kept = {_POINTER, _LOCK, current.place.name if current else ""}
        for path in self.root.iterdir():
            if path.name not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    @contextmanager
    def writing(self, wait: float) -> Iterator[None]:
        """Only one writer at a time, in whatever process; it ends with its process.

        Waits at most `wait` seconds, then raises `IndexBusy`.
        """
        self.root.mkdir(exist_ok=True)
        with (self.root / _LOCK).open("a") as lock:
            until = time.monotonic() + wait
            while True:
                with suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                if time.monotonic() >= until:
                    raise IndexBusy(
                        "another process is writing to the search index",
                        where=str(self.root),
                        advice="try again later; nothing is lost, it will take in your changes",
                    )
                time.sleep(_PAUSE)
            yield


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
