"""A case that does not exist, with a value for every field a template may read: to try it out."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal

from .fields import Field
from .values import Leaf, Node, Scalar, Value

_DAY = date(2023, 5, 8)
# what texts with a form of their own look like; others are made of their labels
_TEXTS = {
    "citations": "刑法第264条",
    "id_number": "620723199005120011",
    "phone": "13909360001",
    "sex": "男",
    "number": "临检刑诉〔2023〕58号",
}
_BY_TYPE: dict[str, Scalar] = {
    "date": _DAY,
    "moment": datetime(2023, 5, 8, 9, 5),
    "money": Decimal("3860.50"),
    "number": 2,
    "months": 18,
    "flag": True,
}


def synthetic(
    fields: Mapping[str, Field],
    paths: Collection[str],
    *,
    rows: int = 2,
    texts: Mapping[str, str] | None = None,
) -> Node:
    """A case that has the fields at these paths (by code) and no others. Lists have `rows` items;
    `texts` gives the text of single paths."""
    return _node(fields, frozenset(paths), "", rows, texts or {}, 0)


def _node(
    fields: Mapping[str, Field],
    paths: frozenset[str],
    before: str,
    rows: int,
    texts: Mapping[str, str],
    at: int,
) -> Node:
    values: dict[str, Value] = {}
    for code, field in fields.items():
        path = f"{before}{code}"
        inside = any(each.startswith(f"{path}.") for each in paths)
        if path not in paths and not inside:
            continue
        if not field.fields:
            values[code] = _leaves(field, path, rows, texts, at)
            continue
        # a record named by itself has all it can have
        inner = paths if inside else paths | {f"{path}.{each}" for each in field.fields}
        if field.is_list:
            values[code] = tuple(
                _node(field.fields, inner, f"{path}.", rows, texts, row) for row in range(rows)
            )
        else:
            values[code] = _node(field.fields, inner, f"{path}.", rows, texts, at)
    name = values.get("name")
    return Node(values, str(name.value) if isinstance(name, Leaf) else "")


def _leaves(field: Field, path: str, rows: int, texts: Mapping[str, str], at: int) -> Value:
    if field.type == "texts":
        return tuple(Leaf(_text(field, path, texts, row), "typed") for row in range(rows))
    if field.type in _BY_TYPE:
        return Leaf(_BY_TYPE[field.type], "typed")
    text = _text(field, path, texts, at)
    return Leaf(f"{text}一段。\n{text}二段。" if field.type == "prose" else text, "typed")


def _text(field: Field, path: str, texts: Mapping[str, str], at: int) -> str:
    known = texts.get(path) or _TEXTS.get(field.code)
    if not known and field.label.endswith(("法条", "条款")):
        known = _TEXTS["citations"]
    return known or f"{field.label}{'甲乙丙丁'[at % 4]}"
