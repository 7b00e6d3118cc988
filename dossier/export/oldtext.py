"""An existing text layer that must not stand beside the recognised one.

Invisible text is taken out of the content. Visible text stays as it is drawn, but its fonts are
told that every code is a blank, so that no reader finds the same line twice, once garbled.
"""

from __future__ import annotations

import re
from typing import Any

from pypdf import PdfReader
from pypdf.generic import (
    ContentStream,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
)

from .glyphless import cmap
from .sink import PdfSink

_SHOWING = {b"Tj", b"TJ", b"'", b'"'}
_UNSEEN = {3, 7}
"""Text render modes that paint nothing (ISO 32000-1, table 106)."""
_MODE = re.compile(rb"[37]\s+Tr\b|/ActualText\b")
_FONT_WIDTHS = {"/Type0": 2, "/Type1": 1, "/MMType1": 1, "/TrueType": 1, "/Type3": 1}
"""Bytes of a code, by kind of font."""
_FORMS_DEEP = 12


def _blank_cmap(bytes_per_code: int) -> bytes:
    if bytes_per_code == 1:
        rows = [f"<{code:02X}> <0020>" for code in range(256)]
        space = "<00> <FF>"
        blocks = [rows[i : i + 100] for i in range(0, 256, 100)]
        body = "\n".join(
            f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks
        )
        return cmap(space, body)
    blanks = " ".join(["<0020>"] * 256)
    rows = [f"<{high:02X}00> <{high:02X}FF> [{blanks}]" for high in range(256)]
    blocks = [rows[i : i + 100] for i in range(0, 256, 100)]
    body = "\n".join(
        f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange" for block in blocks
    )
    return cmap("<0000> <FFFF>", body)


class BlankMaps:
    """The two tables "every code is a blank", written once per export when first needed."""

    def __init__(self, sink: PdfSink) -> None:
        self._sink = sink
        self._refs: dict[int, IndirectObject] = {}

    def ref(self, bytes_per_code: int) -> IndirectObject:
        if bytes_per_code not in self._refs:
            self._refs[bytes_per_code] = self._sink.write_stream({}, _blank_cmap(bytes_per_code))
        return self._refs[bytes_per_code]


class Stripper:
    """The change made to a page whose text was recognised anew, for `Transplant.copy`."""

    flavour = "blank"

    def __init__(self, reader: PdfReader, blanks: BlankMaps) -> None:
        self._reader = reader
        self._blanks = blanks

    def has_text(self, resources: DictionaryObject) -> bool:
        """Whether the page, or a form drawn on it, has any font."""
        return _has_fonts(resources, 0)

    def content(self, data: bytes) -> bytes | None:
        """The content without invisible text; None if it has none and can stay as it is."""
        if not _MODE.search(data):
            return None
        stream = DecodedStreamObject()
        stream.set_data(data)
        content = ContentStream(stream, self._reader)
        kept, dropped = _without_invisible(content.operations)
        if not dropped:
            return None
        content.operations = kept
        return content.get_data()

    def change(self, item: DictionaryObject) -> DictionaryObject:
        """Blank fonts, forms without invisible text, no replacement texts."""
        if item.get("/Type") == "/Font" and item.get("/Subtype") in _FONT_WIDTHS:
            font = DictionaryObject(item)
            width = _FONT_WIDTHS[str(item["/Subtype"])]
            font[NameObject("/ToUnicode")] = self._blanks.ref(width)
            return font
        if isinstance(item, StreamObject):
            if item.get("/Subtype") != "/Form":
                return item
            data = self.content(item.get_data())
            if data is None:
                return item
            form = DecodedStreamObject()
            form.update({k: v for k, v in item.items() if k not in ("/Filter", "/DecodeParms")})
            form.set_data(data)
            return form
        if "/ActualText" in item:
            return DictionaryObject({k: v for k, v in item.items() if k != "/ActualText"})
        return item


def _has_fonts(resources: DictionaryObject, depth: int) -> bool:
    fonts = resources.get("/Font")
    if fonts is not None and fonts.get_object():
        return True
    forms = resources.get("/XObject")
    forms = forms.get_object() if forms is not None else None
    if not isinstance(forms, DictionaryObject) or depth > _FORMS_DEEP:
        return False
    for name in forms:
        form = forms[name]
        if isinstance(form, StreamObject) and form.get("/Subtype") == "/Form":
            inner = form.get("/Resources")
            inner = inner.get_object() if inner is not None else None
            if isinstance(inner, DictionaryObject) and _has_fonts(inner, depth + 1):
                return True
    return False


def _without_invisible(operations: list[tuple[Any, bytes]]) -> tuple[list[tuple[Any, bytes]], int]:
    kept: list[tuple[Any, bytes]] = []
    saved: list[int] = []
    mode, dropped = 0, 0
    for operands, operator in operations:
        if operator == b"q":
            saved.append(mode)
        elif operator == b"Q" and saved:
            mode = saved.pop()
        elif operator == b"Tr" and operands:
            mode = int(operands[0])
        elif operator in _SHOWING and mode in _UNSEEN:
            dropped += 1
            if operator in (b"'", b'"'):
                kept.append(([], b"T*"))
            continue
        elif operator == b"BDC" and len(operands) == 2 and "/ActualText" in operands[1]:
            operands = [operands[0], DictionaryObject(operands[1])]  # noqa: PLW2901
            del operands[1]["/ActualText"]
            dropped += 1
        kept.append((operands, operator))
    return kept, dropped


def balance(data: bytes, reader: PdfReader) -> tuple[bytes, bytes]:
    """What to put before and after the content so that it leaves no graphics state behind."""
    stream = DecodedStreamObject()
    stream.set_data(data)
    depth, lowest = 0, 0
    for _, operator in ContentStream(stream, reader).operations:
        if operator == b"q":
            depth += 1
        elif operator == b"Q":
            depth -= 1
            lowest = min(lowest, depth)
    opened = 1 - lowest
    return b"q " * opened + b"\n", b"\n" + b"Q " * (opened + depth) + b"\n"
