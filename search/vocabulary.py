"""Names, synonyms and look-alikes of the query language: data files, loaded and validated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from ..elements.tables import read_table_of
from .analysis import form

SearchField = Literal[
    "number",
    "charge",
    "title",
    "organ",
    "volume",
    "dossier",
    "date",
    "year",
    "party",
    "statute",
    "stage",
    "text",
]


def _word(text: str) -> str:
    if not form(text):
        raise ValueError("nothing of it can be searched for")
    return text


Text = Annotated[str, AfterValidator(_word)]
Weight = Annotated[float, Field(gt=0, le=10)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# --- the language ----------------------------------------------------------------------------


class Operators(_Strict):
    or_: tuple[Text, ...] = Field(alias="or", min_length=1)
    and_: tuple[Text, ...] = Field(alias="and", min_length=1)
    not_: tuple[Text, ...] = Field(alias="not", min_length=1)


class Weights(_Strict):
    spelling: Weight
    ambiguous: Weight
    synonym: Weight
    whole_word: Weight
    fields: dict[SearchField, Weight]


class Language(_Strict):
    """`language.yaml`."""

    version: Literal[1]
    fields: dict[SearchField, Annotated[tuple[Text, ...], Field(min_length=1)]]
    operators: Operators
    stages: dict[Text, tuple[Text, ...]]
    weights: Weights

    @model_validator(mode="after")
    def _one_meaning(self) -> Language:
        _once((name for names in self.fields.values() for name in names), "field")
        ops = self.operators
        _once((*ops.or_, *ops.and_, *ops.not_), "operator")
        _once((name for stage, names in self.stages.items() for name in (stage, *names)), "stage")
        return self

    @cached_property
    def field_of(self) -> Mapping[str, SearchField]:
        """Search form of a name → the field."""
        return {form(name): field for field, names in self.fields.items() for name in names}

    @cached_property
    def operator_of(self) -> Mapping[str, Literal["or", "and", "not"]]:
        """An operator as typed → what it means."""
        found: dict[str, Literal["or", "and", "not"]] = {}
        found.update(dict.fromkeys(self.operators.or_, "or"))
        found.update(dict.fromkeys(self.operators.and_, "and"))
        found.update(dict.fromkeys(self.operators.not_, "not"))
        return found

    @cached_property
    def stage_of(self) -> Mapping[str, str]:
        """Search form of a name → the stage as it stands in an entry."""
        return {form(name): stage for stage, all_ in self.stages.items() for name in (stage, *all_)}


def _once(names: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if form(name) in seen:
            raise ValueError(f"{what} {name!r} occurs twice")
        seen.add(form(name))


@lru_cache(maxsize=1)
def language() -> Language:
    """Fields, operators, stages and weights."""
    return read_table_of(Language, str(__package__), "language.yaml")


# --- synonyms --------------------------------------------------------------------------------


class SynonymGroup(_Strict):
    """Words that a judge looking for one of them would want as well."""

    words: Annotated[tuple[Text, ...], Field(min_length=2)]
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _different(self) -> SynonymGroup:
        _once(self.words, "word")
        return self


class _SynonymsFile(_Strict):
    version: Literal[1]
    groups: tuple[SynonymGroup, ...]


@dataclass(frozen=True, eq=False)
class Synonyms:
    groups: tuple[SynonymGroup, ...]

    @cached_property
    def _of(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, dict[str, str]] = {}
        for group in self.groups:
            for word in group.words:
                others = found.setdefault(form(word), {})
                for other in group.words:
                    if form(other) != form(word):
                        others.setdefault(form(other), other)
        return {word: tuple(others.values()) for word, others in found.items()}

    def of(self, text: str) -> tuple[str, ...]:
        """Synonyms of a search form, as written in the data; none if it is unknown."""
        return self._of.get(text, ())


@lru_cache(maxsize=1)
def synonyms() -> Synonyms:
    """The synonyms that come with the library."""
    return Synonyms(read_table_of(_SynonymsFile, str(__package__), "synonyms.yaml").groups)


# --- look-alikes -----------------------------------------------------------------------------


def _alike(text: str) -> str:
    """Characters of a group in search form, each once."""
    for char in text:
        if len(form(char)) != 1:
            raise ValueError(f"{char!r} is not one character in search form")
    plain = "".join(dict.fromkeys(form(char) for char in text))
    if len(plain) < 2:
        raise ValueError(f"{text!r}: the search form has them all alike")
    return plain


class _LookalikesFile(_Strict):
    version: Literal[1]
    groups: tuple[Annotated[str, AfterValidator(_alike)], ...]

    @model_validator(mode="after")
    def _once(self) -> _LookalikesFile:
        seen: set[frozenset[str]] = set()
        for group in self.groups:
            if frozenset(group) in seen:
                raise ValueError(f"group {group!r} occurs twice")
            seen.add(frozenset(group))
        return self


@lru_cache(maxsize=1)
def _lookalikes() -> Mapping[str, str]:
    found: dict[str, dict[str, None]] = {}
    for group in read_table_of(_LookalikesFile, str(__package__), "lookalikes.yaml").groups:
        for char in group:
            found.setdefault(char, {char: None}).update(dict.fromkeys(group))
    return {char: "".join(others) for char, others in found.items()}


def lookalikes(char: str) -> str:
    """A character of a search form and those it is mistaken for, the character itself first."""
    return _lookalikes().get(char, char)
