"""What cataloguing takes and gives: pages in, named documents in volumes and findings out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..model import Box, PageLayer


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """One page to catalogue.

    `key`         the caller's name for the page, unique in the dossier
    `file`        relative path of its file within the dossier, with "/"
    `number`      place in the file, from 0
    `file_pages`  pages of that file
    `volume`      volume title the sender gave (folder name), None if none
    `sha256`      of the source file: with `number` the lasting identity of the page
    """

    key: int
    file: str
    number: int
    file_pages: int
    volume: str | None
    layer: PageLayer
    sha256: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where on the scan something stands: page key, line index in its layer, box in page units."""

    key: int
    line: int
    box: Box

    def to_json(self) -> dict[str, Any]:
        box = self.box
        corners = (box.left, box.top, box.right, box.bottom)
        return {
            "page": self.key,
            "line": self.line,
            "box": [round(edge, 5) for edge in corners],
        }


@dataclass(frozen=True, slots=True)
class Field:
    """One value with the places it was read from; `corrected` if a person set it."""

    value: str
    places: tuple[Place, ...] = ()
    corrected: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "value": self.value,
            "places": [place.to_json() for place in self.places],
            "corrected": self.corrected,
        }


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a decision: what was seen, how much it weighs (negative speaks against)."""

    what: str
    detail: str
    weight: float
    place: Place | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "detail": self.detail,
            "weight": round(self.weight, 3),
            "place": self.place.to_json() if self.place else None,
        }


@dataclass(frozen=True, slots=True)
class Party:
    """A person named in a document: role as printed (犯罪嫌疑人, 被害人, …)."""

    role: str
    name: str
    places: tuple[Place, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "role": self.role,
            "name": self.name,
            "places": [place.to_json() for place in self.places],
        }


@dataclass(frozen=True, slots=True)
class PageSlot:
    """One page of a document: its key and its number in the volume (None: not numbered)."""

    key: int
    label: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One document of the dossier.

    `type`        code of the document type, `form` its form if the type has several
    `date`        ISO date, as far as it could be read
    `organ`       organ that issued it; `person` the person questioned or who signed
    `confidence`  0 to 1, of start and type together
    `evidence`    why it begins where it begins and is what it is
    """

    type: str
    form: str | None
    type_name: str
    title: Field
    pages: tuple[PageSlot, ...]
    volume: str
    number: Field | None = None
    date: Field | None = None
    organ: Field | None = None
    person: Field | None = None
    responsible: Field | None = None
    evidence_kind: int | None = None
    parties: tuple[Party, ...] = ()
    case_numbers: tuple[Field, ...] = ()
    confidence: float = 1.0
    evidence: tuple[Evidence, ...] = ()
    corrected: bool = False

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(page.key for page in self.pages)

    @property
    def labels(self) -> tuple[int, int] | None:
        """First and last page number in the volume, None if not numbered."""
        numbers = [page.label for page in self.pages if page.label is not None]
        return (numbers[0], numbers[-1]) if numbers else None

    def to_json(self) -> dict[str, Any]:
        return {
            "type": self.type,
            "form": self.form,
            "type_name": self.type_name,
            "title": self.title.to_json(),
            "pages": [{"page": page.key, "label": page.label} for page in self.pages],
            "volume": self.volume,
            "number": _json(self.number),
            "date": _json(self.date),
            "organ": _json(self.organ),
            "person": _json(self.person),
            "responsible": _json(self.responsible),
            "evidence_kind": self.evidence_kind,
            "parties": [party.to_json() for party in self.parties],
            "case_numbers": [number.to_json() for number in self.case_numbers],
            "confidence": round(self.confidence, 3),
            "evidence": [item.to_json() for item in self.evidence],
            "corrected": self.corrected,
        }


def _json(field_: Field | None) -> dict[str, Any] | None:
    return field_.to_json() if field_ else None


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume. `kind` is its title in `volumes.yaml`, None for a volume of the sender's own."""

    title: str
    kind: str | None
    documents: tuple[Document, ...]

    @property
    def page_count(self) -> int:
        """Numbered pages."""
        return sum(page.label is not None for doc in self.documents for page in doc.pages)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should look at. The text comes from `findings.yaml`.

    `pages`   keys it is about, the first one is where to look
    `values`  what fills the message
    """

    code: str
    severity: str
    pages: tuple[int, ...]
    values: dict[str, str] = field(default_factory=dict)
    messages: dict[str, str] = field(default_factory=dict)

    def message(self, language: str = "zh") -> str:
        """The finding in words; `zh` or `en`."""
        return self.messages[language]

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "severity": self.severity,
            "pages": list(self.pages),
            "values": self.values,
            "messages": self.messages,
        }


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A dossier as catalogued: volumes in order, findings, and pages a person excluded."""

    volumes: tuple[Volume, ...]
    findings: tuple[Finding, ...] = ()
    excluded: tuple[int, ...] = ()

    @property
    def documents(self) -> Iterator[Document]:
        for volume in self.volumes:
            yield from volume.documents

    def volume(self, title: str) -> Volume:
        """The volume of this title. KeyError if there is none."""
        for volume in self.volumes:
            if volume.title == title:
                return volume
        raise KeyError(title)

    def to_json(self) -> dict[str, Any]:
        return {
            "volumes": [
                {
                    "title": volume.title,
                    "kind": volume.kind,
                    "pages": volume.page_count,
                    "documents": [doc.to_json() for doc in volume.documents],
                }
                for volume in self.volumes
            ],
            "findings": [finding.to_json() for finding in self.findings],
            "excluded": list(self.excluded),
        }
