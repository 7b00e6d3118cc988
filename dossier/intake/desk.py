"""Pages already read but not yet in the records: kept so that a batch resumes where it was.

Only a convenience: everything here may be lost or damaged at any time and is then read again.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ..packing import unpack_layer
from ..reading import PageRead, page_read

_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Desk:
    """Work files under `root`, a folder per file content and reading."""

    root: Path

    def _folder(self, sha256: str, reading: str) -> Path:
        safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in reading)
        return self.root / "pages" / f"{sha256}-{safe}"

    def keep(self, sha256: str, reading: str, page: PageRead) -> None:
        """Put a page down. Pages with a problem are not kept: they are worth another try."""
        if page.problem is not None:
            return
        folder = self._folder(sha256, reading)
        with suppress(OSError):  # a full disk, or another batch that is just done with this file
            folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=folder)
            with os.fdopen(handle, "wb") as target:
                target.write(page.packed)
            Path(name).replace(folder / f"{page.number}.layer")

    def recall(self, sha256: str, reading: str) -> dict[int, PageRead]:
        """Pages put down by an earlier run, by number."""
        found: dict[int, PageRead] = {}
        folder = self._folder(sha256, reading)
        for path in folder.glob("*.layer") if folder.is_dir() else ():
            try:
                number = int(path.stem)
                found[number] = page_read(number, unpack_layer(path.read_bytes()))
            except (ValueError, OSError):
                path.unlink(missing_ok=True)
        return found

    def clear(self, sha256: str, reading: str) -> None:
        """The file is in the records: forget its work files."""
        shutil.rmtree(self._folder(sha256, reading), ignore_errors=True)

    @contextmanager
    def spool(self) -> Iterator[Path]:
        """A folder for unpacked containers and copies, gone at the end; locked as long as its
        process lives."""
        spools = self.root / "spool"
        spools.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=spools))
        with (folder / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def sweep(self) -> None:
        """Remove spools that dead processes left behind."""
        spools = self.root / "spool"
        for folder in spools.iterdir() if spools.is_dir() else ():
            with suppress(OSError), (folder / _LOCK).open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
