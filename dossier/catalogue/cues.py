"""How much the body of a page speaks for a document type."""

from __future__ import annotations

import re
from collections import Counter

from .reading import PageReading
from .types import DocumentType, DocumentTypes
from .values import Evidence

CUE = 0.07
"""Weight of one cue of the body."""
MOST = 0.28
"""Weight all cues together can reach."""
AGAINST = -0.12
"""Weight of one cue against."""


class CueBook:
    """The cues of all types, ready to be looked for."""

    def __init__(self, types: DocumentTypes) -> None:
        self._types = types
        self._compiled: dict[str, re.Pattern[str]] = {}
        shared: Counter[str] = Counter()
        for entry in types.types:
            shared.update(set(entry.cues))
            for cue in (*entry.cues, *entry.against, *entry.alone):
                if cue.startswith("re:"):
                    self._compiled[cue] = re.compile(cue[3:])
        # a cue that many types share tells little about which one it is
        self._share = {cue: 1 / number for cue, number in shared.items()}

    def _find(self, cue: str, text: str) -> tuple[int, int] | None:
        if cue in self._compiled:
            match = self._compiled[cue].search(text)
            return match.span() if match else None
        at = text.find(cue)
        return (at, at + len(cue)) if at >= 0 else None

    def weight(self, entry: DocumentType, text: str) -> float:
        """Sum of the cues for and against, without saying where."""
        found = sum(self._find(cue, text) is not None for cue in entry.cues)
        against = sum(self._find(cue, text) is not None for cue in entry.against)
        return min(MOST, CUE * found) + AGAINST * against

    def evidence(self, entry: DocumentType, reading: PageReading) -> list[Evidence]:
        """The same, each with its place."""
        items: list[Evidence] = []
        left = MOST
        for cue in entry.cues:
            span = self._find(cue, reading.text)
            if span and left > 0:
                weight = min(CUE, left)
                left -= weight
                items.append(self._item("cue", cue, weight, reading, span))
        for cue in entry.against:
            span = self._find(cue, reading.text)
            if span:
                items.append(self._item("cue-against", cue, AGAINST, reading, span))
        return items

    @staticmethod
    def _item(
        what: str, cue: str, weight: float, reading: PageReading, span: tuple[int, int]
    ) -> Evidence:
        return Evidence(what, cue, weight, reading.place(reading.line_at(span[0])))

    def standing_alone(self, reading: PageReading) -> DocumentType | None:
        """The type a page without a title begins by its contents alone (photos, slips), if any:
        two of its `alone` strings, on a page that is no statement and no long text."""
        text = reading.text
        if len(text) > 700 or "问:" in text:
            return None
        for entry in self._types.types:
            if entry.alone and sum(self._find(cue, text) is not None for cue in entry.alone) >= 2:
                return entry
        return None

    def guess(self, text: str) -> tuple[DocumentType, float] | None:
        """The type whose cues fit an untitled text best, by how few types share each cue; None if
        none stands out."""
        ranked = []
        for entry in self._types.types:
            score = sum(
                self._share[cue] * (1.0 if len(cue) > 2 else 0.5)
                for cue in entry.cues
                if self._find(cue, text) is not None
            )
            score -= 0.7 * sum(self._find(cue, text) is not None for cue in entry.against)
            if score > 0:
                ranked.append((score, entry))
        ranked.sort(key=lambda pair: -pair[0])
        if not ranked or ranked[0][0] < 1.6:
            return None
        if len(ranked) > 1 and ranked[0][0] - ranked[1][0] < 0.3:
            return None
        return ranked[0][1], ranked[0][0]
