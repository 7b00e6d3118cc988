"""What a template is filled with, and what filling it gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from dossier.facts import Source

Scalar = str | int | Decimal | bool | date | datetime

Origin = Literal["facts", "catalogue", "document", "derived", "typed", "office", "issued"]
"""Where a value comes from: facts of the case; the catalogue (titles, numbers, pages); a passage
of an earlier document; reckoned from others; typed by hand (手工录入); settings of the office;
given when the document was made (文号, 成文日期)."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value. A date is a `date`, a moment a `datetime`, money a `Decimal` of yuan, months and
    numbers ints (or Decimal), a flag a bool, everything else text. `prose` has "\\n" between
    paragraphs."""

    value: Scalar
    origin: Origin
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A record: values by code. What is absent is not in it. `key` tells it from its siblings in a
    list (a person's name)."""

    values: Mapping[str, Value] = field(default_factory=dict)
    key: str = ""


Value = Leaf | Node | tuple["Leaf | Node", ...]
"""A list is a tuple of leaves (type `texts`) or of nodes (type `records`)."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A field as it was written into a document: `path` (defendants[韩志远].birth), its labels
    (各当事人·韩志远·出生日期), the text that stands there, and where it is from."""

    path: str
    label: str
    text: str
    origin: Origin
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """A field that the document needs and the case does not give. `stands` is the paragraph of the
    template, `found_in` titles of documents in which such a fact is usually found."""

    path: str
    label: str
    stands: str
    found_in: tuple[str, ...] = ()
    problem: str = ""
    """Why a value that is there does not do; empty if there is none."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A filled document. `filled` in the order of the text; `gaps` only in drafts."""

    docx: bytes
    filled: tuple[Filled, ...] = ()
    gaps: tuple[Gap, ...] = ()


Plain = dict[str, Any]
"""Plain JSON."""
