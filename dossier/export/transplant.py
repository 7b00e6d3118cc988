"""Objects of a source PDF written into the export, each once, streams as they are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pypdf import PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NullObject,
    PdfObject,
    StreamObject,
)

from dossier.errors import DamagedFile

from .sink import PdfSink, as_pdf

_MAX_DEPTH = 200
"""Direct arrays and dictionaries inside each other: more is an attack, not a page."""

_LEFT_BEHIND = {
    "/Parent", "/StructParent", "/StructParents", "/Metadata", "/PieceInfo", "/LastModified",
}  # fmt: skip
"""Entries that lead out of the page or mean nothing without the whole document."""

_TREE_TYPES = {"/Page", "/Pages", "/Catalog"}

Change = Callable[[DictionaryObject], DictionaryObject]
"""Looks at a dictionary or stream before it is copied; returns it or a changed copy."""


class Transplant:
    """Copies from one source file. Outlives its reader: what was copied stays known."""

    def __init__(self, sink: PdfSink) -> None:
        self._sink = sink
        self._known: dict[tuple[str, int, int], IndirectObject] = {}

    def copies(self, old: IndirectObject) -> list[IndirectObject]:
        """Where an object of the source went; empty if no page needed it."""
        return [
            new
            for (_, number, generation), new in self._known.items()
            if (number, generation) == (old.idnum, old.generation)
        ]

    def copy(
        self, reader: PdfReader, value: Any, *, flavour: str = "", change: Change | None = None
    ) -> PdfObject:
        """`value` with everything it refers to; references point into the export.

        `flavour` keeps changed copies apart from unchanged ones of the same object.
        """
        waiting: list[tuple[IndirectObject, IndirectObject]] = []

        def refer(old: IndirectObject) -> PdfObject:
            key = (flavour, old.idnum, old.generation)
            new = self._known.get(key)
            if new is None:
                new = self._known[key] = self._sink.reserve()
                waiting.append((old, new))
            return new

        def direct(item: Any, depth: int) -> PdfObject:
            if depth > _MAX_DEPTH:
                raise DamagedFile("objects nested too deeply")
            if isinstance(item, IndirectObject):
                # without a file behind it: a reference into the export, put in by `change`
                return item if item.pdf is None else refer(item)
            if isinstance(item, StreamObject):
                # only reached by streams given directly; those found on the way are indirect
                return self._stream(item, None, lambda inner: direct(inner, depth + 1), change)
            if isinstance(item, DictionaryObject):
                if item.get("/Type") in _TREE_TYPES:
                    return NullObject()
                item = change(item) if change else item
                return DictionaryObject(
                    {
                        key: direct(inner, depth + 1)
                        for key, inner in item.items()
                        if key not in _LEFT_BEHIND
                    }
                )
            if isinstance(item, ArrayObject):
                return ArrayObject([direct(inner, depth + 1) for inner in list.__iter__(item)])
            return as_pdf(item)

        result = direct(value, 0)
        while waiting:
            old, new = waiting.pop()
            found = reader.get_object(old)
            if isinstance(found, StreamObject):
                self._stream(found, new, lambda inner: direct(inner, 0), change)
                # the bytes are in the export now: do not keep them in memory too
                reader.resolved_objects.pop((old.generation, old.idnum), None)
            else:
                self._sink.write(direct(found, 0), new)
        return result

    def _stream(
        self,
        stream: StreamObject,
        ref: IndirectObject | None,
        direct: Callable[[Any], PdfObject],
        change: Change | None,
    ) -> IndirectObject:
        changed = change(stream) if change else stream
        assert isinstance(changed, StreamObject)
        entries = {
            key: direct(inner)
            for key, inner in changed.items()
            if key not in _LEFT_BEHIND and key != "/Length"
        }
        return self._sink.write_stream(entries, changed._data, compress=False, ref=ref)
