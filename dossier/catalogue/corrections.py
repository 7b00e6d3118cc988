"""What a person says about the catalogue, kept over re-runs and re-ingest.

A page is named by the SHA-256 of its source file and its place in that file, so a correction still
fits when the dossier is read again, its files are renamed or a better OCR changes the text.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from ..errors import BadCorrection
from .values import CataloguePage


class PageRef(BaseModel):
    """A page for ever: hex SHA-256 of its source file, place in the file from 0."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    number: int = Field(ge=0)

    @classmethod
    def to(cls, page: CataloguePage) -> PageRef:
        return cls(sha256=page.sha256, number=page.number)


class _Base(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def to_json(self) -> dict[str, Any]:
        """A plain structure; `from_json` is its inverse."""
        return self.model_dump(mode="json")


class StartDocument(_Base):
    """A document begins at this page; `type` if its type is known."""

    kind: Literal["start"] = "start"
    page: PageRef
    type: str | None = None


class JoinPrevious(_Base):
    """No document begins at this page: it continues the one before."""

    kind: Literal["join"] = "join"
    page: PageRef


class SetType(_Base):
    """The document that has this page is of this type."""

    kind: Literal["type"] = "type"
    page: PageRef
    type: str
    form: str | None = None


class SetField(_Base):
    """A field of the document that has this page; None clears it. Dates are ISO (2023-05-08)."""

    kind: Literal["field"] = "field"
    page: PageRef
    field: Literal["title", "number", "date", "organ", "person"]
    value: str | None

    @field_validator("value")
    @classmethod
    def _not_blank(cls, value: str | None) -> str | None:
        if value is not None and not value.strip():
            raise ValueError("an empty value; use null to clear the field")
        return value

    @model_validator(mode="after")
    def _fits(self) -> SetField:
        if self.field == "title" and self.value is None:
            raise ValueError("a document has a title")
        if self.field == "date" and self.value is not None:
            if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", self.value):
                raise ValueError("a date is written 2023-05-08")
            dt.date.fromisoformat(self.value)
        return self


class MoveDocument(_Base):
    """The document that has this page belongs to this volume (a new one is made if needed)."""

    kind: Literal["volume"] = "volume"
    page: PageRef
    volume: str = Field(min_length=1)


class MovePages(_Base):
    """These pages form a document of their own in this volume."""

    kind: Literal["pages"] = "pages"
    pages: tuple[PageRef, ...] = Field(min_length=1)
    volume: str = Field(min_length=1)


class PlacePage(_Base):
    """This page stands right after another one, in that one's document (unless it begins one)."""

    kind: Literal["place"] = "place"
    page: PageRef
    after: PageRef


class PlaceDocument(_Base):
    """The document of this page stands right after the document of another; None: first in its
    volume."""

    kind: Literal["order"] = "order"
    page: PageRef
    after: PageRef | None


class ExcludePage(_Base):
    """This page does not count (blank verso, separator sheet)."""

    kind: Literal["exclude"] = "exclude"
    page: PageRef
    reason: str = ""


Correction = (
    StartDocument
    | JoinPrevious
    | SetType
    | SetField
    | MoveDocument
    | MovePages
    | PlacePage
    | PlaceDocument
    | ExcludePage
)
_ADAPTER: TypeAdapter[Correction] = TypeAdapter(Annotated[Correction, Field(discriminator="kind")])


def correction_from_json(data: dict[str, Any]) -> Correction:
    """The inverse of `to_json`. Raises BadCorrection."""
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(step) for step in first["loc"])
        raise BadCorrection(
            f"not a correction: {field}: {first['msg']}",
            advice="known kinds are start, join, type, field, volume, pages, place, order, exclude",
        ) from error


def corrections_from_json(data: Iterable[dict[str, Any]]) -> tuple[Correction, ...]:
    """Many of them."""
    return tuple(correction_from_json(item) for item in data)


def references(correction: Correction) -> tuple[PageRef, ...]:
    """All pages a correction speaks of."""
    if isinstance(correction, MovePages):
        return correction.pages
    if isinstance(correction, PlacePage):
        return (correction.page, correction.after)
    if isinstance(correction, PlaceDocument) and correction.after is not None:
        return (correction.page, correction.after)
    return (correction.page,)
