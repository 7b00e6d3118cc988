"""Which fields of a corpus mean what, guessed from their names or said by the user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

    def guess(self, keys: Iterable[str], record: Mapping[str, Any]) -> FieldMap:
        """This map with what it leaves open guessed from the names in a record."""
        known = {key.casefold(): key for key in keys}
        names = dict(self.names)
        for target in TARGETS:
            if target in names:
                continue
            for candidate in _candidates()[target]:
                parts = candidate.split("+")
                real = [known.get(part.casefold(), part) for part in parts]
                if all(lookup(record, part) is not None for part in real):
                    names[target] = tuple(real)
                    break
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


def lookup(record: Mapping[str, Any], name: str) -> Any:
    """The value of a name, where a dot goes into an object; None if there is none."""
    if name in record:
        return record[name]
    value: Any = record
    for step in name.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


_DEPTH = 8
"""Lists within lists that may hold a text; deeper ones hold none."""


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
