"""Document types, volumes and phrases: data files, loaded and validated.

The data live beside this module (`types.yaml`, `volumes.yaml`, `phrases.yaml`). `load_types` reads
an office's own files on top: a type with a known code (and form) replaces the old one, a new code
is added, `remove` drops codes.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from ..errors import BadData
from ..normal import normal

Model = TypeVar("Model", bound=BaseModel)

UNKNOWN = "U00"
"""Code of a document whose type is not known."""
BINDING = "X01"
"""Code of covers, catalogues, 备考表 and pouches: what belongs to the binding, not the case."""

OrganKind = Literal[
    "police",
    "procuratorate",
    "court",
    "detention",
    "prison",
    "justice",
    "appraiser",
    "hospital",
    "lawyer",
    "bank",
    "unit",
    "person",
]


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {text!r} ({error})") from None
    return text


def _cue(text: str) -> str:
    """Plain cues in matching form; regular expressions as they are."""
    if text.startswith("re:"):
        _pattern(text[3:])
        return text
    form = normal(text)
    if not form:
        raise ValueError("an empty string matches everything")
    return form


def _plain(text: str) -> str:
    form = normal(text)
    if not form:
        raise ValueError("an empty title")
    return form


Cue = Annotated[str, AfterValidator(_cue)]
Title = Annotated[str, AfterValidator(_plain)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Dated(_Strict):
    source: str = Field(min_length=1)
    effective_from: dt.date
    effective_to: dt.date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> _Dated:
        if self.effective_to is not None and self.effective_to <= self.effective_from:
            raise ValueError("effective_to is not after effective_from")
        return self

    def in_force(self, day: dt.date) -> bool:
        """Whether this entry is valid on `day` (the last day is `effective_to` minus one)."""
        return self.effective_from <= day and (self.effective_to is None or day < self.effective_to)


class DocumentType(_Dated):
    """One document type; the fields are explained at the head of `types.yaml`."""

    code: str = Field(pattern=r"^[A-Z][A-Z0-9]{1,7}$")
    name: str = Field(min_length=1)
    form: str | None = None
    titles: tuple[Title, ...] = ()
    patterns: tuple[Cue, ...] = ()
    parts: tuple[Title, ...] = ()
    organs: tuple[OrganKind, ...] = ()
    volumes: tuple[str, ...] = ()
    evidence_kind: Annotated[int, Field(ge=1, le=8)] | None = None
    cues: tuple[Cue, ...] = ()
    against: tuple[Cue, ...] = ()
    alone: tuple[Cue, ...] = ()
    continues: tuple[str, ...] = ()
    number: Pattern | None = None
    date: tuple[Literal["start", "first", "foot", "any"], ...] = ("foot", "any")
    date_labels: tuple[Title, ...] = ("时间",)
    responsible: tuple[Literal["organ", "questioned", "signer", "unit"], ...] = ("organ",)
    person_labels: tuple[Title, ...] = ()
    signer_labels: tuple[Title, ...] = ()
    layout: Literal["form", "table", "prose", "record", "photo", "slip"] = "prose"
    repeats_title: bool = False
    accompanies: bool = False
    standard_text: bool = False
    transitions: tuple[Annotated[str, Field(pattern=r"^[A-G]\d{1,2}$")], ...] = ()

    @property
    def key(self) -> str:
        """Unique among the types: the code, with the form where a code has several."""
        return f"{self.code}.{self.form}" if self.form else self.code


class VolumeType(_Dated):
    """One kind of volume (卷)."""

    title: str
    maker: OrganKind
    goes_to: tuple[OrganKind, ...]
    order: Literal["filed", "stage", "kind"]
    aliases: tuple[Title, ...]


class PageLimit(_Dated):
    pages: int = Field(gt=0)


class Numbering(_Dated):
    unnumbered: tuple[str, ...]


class Phrases(_Dated):
    """Words that name organs and persons; see `phrases.yaml`."""

    version: int
    organs: dict[OrganKind, tuple[Title, ...]]
    persons: dict[str, tuple[Title, ...]]
    label_gap: tuple[Title, ...]
    name_ends: tuple[Title, ...]
    no_names: tuple[Title, ...]
    surnames: str
    double_surnames: tuple[str, ...]


class _Defaults(_Strict):
    source: str | None = None
    effective_from: dt.date | None = None


class _TypesFile(_Strict):
    version: Literal[1]
    defaults: _Defaults = _Defaults()
    remove: tuple[str, ...] = ()
    types: tuple[DocumentType, ...] = ()


class _VolumesFile(_Strict):
    version: Literal[1]
    page_limit: PageLimit
    numbering: Numbering
    volumes: tuple[VolumeType, ...]


@dataclass(frozen=True, eq=False)
class DocumentTypes:
    """The rules a catalogue is made by. Compare by identity; make one per set of files."""

    types: tuple[DocumentType, ...]
    volumes: tuple[VolumeType, ...]
    page_limit: PageLimit
    numbering: Numbering
    phrases: Phrases

    def of(self, code: str, form: str | None = None) -> DocumentType:
        """The type with this code (the first, if it has several forms). KeyError if none."""
        for entry in self.types:
            if entry.code == code and (form is None or entry.form == form):
                return entry
        raise KeyError(code)

    def __contains__(self, code: str) -> bool:
        return any(entry.code == code for entry in self.types)

    def rank(self, key: str) -> int:
        """Place of a type in the file: the order in which documents arise in a case."""
        return self._ranks.get(key, len(self.types))

    @property
    def _ranks(self) -> dict[str, int]:
        return {entry.key: at for at, entry in enumerate(self.types)}

    def volume(self, title: str) -> VolumeType | None:
        return next((volume for volume in self.volumes if volume.title == title), None)

    def at(self, day: dt.date) -> DocumentTypes:
        """Only what is in force on `day` (old dossiers are read with all types)."""
        return DocumentTypes(
            tuple(entry for entry in self.types if entry.in_force(day)),
            tuple(volume for volume in self.volumes if volume.in_force(day)),
            self.page_limit,
            self.numbering,
            self.phrases,
        )


@lru_cache(maxsize=1)
def default_types() -> DocumentTypes:
    """The types that come with the library."""
    here = resources.files(__package__)
    volumes = _validated(_VolumesFile, *_parsed(here / "volumes.yaml"))
    return DocumentTypes(
        types=_merge((), _types_file(*_parsed(here / "types.yaml")), "types.yaml"),
        volumes=volumes.volumes,
        page_limit=volumes.page_limit,
        numbering=volumes.numbering,
        phrases=_validated(Phrases, *_parsed(here / "phrases.yaml")),
    )


def load_types(paths: Sequence[Path], *, base: DocumentTypes | None = None) -> DocumentTypes:
    """The types of `base` (default: those of the library) changed by the files at `paths`, in
    order. Each has the form of `types.yaml`. Raises BadData naming file, code and field."""
    base = base or default_types()
    types = base.types
    for path in paths:
        types = _merge(types, _types_file(*_parsed(path)), str(path))
    known = {volume.title for volume in base.volumes}
    for entry in types:
        for title in entry.volumes:
            if title not in known:
                raise BadData(
                    f"{entry.code}: volumes: there is no volume {title!r}",
                    where=", ".join(map(str, paths)),
                    advice="known are " + ", ".join(sorted(known)),
                )
    return DocumentTypes(types, base.volumes, base.page_limit, base.numbering, base.phrases)


def _parsed(source: Any) -> tuple[Any, str]:
    where = getattr(source, "name", str(source))
    try:
        return yaml.load(source.read_text(encoding="utf-8"), Loader=_Loader), where  # noqa: S506
    except (OSError, UnicodeDecodeError) as error:
        raise BadData(f"cannot be read ({error})", where=str(source)) from error
    except yaml.YAMLError as error:
        raise BadData(f"is not YAML ({error})", where=str(source)) from error


# the safe loader, in C where PyYAML has it: ten times faster
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def dated_file(model: type[Model], source: Any) -> Model:
    """Any other data file of this package, dates as text. Raises BadData."""
    data, where = _parsed(source)
    if isinstance(data, dict) and "effective_from" in data:
        data["effective_from"] = str(data["effective_from"])
    return _validated(model, data, where)


def _types_file(data: Any, where: str) -> _TypesFile:
    """Fill in the defaults, then validate."""
    if isinstance(data, dict) and isinstance(data.get("defaults"), dict):
        defaults = data["defaults"]
        for entry in data.get("types") or ():
            if isinstance(entry, dict):
                for name in ("source", "effective_from"):
                    if name in defaults:
                        entry.setdefault(name, defaults[name])
    return _validated(_TypesFile, data, where)


def _validated(model: type[Model], data: Any, where: str) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = _named(data, first["loc"])
        more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise BadData(
            f"{place}: {first['msg']}{more}",
            where=where,
            advice="see the head of dossier/catalogue/types.yaml for the fields",
        ) from error


def _named(data: Any, place: Iterable[int | str]) -> str:
    """`types → L07 → cues → 2` instead of a bare index."""
    words: list[str] = []
    for step in place:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            data = None
        code = data.get("code") or data.get("title") if isinstance(data, dict) else None
        words.append(str(code) if isinstance(step, int) and code else str(step))
    return " → ".join(words) or "file"


def _merge(old: tuple[DocumentType, ...], file: _TypesFile, where: str) -> tuple[DocumentType, ...]:
    seen: set[str] = set()
    for entry in file.types:
        if entry.key in seen:
            raise BadData(
                f"{entry.code}: code: occurs twice",
                where=where,
                advice="give the second entry another code, or a `form` of its own",
            )
        seen.add(entry.key)
    known = {entry.code for entry in old}
    for code in file.remove:
        if code not in known:
            raise BadData(f"{code}: remove: there is no such type", where=where)
    changed = {entry.key: entry for entry in file.types}
    # a replacement without a form stands for all forms of its code
    whole = {entry.code for entry in file.types if entry.form is None}
    kept: list[DocumentType] = []
    for entry in old:
        if entry.code in file.remove:
            continue
        if entry.key in changed:
            kept.append(changed.pop(entry.key))
        elif entry.code not in whole:
            kept.append(entry)
    return (*kept, *changed.values())
