"""Optional content (layers) of the sources: what was switched off must stay switched off."""

from __future__ import annotations

from typing import Any

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from .sink import PdfSink
from .transplant import Transplant


class Layers:
    """Collects the layers of all sources; `properties` keeps those that came into the export."""

    def __init__(self) -> None:
        self._found: list[tuple[Transplant, list[IndirectObject], set[tuple[int, int]]]] = []

    def note(self, reader: PdfReader, transplant: Transplant) -> None:
        """Remember the layers of a source and which of them are off (ISO 32000-1, 8.11.4)."""
        properties = _dictionary(reader.root_object.get("/OCProperties"))
        groups = _references(properties.get("/OCGs"))
        if not groups:
            return
        default = _dictionary(properties.get("/D"))
        off = {(ref.idnum, ref.generation) for ref in _references(default.get("/OFF"))}
        if default.get("/BaseState") == "/OFF":
            on = {(ref.idnum, ref.generation) for ref in _references(default.get("/ON"))}
            off |= {(ref.idnum, ref.generation) for ref in groups} - on
        self._found.append((transplant, groups, off))

    def properties(self, sink: PdfSink) -> IndirectObject | None:
        """The layer properties of the export; None without layers."""
        shown: list[IndirectObject] = []
        off: list[IndirectObject] = []
        for transplant, groups, hidden in self._found:
            for group in groups:
                copies = [ref for ref in transplant.copies(group) if ref not in shown]
                shown += copies
                if (group.idnum, group.generation) in hidden:
                    off += copies
        if not shown:
            return None
        return sink.write({"/OCGs": shown, "/D": {"/OFF": off, "/Order": []}})


def _dictionary(value: Any) -> DictionaryObject:
    found = value.get_object() if value is not None else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _references(value: Any) -> list[IndirectObject]:
    found = value.get_object() if value is not None else None
    if not isinstance(found, ArrayObject):
        return []
    return [item for item in list.__iter__(found) if isinstance(item, IndirectObject)]
