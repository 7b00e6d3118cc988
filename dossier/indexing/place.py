"""Where the index of an archive stands: a folder each time it is built, and a pointer to one."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..durable import sync_folder, write_json
from ..errors import IndexBusy

_POINTER = "current.json"
_LOCK = "lock"
_PAUSE = 0.05
_NAME = re.compile(r"[a-z0-9_]{1,40}-[0-9a-f]{12}")
"""Folders of indexes: the engine, and a number of its own for each building."""


@dataclass(frozen=True, slots=True)
class Current:
    """The live index: which engine wrote it, where, and by which rules its entries were made
    (see `entries.content_mark`)."""

    engine: str
    place: Path
    content: int


@dataclass(frozen=True, slots=True)
class IndexPlace:
    """The folder `index/` of an archive. Everything in it can be rebuilt from the records."""

    root: Path

    def current(self) -> Current | None:
        """The live index; None if there is none yet, or the pointer is damaged."""
        try:
            told = json.loads((self.root / _POINTER).read_text("utf-8"))
            engine, folder = str(told["engine"]), str(told["folder"])
            content = int(told.get("content", 0))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        # a name of ours, never a way out of the folder
        if _NAME.fullmatch(folder) is None:
            return None
        return Current(engine, self.root / folder, content)

    def fresh(self, engine: str) -> Path:
        """A name for a new index. A local engine makes this folder; one that keeps its index
        elsewhere takes the last part as its name there."""
        self.root.mkdir(exist_ok=True)
        return self.root / f"{engine}-{uuid.uuid4().hex[:12]}"

    def point(self, engine: str, place: Path, content: int) -> None:
        """From now on this is the live index: at once and for good, or not at all."""
        told = {"engine": engine, "folder": place.name, "content": content}
        write_json(self.root / _POINTER, told)
        sync_folder(self.root)

    def discard_others(self) -> None:
        """Delete every index but the live one. Call it under the lock; readers that still have an
        old one open keep it until they look again."""
        for half_written in self.root.glob(f"{_POINTER}.*.new"):
            half_written.unlink(missing_ok=True)
        current = self.current()
        for path in self.root.iterdir():
            # nothing else in this folder is ours to delete
            if _NAME.fullmatch(path.name) and (current is None or path != current.place):
                path.unlink() if path.is_symlink() else shutil.rmtree(path, ignore_errors=True)

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
