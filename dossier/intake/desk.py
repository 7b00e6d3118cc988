"""Pages already read but not yet in the records: kept so that a batch resumes where it was.

Only a convenience: everything here may be lost or damaged at any time and is then read again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..records.codec import unpack_layer
from .work import PageRead, page_read


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

    def spool(self) -> Path:
        """A folder for unpacked containers, named by this process."""
        folder = self.root / "spool" / str(os.getpid())
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def sweep(self) -> None:
        """Remove spools that dead processes left behind."""
        spools = self.root / "spool"
        for folder in spools.iterdir() if spools.is_dir() else ():
            if not _alive(folder.name):
                shutil.rmtree(folder, ignore_errors=True)


def _alive(name: str) -> bool:
    try:
        os.kill(int(name), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:
        return True
    return True
