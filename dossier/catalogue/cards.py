"""Documents back from the JSON in which the records keep them."""

from __future__ import annotations

from typing import Any

from ..model import Box
from .values import Document, Evidence, Field, PageSlot, Party, Place


def document_from_json(card: dict[str, Any]) -> Document:
    """The inverse of `Document.to_json`."""
    return Document(
        type=card["type"],
        form=card["form"],
        type_name=card["type_name"],
        title=_known(card["title"]),
        pages=tuple(PageSlot(slot["page"], slot["label"]) for slot in card["pages"]),
        volume=card["volume"],
        number=_field(card["number"]),
        date=_field(card["date"]),
        organ=_field(card["organ"]),
        person=_field(card["person"]),
        responsible=_field(card["responsible"]),
        evidence_kind=card["evidence_kind"],
        parties=tuple(
            Party(party["role"], party["name"], _places(party["places"]))
            for party in card["parties"]
        ),
        case_numbers=tuple(_known(number) for number in card["case_numbers"]),
        confidence=card["confidence"],
        evidence=tuple(
            Evidence(
                item["what"],
                item["detail"],
                item["weight"],
                _place(item["place"]) if item["place"] else None,
            )
            for item in card["evidence"]
        ),
        corrected=card["corrected"],
    )


def _field(card: dict[str, Any] | None) -> Field | None:
    return None if card is None else _known(card)


def _known(card: dict[str, Any]) -> Field:
    return Field(card["value"], _places(card["places"]), card["corrected"])


def _places(cards: list[dict[str, Any]]) -> tuple[Place, ...]:
    return tuple(_place(card) for card in cards)


def _place(card: dict[str, Any]) -> Place:
    return Place(card["page"], card["line"], Box(*card["box"]))
