"""What a template can say of a case: the fields of fields.yaml, found by code or by label."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic import Field as Checked

from dossier.catalogue import default_types
from dossier.errors import BadData

FieldType = Literal[
    "text", "prose", "date", "moment", "money", "number", "months", "flag",
    "texts", "record", "records",
]  # fmt: skip

_CODE = re.compile(r"[a-z][a-z0-9_]*\Z")
_RESERVED = frozenset({"loop", "range", "namespace", "true", "false", "none", "caller", "self"})
# a case has four levels (volumes, rows); `like` that leads back to itself would have no end
_DEEPEST = 6


@dataclass(frozen=True, eq=False)
class Field:
    """One field; `fields` are those of a record, or of each record of a list. `found_in` and
    `types` are codes of document types. `required` says so of typed fields only."""

    code: str
    label: str
    type: FieldType
    fields: Mapping[str, Field] = field(default_factory=lambda: MappingProxyType({}))
    found_in: tuple[str, ...] = ()
    issued: bool = False
    types: tuple[str, ...] = ()
    personal: bool = False
    typed: bool = False
    required: bool = False

    @cached_property
    def names(self) -> Mapping[str, Field]:
        """The inner fields by code and by label."""
        return names_of(self.fields)

    @property
    def is_list(self) -> bool:
        return self.type in ("texts", "records")

    @property
    def is_record(self) -> bool:
        return self.type == "record"

    def titles(self) -> tuple[str, ...]:
        """Titles of the documents in which this is usually found."""
        known = default_types()
        return tuple(dict.fromkeys(known.of(c).name for c in self.found_in if c in known))


class FieldForm(BaseModel):
    """A field as YAML gives it: in fields.yaml below its code, in a card with `code`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str = ""
    label: Annotated[str, Checked(min_length=1)]
    type: FieldType
    fields: dict[str, FieldForm] = {}
    like: str = ""
    found_in: tuple[str, ...] = ()
    issued: bool = False
    types: tuple[str, ...] = ()
    personal: bool = False
    required: bool = False


class _RecordForm(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    fields: dict[str, FieldForm]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1]
    source: Annotated[str, Checked(min_length=1)]
    effective_from: date
    fields: dict[str, FieldForm]
    records: dict[str, _RecordForm] = {}


class Schema:
    """The fields by code at the root; a template's card adds the typed ones (`with_typed`)."""

    def __init__(self, fields: Mapping[str, Field], source: str = "") -> None:
        self.fields: Mapping[str, Field] = MappingProxyType(dict(fields))
        self.source = source
        self.names: Mapping[str, Field] = names_of(self.fields)

    def find(self, path: str) -> tuple[Field, ...]:
        """The fields from the root to this path (`defendants.name`, 各当事人.姓名, keys in brackets
        are passed over). Raises KeyError with a sentence that names near labels."""
        fields, found = self.fields, list[Field]()
        for part in re.sub(r"\[[^\]]*\]", "", path).split("."):
            each = named(fields, part)
            if each is None:
                raise KeyError(unknown(part, fields, found[-1].label if found else ""))
            found.append(each)
            fields = each.fields
        return tuple(found)

    def code_path(self, path: str) -> str:
        """A path by code, of one by label. Raises KeyError as `find`."""
        return ".".join(each.code for each in self.find(path))

    def label_path(self, path: str) -> str:
        """A path by label (各当事人·姓名), of one by code. Raises KeyError as `find`."""
        return "·".join(each.label for each in self.find(path))

    def leaves(self) -> Iterator[tuple[str, Field]]:
        """Every field that is no record, with its path by code."""
        yield from _leaves(self.fields, "")

    def with_typed(self, typed: Mapping[str, Field]) -> Schema:
        """With the typed fields of a card. Raises BadData where a name is taken already."""
        taken = names_of(self.fields)
        for each in typed.values():
            for name in (each.code, each.label):
                if name in taken:
                    raise BadData(
                        f"typed field {name}: the name is taken",
                        advice="the schema has it already: name it under required or optional",
                    )
        return Schema({**self.fields, **typed}, self.source)


def names_of(fields: Mapping[str, Field]) -> dict[str, Field]:
    """Fields by code and by label."""
    return {each.label: each for each in fields.values()} | dict(fields)


def named(fields: Mapping[str, Field], name: str) -> Field | None:
    """A field by code or label."""
    found = fields.get(name)
    if found is None:
        found = next((each for each in fields.values() if each.label == name), None)
    return found


def unknown(name: str, fields: Mapping[str, Field], of: str = "") -> str:
    """A sentence about a name that is none, with those near it."""
    place = f"{of} has no field {name}" if of else f"there is no field {name}"
    labels = [each.label for each in fields.values()]
    near = [each for each in labels if name and (name in each or each in name)]
    near += difflib.get_close_matches(name, [*labels, *fields], n=3, cutoff=0.4)
    near = list(dict.fromkeys(near))[:4]
    return f"{place}; near it: {'、'.join(near)}" if near else place


def _leaves(fields: Mapping[str, Field], before: str) -> Iterator[tuple[str, Field]]:
    for each in fields.values():
        path = f"{before}{each.code}"
        if each.fields:
            yield from _leaves(each.fields, f"{path}.")
        else:
            yield path, each


class _Builder:
    def __init__(self, roots: Mapping[str, FieldForm], records: Mapping[str, _RecordForm]) -> None:
        self.roots, self.records = roots, records

    def field(self, code: str, form: FieldForm, where: str, typed: bool, depth: int = 0) -> Field:
        path = f"{where}.{code}" if where else code
        if not _CODE.match(code) or code in _RESERVED:
            raise ValueError(f"{path}: a code is small letters, digits and _, and no Jinja word")
        if not form.label.isidentifier() or form.label in _RESERVED:
            raise ValueError(f"{path}: the label {form.label} cannot be written in a tag")
        inner = self._inner(form, path, typed, depth)
        if bool(inner) != (form.type in ("record", "records")):
            raise ValueError(f"{path}: {form.type} with{'' if inner else 'out'} fields")
        return Field(
            code=code, label=form.label, type=form.type, fields=MappingProxyType(inner),
            found_in=form.found_in, issued=form.issued, types=form.types,
            personal=form.personal, typed=typed, required=form.required,
        )  # fmt: skip

    def _inner(self, form: FieldForm, path: str, typed: bool, depth: int) -> dict[str, Field]:
        if depth > _DEEPEST:
            raise ValueError(f"{path}: records in records without end")
        forms = form.fields
        if form.like:
            record = self.records.get(form.like) or self.roots.get(form.like)
            if record is None:
                raise ValueError(f"{path}: like: there is no {form.like}")
            forms = {**record.fields, **forms}
        return self.all(forms, path, typed, depth + 1)

    def all(
        self, forms: Mapping[str, FieldForm], where: str, typed: bool, depth: int = 0
    ) -> dict[str, Field]:
        made = {code: self.field(code, f, where, typed, depth) for code, f in forms.items()}
        names: dict[str, str] = {}
        for each in made.values():
            for name in {each.code, each.label}:
                if names.setdefault(name, each.code) != each.code:
                    raise ValueError(f"{where or 'fields'}: {name} is there twice")
        return made


def load_fields(text: str, where: str) -> Schema:
    """A schema of YAML text. Raises BadData naming the place and the field."""
    try:
        form = _File.model_validate(yaml.safe_load(text))
        fields = _Builder(form.fields, form.records).all(form.fields, "", False)
    except (yaml.YAMLError, ValidationError, ValueError) as error:
        raise BadData(explain(error), where=where, advice="see templates/fields.yaml") from error
    known = default_types()
    for path, each in _every(fields, ""):
        for code in (*each.found_in, *each.types):
            if code not in known:
                raise BadData(f"{path}: there is no document type {code}", where=where)
    return Schema(fields, form.source)


def _every(fields: Mapping[str, Field], before: str) -> Iterator[tuple[str, Field]]:
    for each in fields.values():
        yield f"{before}{each.code}", each
        yield from _every(each.fields, f"{before}{each.code}.")


def typed_fields(forms: tuple[FieldForm, ...]) -> dict[str, Field]:
    """The typed fields of a card; `like` may name records of the schema. Raises ValueError."""
    base = _base_form()
    codes = [form.code for form in forms]
    for form in forms:
        if not form.code:
            raise ValueError(f"typed: {form.label} has no code")
        if codes.count(form.code) > 1:
            raise ValueError(f"typed: {form.code} is there twice")
    builder = _Builder(base.fields, base.records)
    return builder.all({form.code: form for form in forms}, "", True)


def explain(error: Exception) -> str:
    """What is wrong with data, in one line."""
    if isinstance(error, ValidationError):
        first: Any = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error)


def _text() -> str:
    return (resources.files(__package__) / "fields.yaml").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _base_form() -> _File:
    return _File.model_validate(yaml.safe_load(_text()))


@lru_cache(maxsize=1)
def schema() -> Schema:
    """The fields that come with the library."""
    return load_fields(_text(), "templates/fields.yaml")
