"""All that is read from one text."""

from __future__ import annotations

from .citations import citations
from .mentions import charge_mentions
from .restitutions import restitutions
from .segments import segments as segments_of
from .segments import text_kind
from .sentences import sentences
from .values import Elements, TextKind


def extract(text: str, *, title: str = "", kind: TextKind | None = None) -> Elements:
    """The elements of a text: its parts, numbers, parties, charges, sentences, circumstances, each
    with the place it was read from.

    `kind` says what the text is; without it, `title` and the text itself do. Takes time linear in
    the length of the text, needs nothing but the text, and raises nothing whatever the text is.
    """
    known = text_kind(text, title) if kind is None else kind
    segments = segments_of(text, known)
    names: tuple[str, ...] = ()
    return Elements(
        kind=known,
        segments=segments,
        citations=citations(text),
        charges=charge_mentions(text, segments, names),
        sentences=sentences(text, segments),
        restitutions=restitutions(text, segments),
    )
