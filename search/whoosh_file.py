"""Sealed files: arrays of numbers, written once, checked whenever they are first read.

A file is a run of sections (arrays of one little-endian number type each), then a checksum of every
64 KiB, then a directory in JSON. What was cut short, overwritten or has rotten on the disk raises
`IndexDamaged`; nothing in it is ever run or unpickled.
"""

from __future__ import annotations

import json
import mmap
import os
import struct
import zlib
from collections.abc import Iterable, Mapping
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import IndexDamaged

_MAGIC = b"eDossIx1"
_BLOCK = 1 << 16
_TAIL = struct.Struct("<QIII8s")  # where the directory stands, its length, blocks, its checksum
_TYPES = {"u1": 1, "u2": 2, "u4": 4, "u8": 8, "i4": 4}

Numbers = NDArray[Any]


class SealedWriter:
    """Writes one sealed file, section after section; memory does not grow with the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("xb")
        self._sections: dict[str, tuple[int, int, str]] = {}
        self._sums: list[int] = []
        self._sum = 0
        self._filled = 0
        self._at = 0
        self._name = ""
        self._type = ""
        self._start = 0
        self._put(_MAGIC)

    def __enter__(self) -> SealedWriter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
        if kind is not None:
            self.path.unlink(missing_ok=True)

    def _put(self, data: bytes | memoryview) -> None:
        view = memoryview(data).cast("B")
        self._file.write(view)
        self._at += len(view)
        while view:
            part = view[: _BLOCK - self._filled]
            self._sum = zlib.crc32(part, self._sum)
            self._filled += len(part)
            if self._filled == _BLOCK:
                self._sums.append(self._sum)
                self._sum = self._filled = 0
            view = view[len(part) :]

    def section(self, name: str, kind: str, parts: Iterable[Numbers]) -> None:
        """Write a section of numbers of type `kind` ("u4", …) from arrays in order."""
        self._put(bytes(-self._at % 8))
        start = self._at
        for part in parts:
            if len(part):
                self._put(np.ascontiguousarray(part, f"<{kind}").data)
        self._sections[name] = (start, (self._at - start) // _TYPES[kind], kind)

    def strings(self, name: str, values: Iterable[bytes]) -> None:
        """Write byte strings as two sections, `name` and `name:ends`."""
        values = list(values)
        sizes = np.fromiter(map(len, values), np.uint64, len(values))
        self.section(name, "u1", [np.frombuffer(each, np.uint8) for each in values if each])
        self.section(f"{name}:ends", "u8", [np.cumsum(sizes, dtype=np.uint64)])

    def finish(self, about: Mapping[str, int | str]) -> None:
        """Close the file for good; it is on the disk when this returns."""
        end = self._at
        if self._filled:
            self._sums.append(self._sum)
        sums = np.array(self._sums, "<u4").tobytes()
        listing = json.dumps({"about": dict(about), "sections": self._sections}).encode()
        self._file.write(sums + listing)
        checksum = zlib.crc32(sums + listing)
        self._file.write(_TAIL.pack(end, len(listing), len(self._sums), checksum, _MAGIC))
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


class SealedFile:
    """A sealed file, open for reading. Raises `IndexDamaged` where it is not as written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:  # an empty file
            raise self._damaged() from error
        size = len(self._map)
        if size < len(_MAGIC) + _TAIL.size:
            raise self._damaged()
        end, length, blocks, checksum, magic = _TAIL.unpack(self._map[size - _TAIL.size :])
        if magic != _MAGIC or end + 4 * blocks + length + _TAIL.size != size:
            raise self._damaged()
        if blocks != -(-end // _BLOCK):
            raise self._damaged()
        tail = self._map[end : size - _TAIL.size]
        if zlib.crc32(tail) != checksum:
            raise self._damaged()
        self._end = end
        self._strings: dict[str, Strings] = {}
        self._sums = np.frombuffer(tail, "<u4", blocks)
        self._seen = bytearray(blocks)
        try:
            listing = json.loads(tail[4 * blocks :])
            self.about: dict[str, Any] = listing["about"]
            self._sections: dict[str, tuple[int, int, str]] = {
                str(name): (int(at), int(count), str(kind))
                for name, (at, count, kind) in listing["sections"].items()
            }
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise self._damaged() from error
        for at, count, kind in self._sections.values():
            if kind not in _TYPES or at < 0 or count < 0 or at + count * _TYPES[kind] > end:
                raise self._damaged()

    def _damaged(self) -> IndexDamaged:
        return IndexDamaged("this part of the search index is damaged", where=self.path.name)

    def damaged(self) -> IndexDamaged:
        """The error to raise when what the numbers say makes no sense."""
        return self._damaged()

    def __contains__(self, name: str) -> bool:
        return name in self._sections

    def count(self, name: str) -> int:
        """How many numbers a section has."""
        return self._sections[name][1]

    def kind(self, name: str) -> str:
        """The number type of a section ("u4", …)."""
        return self._sections[name][2]

    def numbers(self, name: str, first: int = 0, last: int | None = None) -> Numbers:
        """Numbers `first` to `last` (exclusive) of a section, straight from the file."""
        try:
            at, count, kind = self._sections[name]
        except KeyError as error:
            raise self._damaged() from error
        last = count if last is None else last
        if not 0 <= first <= last <= count:
            raise self._damaged()
        size = _TYPES[kind]
        start, stop = at + first * size, at + last * size
        if stop == start:
            return np.zeros(0, f"<{kind}")
        self._check(start // _BLOCK, (stop - 1) // _BLOCK + 1)
        return np.frombuffer(self._map, f"<{kind}", last - first, start)

    def _check(self, first: int, last: int) -> None:
        seen = self._seen
        if seen.count(1, first, last) == last - first:
            return
        for block in range(first, last):
            if not seen[block]:
                start = block * _BLOCK
                if (
                    zlib.crc32(self._map[start : min(start + _BLOCK, self._end)])
                    != self._sums[block]
                ):
                    raise self._damaged()
                seen[block] = 1

    def strings(self, name: str) -> Strings:
        """Byte strings that `SealedWriter.strings` wrote."""
        if name not in self._strings:
            self._strings[name] = Strings(
                self.numbers(name).tobytes(), self.numbers(f"{name}:ends")
            )
        return self._strings[name]


class Strings:
    """Byte strings, one behind the other."""

    def __init__(self, data: bytes, ends: Numbers) -> None:
        self._data = data
        self._ends = ends

    def __len__(self) -> int:
        return len(self._ends)

    def __getitem__(self, number: int) -> bytes:
        if number < 0:
            raise IndexError(number)
        start = int(self._ends[number - 1]) if number else 0
        return self._data[start : int(self._ends[number])]

    def all(self) -> list[bytes]:
        """All of them."""
        ends = self._ends.tolist()
        return [self._data[a:b] for a, b in pairwise([0, *ends])]
