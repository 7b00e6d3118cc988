"""What is wrong with a dossier's pages: missing, double, misordered, foreign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .findings import finding
from .reading import PageReading
from .titles import TitleMatcher
from .types import BINDING, UNKNOWN, DocumentTypes
from .values import Finding, Volume


def check(
    types: DocumentTypes,
    titles: TitleMatcher,
    volumes: Sequence[Volume],
    readings: Mapping[int, PageReading],
) -> list[Finding]:
    """All findings, in the order of the dossier."""
    found: list[Finding] = []
    found += _uncertain(volumes)
    found += _too_thick(types, volumes)
    return found


def _uncertain(volumes: Sequence[Volume]) -> list[Finding]:
    found = []
    for volume in volumes:
        for doc in volume.documents:
            if doc.corrected:
                continue
            if doc.type == UNKNOWN:
                found.append(finding("C602", doc.keys[:1]))
            elif doc.confidence < 0.6 and doc.type != BINDING:
                found.append(
                    finding(
                        "C601", doc.keys[:1], type=doc.type_name, confidence=f"{doc.confidence:.2f}"
                    )
                )
    return found


def _too_thick(types: DocumentTypes, volumes: Sequence[Volume]) -> list[Finding]:
    limit = types.page_limit.pages
    return [
        finding(
            "C501",
            volume.documents[0].keys[:1],
            volume=volume.title,
            pages=volume.page_count,
            limit=limit,
        )
        for volume in volumes
        if volume.page_count > limit
    ]
