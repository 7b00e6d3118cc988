"""The part of a view that a document was made from, as plain JSON and back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from dossier.facts import Source
from dossier.templates import Filled, Leaf, Node

Value = Leaf | Node | tuple[Leaf | Node, ...]


def pruned(view: Node, paths: Iterable[str]) -> Node:
    """Only what stands at these paths (by code). A path to a record takes all of it."""
    heads: dict[str, list[str]] = {}
    for path in paths:
        head, _, rest = path.partition(".")
        heads.setdefault(head, []).append(rest)
    kept: dict[str, Value] = {}
    for code, rests in heads.items():
        value = view.values.get(code)
        if value is None:
            continue
        # the list itself may be named beside fields of its records: the fields say which count
        inner = [rest for rest in rests if rest]
        kept[code] = _within(value, inner) if inner else value
    return Node(kept, view.key)


def _within(value: Value, paths: list[str]) -> Value:
    if isinstance(value, tuple):
        return tuple(pruned(each, paths) if isinstance(each, Node) else each for each in value)
    return pruned(value, paths) if isinstance(value, Node) else value


def view_json(value: Value) -> Any:
    """The inverse of `view_from_json`."""
    if isinstance(value, tuple):
        return [view_json(each) for each in value]
    if isinstance(value, Node):
        fields = {code: view_json(each) for code, each in value.values.items()}
        return {"key": value.key, "fields": fields}
    kind, text = _scalar(value.value)
    return {
        "type": kind,
        "value": text,
        "origin": value.origin,
        "sources": [source.model_dump(mode="json") for source in value.sources],
    }


def view_from_json(card: Any) -> Any:
    """A node, a leaf or a tuple of them, of what `view_json` gave."""
    if isinstance(card, list):
        return tuple(view_from_json(each) for each in card)
    if "fields" in card:
        values = {code: view_from_json(each) for code, each in card["fields"].items()}
        return Node(values, card["key"])
    return Leaf(_read(card["type"], card["value"]), card["origin"], _sources(card["sources"]))


def filled_json(filled: Iterable[Filled]) -> list[dict[str, Any]]:
    """The inverse of `filled_from_json`."""
    return [
        {
            "path": each.path,
            "label": each.label,
            "text": each.text,
            "origin": each.origin,
            "sources": [source.model_dump(mode="json") for source in each.sources],
        }
        for each in filled
    ]


def filled_from_json(cards: Iterable[dict[str, Any]]) -> tuple[Filled, ...]:
    """Fields as they were filled in."""
    return tuple(
        Filled(each["path"], each["label"], each["text"], each["origin"], _sources(each["sources"]))
        for each in cards
    )


def _sources(cards: list[dict[str, Any]]) -> tuple[Source, ...]:
    return tuple(Source.model_validate(card) for card in cards)


def _scalar(value: object) -> tuple[str, Any]:
    if isinstance(value, bool | int):
        return ("flag" if isinstance(value, bool) else "number"), value
    if isinstance(value, Decimal):
        return "decimal", str(value)
    if isinstance(value, date):  # also a datetime
        return ("moment" if isinstance(value, datetime) else "date"), value.isoformat()
    return "text", str(value)


def _read(kind: str, value: Any) -> Any:
    match kind:
        case "decimal":
            return Decimal(value)
        case "date":
            return date.fromisoformat(value)
        case "moment":
            return datetime.fromisoformat(value)
    return value
