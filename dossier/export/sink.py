"""A PDF file written object by object, so that a thousand scans never stand in memory at once.

pypdf's own writer keeps every object until the end; here an object goes to the file as soon as it
is complete and only its offset is kept. The objects themselves are pypdf's.
"""

from __future__ import annotations

import hashlib
import io
import zlib
from collections.abc import Mapping
from typing import Any, BinaryIO

from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
)


def text_string(text: str) -> ByteStringObject:
    """A text string any reader understands: UTF-16 with byte order mark (ISO 32000-1, 7.9.2.2)."""
    return ByteStringObject(b"\xfe\xff" + text.encode("utf-16-be", "replace"))


def as_pdf(value: Any) -> PdfObject:
    """Plain values as PDF objects; strings beginning with "/" are names."""
    match value:
        case PdfObject():
            return value
        case None:
            return NullObject()
        case bool():
            return BooleanObject(value)
        case int():
            return NumberObject(value)
        case float():
            return FloatObject(f"{value:.5f}".rstrip("0").rstrip("."))
        case str():
            return NameObject(value) if value.startswith("/") else text_string(value)
        case bytes():
            return ByteStringObject(value)
        case Mapping():
            return DictionaryObject(
                {NameObject(key): as_pdf(inner) for key, inner in value.items()}
            )
        case list() | tuple():
            return ArrayObject([as_pdf(inner) for inner in value])
        case _:
            raise TypeError(f"no PDF form of {type(value).__name__}")


def serialised(value: Any) -> bytes:
    """The value as it stands in a PDF file."""
    out = io.BytesIO()
    as_pdf(value).write_to_stream(out)
    return out.getvalue()


class PdfSink:
    """The growing file. `finish` must be called last; nothing is readable before."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._at = 0
        self._digest = hashlib.sha256()
        self._offsets: list[int] = []
        # the comment with high bytes tells mail programs that the file is binary
        self._put(b"%PDF-1.7\n%\xe5\x8d\xb7\xe5\xae\x97\n")

    def _put(self, data: bytes) -> None:
        self._stream.write(data)
        self._digest.update(data)
        self._at += len(data)

    def reserve(self) -> IndirectObject:
        """A reference to an object that will be written later."""
        self._offsets.append(-1)
        return IndirectObject(len(self._offsets), 0, None)

    def write(self, value: Any, ref: IndirectObject | None = None) -> IndirectObject:
        """Write an object (plain values allowed, see `as_pdf`) and return its reference."""
        ref = ref or self.reserve()
        self._open(ref)
        self._put(serialised(value))
        self._put(b"\nendobj\n")
        return ref

    def write_stream(
        self,
        entries: Mapping[str, Any],
        data: bytes,
        *,
        compress: bool = True,
        ref: IndirectObject | None = None,
    ) -> IndirectObject:
        """Write a stream object; `compress` packs `data`, which then must not be packed yet."""
        whole: dict[str, Any] = dict(entries)
        if compress:
            data = zlib.compress(data, 9)
            whole["/Filter"] = "/FlateDecode"
        whole["/Length"] = len(data)
        ref = ref or self.reserve()
        self._open(ref)
        self._put(serialised(whole))
        self._put(b"\nstream\n")
        self._put(data)
        self._put(b"\nendstream\nendobj\n")
        return ref

    def _open(self, ref: IndirectObject) -> None:
        if self._offsets[ref.idnum - 1] >= 0:
            raise ValueError(f"object {ref.idnum} is written already")
        self._offsets[ref.idnum - 1] = self._at
        self._put(b"%d 0 obj\n" % ref.idnum)

    def finish(self, root: IndirectObject, info: IndirectObject) -> int:
        """Write the cross-reference table; returns the size of the file in bytes.

        The file identifier is a digest of the content: the same export gives the same bytes.
        """
        for number, offset in enumerate(self._offsets, start=1):
            if offset < 0:
                self.write(None, IndirectObject(number, 0, None))
        start = self._at
        identifier = ByteStringObject(self._digest.digest()[:16])
        rows = [b"0000000000 65535 f \n", *(b"%010d 00000 n \n" % at for at in self._offsets)]
        self._put(b"xref\n0 %d\n" % len(rows) + b"".join(rows) + b"trailer\n")
        trailer = {
            "/Size": len(rows),
            "/Root": root,
            "/Info": info,
            "/ID": [identifier, identifier],
        }
        self._put(serialised(trailer))
        self._put(b"\nstartxref\n%d\n%%%%EOF\n" % start)
        return self._at
