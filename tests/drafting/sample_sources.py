"""The sample dossiers as sources of views: catalogue from expected.json, text from truth."""

from __future__ import annotations

from collections.abc import Iterable

from truth_text import truth_documents
from whole_way import expected

from dossier import Dossier
from dossier.catalogue import Document, Field, PageSlot, default_types
from dossier.drafting import CaseSource, SourceDocument
from dossier.drafting.source import source_volume
from dossier.facts import FactDocument, case_facts

UNNUMBERED = ("X01", "L29")


def truth_source(case: str, dossier: Dossier) -> CaseSource:
    """A sample as an archive that read it without a fault would give it."""
    texts = truth_documents(case, dossier)
    # in the order of expected.json, in which those of other cases have no text
    waiting = iter(texts)
    following = next(waiting)
    documents: list[SourceDocument] = []
    titles = []
    for at, volume in enumerate(expected(case)["volumes"], start=1):
        titles.append(volume["title"])
        label = 0
        for given in volume["documents"]:
            if (following.type_code, following.title) != (given["type"], given["title"]):
                label += len(given["pages"])
                continue
            made, label = _document(following, at, label)
            documents.append(made)
            following = next(waiting, texts[0])
    return CaseSource(
        name=case,
        facts=case_facts(texts),
        documents=tuple(documents),
        volumes=tuple(
            source_volume(at, title, at, _inside(documents, at))
            for at, title in enumerate(titles, start=1)
        ),
    )


def _inside(documents: Iterable[SourceDocument], volume: int) -> list[SourceDocument]:
    return [each for each in documents if each.volume == volume]


def _document(text: FactDocument, volume: int, label: int) -> tuple[SourceDocument, int]:
    numbered = text.type_code not in UNNUMBERED
    slots = []
    for page in text.pages:
        label += numbered
        slots.append(PageSlot(page.id, label if numbered else None))

    def field(value: str | None) -> Field | None:
        return Field(value) if value else None

    card = Document(
        type=text.type_code,
        form=None,
        type_name=text.title,
        title=Field(text.title),
        pages=tuple(slots),
        volume=str(volume),
        number=field(text.number),
        date=field(text.day),
        organ=field(text.organ),
        responsible=field(text.organ),
        evidence_kind=default_types().of(text.type_code).evidence_kind,
    )
    return SourceDocument(text.id, card, volume, text.pages), label
