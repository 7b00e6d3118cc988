"""What of a judgment is compared, and what is kept to be shown: no question reads it anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dossier.similarity import Card, CaseProfile

from ..elements import extract
from ..indexing.entries import JUDGMENT, key_of
from ..records import JudgmentRow
from .outcome import result_in_words, results_in_words
from .profiles import profile_of_judgment, told_span

Described = tuple[str, CaseProfile, dict[str, Any]]
"""Key, profile, and what stands beside it on the card."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of a judgment. `profile` has no texts; `span` where the facts are told;
    `result`, `results` see `outcome`."""

    profile: CaseProfile
    span: tuple[int, int]
    result: str
    results: tuple[str, ...]


def judgment_key(judgment_id: int) -> str:
    """Under which a judgment stands in the index and in the features."""
    return key_of(JUDGMENT, judgment_id)


def described(row: JudgmentRow) -> Described:
    """Of a judgment whose text was loaded; takes some 10 ms."""
    read = extract(row.text, title=row.title)
    profile = profile_of_judgment(row, read)
    beside = {
        "of": row.sha256,
        "span": told_span(row.text, read),
        "result": result_in_words(read, row.text),
        "results": results_in_words(read.sentences),
    }
    return judgment_key(row.id), profile, beside


def undescribed(row: JudgmentRow) -> Described:
    """A card that says nothing, of a judgment that cannot be read; it is like no case."""
    beside = {"of": row.sha256, "span": (0, len(row.text)), "result": "", "results": ()}
    return judgment_key(row.id), CaseProfile(facts=""), beside


def fresh(card: Card | None, sha256: str) -> bool:
    """Whether a card was made of this very content of a judgment."""
    return card is not None and card.beside.get("of") == sha256


def shown(row: JudgmentRow, card: Card | None) -> Shown:
    """From the card, or read anew where there is none of this content."""
    if card is not None and fresh(card, row.sha256):
        told = _read(card, len(row.text))
        if told is not None:
            return told
    _, profile, beside = described(row)
    return Shown(profile, beside["span"], beside["result"], beside["results"])


def _read(card: Card, size: int) -> Shown | None:
    """None for a card that we did not write."""
    try:
        start, stop = (int(each) for each in card.beside["span"])
        result, results = str(card.beside["result"]), tuple(map(str, card.beside["results"]))
    except (KeyError, TypeError, ValueError):
        return None
    if not 0 <= start <= stop <= size:
        return None
    return Shown(card.profile, (start, stop), result, results)
