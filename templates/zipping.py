"""A ZIP whose bytes depend on its contents only; parts that never change are packed once."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

_VERSION = 20
_DEFLATED = 8
_UTF8 = 0x800
_DAY = 0x21  # 1980-01-01, the first day a ZIP can say


@dataclass(frozen=True, slots=True)
class Packed:
    """One part, deflated."""

    name: bytes
    crc: int
    size: int
    data: bytes


def packed(name: str, data: bytes) -> Packed:
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    squeezed = deflate.compress(data) + deflate.flush()
    return Packed(name.encode(), zlib.crc32(data), len(data), squeezed)


def zipped(parts: Iterable[Packed]) -> bytes:
    """The ZIP of these parts, in this order. Of parts below 4 GiB each and together."""
    body: list[bytes] = []
    directory: list[bytes] = []
    offset = count = 0
    for part in parts:
        same = struct.pack(
            "<HHHHHIIIHH", _VERSION, _UTF8, _DEFLATED, 0, _DAY, part.crc, len(part.data),
            part.size, len(part.name), 0,
        )  # fmt: skip
        head = b"PK\x03\x04" + same + part.name
        directory.append(
            b"PK\x01\x02" + struct.pack("<H", _VERSION) + same
            + struct.pack("<HHHII", 0, 0, 0, 0, offset) + part.name
        )  # fmt: skip
        body += (head, part.data)
        offset += len(head) + len(part.data)
        count += 1
    size = sum(map(len, directory))
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, size, offset, 0)
    return b"".join([*body, *directory, end])
