"""In which fields two versions of a document differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from dossier.templates import Leaf, Node, Schema


@dataclass(frozen=True, slots=True)
class Change:
    """A field that is another now: `path` (defendants[韩志远].birth), its label
    (各当事人·韩志远·出生日期), and what it said before and says now, None if nothing."""

    path: str
    label: str
    before: str | None
    after: str | None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def differences(before: Node, after: Node, schema: Schema) -> tuple[Change, ...]:
    """What changed from one view to the next, in the order of the later one; then what went.

    Records are told apart by their key; where only their order changed, that is the change."""
    old, new = dict(_flat(before)), dict(_flat(after))
    found = [
        Change(path, label_of(schema, path), _shown(old.get(path)), _shown(now))
        for path, now in new.items()
        if _differ(old.get(path), now)
    ]
    gone = [
        Change(path, label_of(schema, path), was, None)
        for path, was in old.items()
        if path not in new and isinstance(was, str)
    ]
    return (*found, *gone)


def _differ(was: str | list[str] | None, now: str | list[str]) -> bool:
    """For the keys of a list of records: whether just their order changed. What came in or went
    is seen in the fields."""
    if isinstance(now, list):
        return isinstance(was, list) and was != now and sorted(was) == sorted(now)
    return was != now


def _shown(value: str | list[str] | None) -> str | None:
    return "、".join(value) if isinstance(value, list) else value


def label_of(schema: Schema, path: str) -> str:
    """各当事人·韩志远·出生日期 of defendants[韩志远].birth; the path itself where it is unknown."""
    steps = list(steps_of(path))
    try:
        fields = schema.find(".".join(code for code, _ in steps))
    except KeyError:
        return path
    words = []
    for field, (_, key) in zip(fields, steps, strict=True):
        words += [field.label, key] if key else [field.label]
    return "·".join(words)


def steps_of(path: str) -> Iterator[tuple[str, str]]:
    """Codes of a path with the keys in their brackets; keys may hold points."""
    rest = path
    while rest:
        stop = min((at for at in (rest.find("."), rest.find("[")) if at >= 0), default=len(rest))
        code, rest = rest[:stop], rest[stop:]
        key = ""
        if rest.startswith("["):
            # a key may itself hold brackets: it ends where a point or nothing follows
            end = rest.find("].")
            end = len(rest) - 1 if end < 0 else end
            key, rest = rest[1:end], rest[end + 1 :]
        yield code, key
        rest = rest.removeprefix(".")


def _flat(node: Node, before: str = "") -> Iterator[tuple[str, str | list[str]]]:
    """Texts by path; of a list of records its keys."""
    values: Mapping[str, Any] = node.values
    for code, value in values.items():
        path = f"{before}{code}"
        if isinstance(value, Leaf):
            yield path, text_of(value)
        elif isinstance(value, Node):
            yield from _flat(value, f"{path}.")
        elif value and isinstance(value[0], Leaf):
            yield path, "、".join(map(text_of, value))
        else:
            keys = _keys(value)
            yield path, keys
            for key, each in zip(keys, value, strict=True):
                yield from _flat(each, f"{path}[{key}].")


def _keys(nodes: tuple[Node, ...]) -> list[str]:
    """A name for each record: its key, or its place where keys are missing or not unique."""
    keys = [node.key for node in nodes]
    alone = {key for key in keys if key and keys.count(key) == 1}
    return [key if key in alone else str(at) for at, key in enumerate(keys, 1)]


def text_of(leaf: Leaf) -> str:
    """A value as reports show it."""
    value = leaf.value
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    if isinstance(value, Decimal):
        text = f"{value:f}"  # 1200 and 1200.00 are one sum
        return text.rstrip("0").rstrip(".") if "." in text else text
    return str(value)
