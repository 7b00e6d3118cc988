"""Folders that never change after they were written: what their files were, so that damage shows.

`files.json` has size, time of change and CRC-32 of each file. A file that still has its size and
time is trusted; any other (copied, restored, changed) is read once. Bits that rot with size and
time unchanged are found by `check(…, full=True)` only.
"""

from __future__ import annotations

import json
import os
import zlib
from contextlib import suppress
from pathlib import Path

from dossier.durable import sync_folder, write_json

_SEAL = "files.json"
_BLOCK = 1 << 20


def seal(folder: Path) -> None:
    """Make the files of a folder durable and write down what they are."""
    told: dict[str, tuple[int, int, int]] = {}
    for path in sorted(folder.iterdir()):
        if path.name == _SEAL:
            continue
        with path.open("rb") as file:
            os.fsync(file.fileno())
        state = path.stat()
        told[path.name] = (state.st_size, state.st_mtime_ns, _crc(path))
    write_json(folder / _SEAL, told)
    sync_folder(folder)


def check(folder: Path, *, full: bool = False) -> None:
    """Raises ValueError if a file is not as it was sealed, or missing, or there is no seal; OSError
    if it cannot be read. `full`: read every file, whatever its size and time say."""
    told = _read(folder)
    moved = False
    for name, (size, time, crc) in told.items():
        state = (folder / name).stat()
        if state.st_size != size:
            raise ValueError(f"{name} has {state.st_size} bytes, not {size}")
        if full or state.st_mtime_ns != time:
            if _crc(folder / name) != crc:
                raise ValueError(f"{name} has changed")
            moved = moved or state.st_mtime_ns != time
            told[name] = (size, state.st_mtime_ns, crc)
    if moved:
        # so that the next one need not read them all again: after a copy or a restoration
        with suppress(OSError):
            write_json(folder / _SEAL, told)


def _read(folder: Path) -> dict[str, tuple[int, int, int]]:
    try:
        data = json.loads((folder / _SEAL).read_text("utf-8"))
        told = {}
        for name, (size, time, crc) in data.items():
            if Path(name).name != name:
                raise ValueError(f"{_SEAL} names {name!r}")
            told[name] = (int(size), int(time), int(crc))
        return told
    except (TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{_SEAL} cannot be read") from error


def _crc(path: Path) -> int:
    found = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found = zlib.crc32(block, found)
    return found
