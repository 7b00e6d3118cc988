"""Which fields of a corpus mean what, guessed from their names or said by the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ..elements.tables import Sourced, read_table_of
from ..errors import BadData

TARGETS = ("key", "title", "text", "court", "number", "day", "charges")


class _FieldsFile(Sourced):
    fields: dict[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def _candidates() -> dict[str, tuple[str, ...]]:
    return read_table_of(_FieldsFile, __package__, "fields.yaml").fields


@dataclass(frozen=True, slots=True)
class FieldMap:
    """For each of `TARGETS` the names of the corpus, in order; joined where there are several."""

    names: Mapping[str, tuple[str, ...]]

    @classmethod
    def parse(cls, given: Mapping[str, str] | None) -> FieldMap:
        """What the user said: {"text": "fact+reasoning", "key": "docid"}; "" means: none.

        `id` and `date` may be said for `key` and `day`. Raises BadData for an unknown target.
        """
        names: dict[str, tuple[str, ...]] = {}
        for target, source in (given or {}).items():
            target = {"id": "key", "date": "day"}.get(target, target)  # noqa: PLW2901
            if target not in TARGETS:
                raise BadData(
                    f"a judgment has no field {target!r}",
                    advice="fields are: " + ", ".join(TARGETS),
                )
            names[target] = tuple(part.strip() for part in source.split("+") if part.strip())
        return cls(names)

    def guess(self, record: Mapping[str, Any]) -> FieldMap:
        """This map with what it leaves open guessed from the names in a record: of each target the
        first that has a value, else the first that is there. Depends on `shape` alone."""
        known = {key.casefold(): key for key in record}
        names = dict(self.names)
        for target in TARGETS:
            if target in names:
                continue
            there = []
            for candidate in _candidates()[target]:
                parts = tuple(known.get(p.casefold(), p) for p in candidate.split("+"))
                values = [lookup(record, part, _MISSING) for part in parts]
                if _MISSING not in values:
                    there.append((any(map(_filled, values)), parts))
            if there:
                names[target] = next((parts for filled, parts in there if filled), there[0][1])
        return FieldMap(names)

    def value(self, record: Mapping[str, Any], target: str) -> str:
        """The text of a target, "" if the record has none."""
        parts = [_text(lookup(record, name)) for name in self.names.get(target, ())]
        return "\n".join(part for part in parts if part)

    def values(self, record: Mapping[str, Any], target: str) -> list[str]:
        """The texts of a target that may be a list."""
        out: list[str] = []
        for name in self.names.get(target, ()):
            value = lookup(record, name)
            out += [_text(each) for each in value] if isinstance(value, list) else [_text(value)]
        return [each for each in out if each]

    def to_json(self) -> dict[str, str]:
        return {target: "+".join(names) for target, names in self.names.items() if names}


_MISSING = object()


def lookup(record: Mapping[str, Any], name: str, missing: Any = None) -> Any:
    """The value of a name, where a dot goes into an object; `missing` if there is none."""
    if name in record:
        return record[name]
    value: Any = record
    for step in name.split("."):
        if not isinstance(value, dict) or step not in value:
            return missing
        value = value[step]
    return value


_DEPTH = 8
"""Lists within lists that may hold a text, and objects within objects; deeper ones hold none."""


def shape(record: Mapping[str, Any]) -> tuple[tuple[str, bool], ...]:
    """The names in a record, those in objects after a dot, each with whether it has a value."""
    return tuple(_shape(record, "", 0))


def _shape(record: Mapping[str, Any], lead: str, depth: int) -> Iterator[tuple[str, bool]]:
    for name, value in record.items():
        yield lead + name, _filled(value)
        if isinstance(value, dict) and depth < _DEPTH:
            yield from _shape(value, f"{lead}{name}.", depth + 1)


def _filled(value: Any, depth: int = 0) -> bool:
    """Whether `_text` gives a text."""
    if isinstance(value, str):
        return bool(value) and not value.isspace()
    if isinstance(value, list):
        return depth < _DEPTH and any(_filled(each, depth + 1) for each in value)
    return value is not None and not isinstance(value, dict | bool)


def _text(value: Any, depth: int = 0) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        if depth == _DEPTH:
            return ""
        return "\n".join(part for part in (_text(each, depth + 1) for each in value) if part)
    if value is None or isinstance(value, dict | bool):
        return ""
    return str(value)
