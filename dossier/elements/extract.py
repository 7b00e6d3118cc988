"""All that is read from one text."""

from __future__ import annotations

from collections.abc import Iterable

from .amounts import amounts
from .circumstances import circumstances
from .citations import citations
from .identifiers import identifiers
from .measures import measures
from .mentions import charge_mentions
from .moments import moments
from .numbers import case_numbers
from .parties import parties as parties_of
from .restitutions import restitutions
from .segments import segments as segments_of
from .segments import text_kind
from .sentences import sentences as sentences_of
from .values import Elements, PartyElements, Sentence, TextKind

_ACCUSED = ("被告人", "被告单位", "犯罪嫌疑人", "犯罪嫌疑单位", "上诉人", "罪犯", "申诉人")


def extract(text: str, *, title: str = "", kind: TextKind | None = None) -> Elements:
    """The elements of a text: its parts, numbers, parties, charges, sentences, circumstances, each
    with the place it was read from.

    `kind` says what the text is; without it, `title` and the text itself do. Takes time linear in
    the length of the text, needs nothing but the text, and raises nothing whatever the text is.
    """
    known = text_kind(text, title) if kind is None else kind
    segments = segments_of(text, known)
    parties = parties_of(text, known, segments)
    sentences = sentences_of(text, segments, parties)
    names = _accused(parties, sentences)
    return Elements(
        kind=known,
        segments=segments,
        numbers=case_numbers(text),
        citations=citations(text),
        amounts=amounts(text),
        moments=moments(text),
        identifiers=identifiers(text),
        measures=measures(text),
        parties=parties,
        charges=charge_mentions(text, segments, names),
        sentences=sentences,
        restitutions=restitutions(text, segments),
        circumstances=circumstances(text, segments, names, known),
    )


def _accused(parties: Iterable[PartyElements], sentences: Iterable[Sentence]) -> tuple[str, ...]:
    """Names of the accused, of the head and, where a text has none, of the decision."""
    names = [
        name
        for party in parties
        if party.role in _ACCUSED or "被告" in party.role
        for name in (party.name, *party.aliases)
    ]
    names += [sentence.defendant for sentence in sentences]
    return tuple(dict.fromkeys(name for name in names if name))
