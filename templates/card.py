"""The card beside a template (X.yaml beside X.docx): what it makes, and what it needs."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from dossier.catalogue import default_types
from dossier.errors import BadData

from .fields import Field as SchemaField
from .fields import FieldForm, Schema, explain, schema, typed_fields

Organ = Literal["police", "procuratorate", "court", "detention", "correction", "any"]
Stage = Literal["侦查", "审查逮捕", "审查起诉", "审判", "执行"]
_BYTES = 256 * 1024


def _known_type(code: str) -> str:
    if code and code not in default_types():
        raise ValueError(f"there is no document type {code}")
    return code


TypeCode = Annotated[str, AfterValidator(_known_type)]


class NumberRule(BaseModel):
    """How its 文号 is made: `kind` is what it writes for this kind of document.

    `by` is the typed field that names the office that makes it, where that may be another than
    the card's organ (换押证). `given`: no counter gives it, it is the 案号 under which a court
    registered the case."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Annotated[str, Field(min_length=1)]
    by: str = ""
    given: bool = False


class Card(BaseModel):
    """A validated card. `required`, `optional` are paths as written, by code or label; use
    `required_paths`, `optional_paths` (by code) to work with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    title: Annotated[str, Field(min_length=1)]
    type: TypeCode = ""
    organ: Organ
    stage: Stage
    version: str
    source: Annotated[str, Field(min_length=1)]
    effective_from: date
    effective_to: date | None = None
    per: Literal["case", "defendant", "volume"] = "case"
    identity: tuple[str, ...] = ()
    narrative: tuple[TypeCode, ...] = ()
    number: NumberRule | None = None
    copies: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    typed: tuple[FieldForm, ...] = ()
    note: str = ""
    """What a clerk should know before using it."""

    @cached_property
    def typed_fields(self) -> dict[str, SchemaField]:
        """By code."""
        return typed_fields(self.typed)

    @cached_property
    def schema(self) -> Schema:  # type: ignore[override] # pydantic's own is deprecated
        """The library's fields and the typed ones."""
        return schema().with_typed(self.typed_fields)

    @cached_property
    def required_paths(self) -> tuple[str, ...]:
        """By code, with the typed fields that are required."""
        own = [self.schema.code_path(path) for path in self.required]
        own += [path for path, each in self._typed() if each.required]
        return tuple(own)

    @cached_property
    def optional_paths(self) -> tuple[str, ...]:
        """By code, with the typed fields that may be absent."""
        own = [self.schema.code_path(path) for path in self.optional]
        own += [path for path, each in self._typed() if not each.required]
        return tuple(own)

    def _typed(self) -> list[tuple[str, SchemaField]]:
        found: list[tuple[str, SchemaField]] = []

        def walk(each: SchemaField, path: str) -> None:
            found.append((path, each))
            for inner in each.fields.values():
                walk(inner, f"{path}.{inner.code}")

        for each in self.typed_fields.values():
            walk(each, each.code)
        return found


def load_card(path: Path) -> Card:
    """The card of this file. Raises BadData naming the file and what is wrong in it."""
    try:
        with path.open("rb") as file:
            data = file.read(_BYTES + 1)
    except OSError as error:
        raise BadData(f"cannot be read: {error.strerror}", where=str(path)) from error
    return read_card(data, str(path))


def read_card(data: bytes, where: str) -> Card:
    """A card of its bytes. Raises BadData."""
    advice = "compare it with a card of templates/library, or `dossier templates check`"
    if len(data) > _BYTES or re.search(rb"(?m)(?:^|[\s\[{,:-])[&*][^\s]", data):
        # anchors and aliases can grow without bound
        raise BadData("too large, or with YAML anchors", where=where, advice=advice)
    try:
        card = Card.model_validate(yaml.safe_load(data.decode("utf-8")))
        names = card.schema.names  # raises where a typed name is taken
        both = set(card.required_paths) & set(card.optional_paths)
    except (yaml.YAMLError, ValidationError, ValueError, KeyError, RecursionError) as error:
        text = str(error.args[0]) if isinstance(error, KeyError) else explain(error)
        raise BadData(text, where=where, advice=advice) from error
    except BadData as error:
        raise BadData(error.what, where=where, advice=error.advice) from error
    if both:
        raise BadData(f"{min(both)} is required and optional", where=where, advice=advice)
    for name in card.identity:
        if name not in names or not names[name].typed:
            raise BadData(f"identity: {name} is no typed field", where=where, advice=advice)
    by = card.number.by if card.number is not None else ""
    if by and (by not in card.typed_fields or card.typed_fields[by].type != "text"):
        raise BadData(f"number: by: {by} is no typed text", where=where, advice=advice)
    return card
