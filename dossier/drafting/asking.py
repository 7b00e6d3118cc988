"""What is asked for in one call: a template, a case, a subject and values given by hand, in one
writing, so that the same question is known again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from dossier.facts import extractor_version
from dossier.templates import Card, Template

from ..errors import BadValue
from .changes import steps_of
from .offices import NAME


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `typed` are plain JSON by path of codes."""

    template: Template
    dossier_id: int
    revision: int
    person: str | None
    volume: str | None
    typed: dict[str, Any]

    def request(self, home: Path) -> str:
        """Hash of the question at this state of the dossier, the library and `offices.yaml`."""
        return digest(
            self.template.sha256,
            self.dossier_id,
            self.revision,
            self.person,
            self.volume,
            self.typed,
            _rules(),
            _stamp(home / NAME),
        )


@lru_cache(maxsize=1)
def _rules() -> str:
    """A hash of what makes views of facts, and of what makes facts: another library may see the
    same case in another way. Takes some milliseconds, once."""
    found = hashlib.sha256(extractor_version().encode())
    for package in ("dossier.drafting", "dossier.templates"):
        for file in sorted(resources.files(package).iterdir(), key=lambda each: each.name):
            if file.name.endswith((".py", ".yaml")):
                found.update(file.read_bytes())
    return found.hexdigest()


def _stamp(path: Path) -> list[int]:
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_mtime_ns, found.st_size]


def digest(*parts: object) -> str:
    """SHA-256 of values in one writing."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def series_of_document(code: str, subject: str, identity: list[str]) -> str:
    """What all versions of one document of a dossier have in common."""
    return digest(code, subject, identity)


def plain_typed(card: Card, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Values given by hand as plain JSON, their names by code: 检察员 and `prosecutor` are one.

    Raises BadValue for a name that the template does not know."""
    found: dict[str, Any] = {}
    for name, value in typed.items():
        path = _code_path(card, name)
        if path in found:
            raise BadValue(f"{name}: given twice", where=card.title)
        found[path] = _plain(value, name, card)
    return found


def _code_path(card: Card, name: str) -> str:
    steps = list(steps_of(name))
    try:
        fields = card.schema.find(".".join(code for code, _ in steps))
    except KeyError as error:
        raise BadValue(
            f"{name[:60]}: {error.args[0]}",
            where=card.title,
            advice=f"see: dossier templates show DIR {card.title}",
        ) from None
    return ".".join(
        f"{field.code}[{key}]" if key else field.code
        for field, (_, key) in zip(fields, steps, strict=True)
    )


def _plain(value: Any, name: str, card: Card) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Decimal | float):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(each, name, card) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, name, card) for each in value]
    raise BadValue(f"{name}: a {type(value).__name__} is no value of a field", where=card.title)
