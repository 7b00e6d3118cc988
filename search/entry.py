"""What stands in an index: one entry for each page of a dossier and for each judgment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["page", "judgment"]

TEXT_FIELDS = (
    "text",
    "title",
    "number",
    "charge",
    "organ",
    "volume",
    "party",
    "statute",
    "dossier",
)
"""Fields in which any substring is found (see `dossier.search.analysis.form`)."""

KEYWORD_FIELDS = ("key", "kind", "group", "type", "organ", "charge", "year", "stage")
"""Fields with values as a whole, for filters; the last five are also facets."""

FACETS = ("type", "organ", "charge", "year", "stage")


@dataclass(frozen=True, slots=True)
class Entry:
    """One page or one judgment as it goes into an index. Texts are as they stand in the records:
    engines bring them into search form themselves.

    `key`      unique; an entry with a known key replaces the old one
    `group`    what hits are grouped by: the dossier, or the judgment itself
    `text`     the page, or the whole judgment
    `type`     name of the document type, "" if unknown ("起诉书")
    `title`    title of the document or judgment
    `numbers`  案号 and 文号 of the case and the document
    `charges`  罪名, without the word 罪
    `organs`   issuing organ, court
    `places`   where the organs are ("甘肃省张掖市临泽县"): found like an organ, but no facet
    `parties`  names of persons and units
    `statutes` citations with Arabic numbers ("刑法第264条第1款")
    `day`      date of the document, None if unknown
    `stage`    侦查, 审查起诉, 审判, 执行, or ""
    """

    key: str
    kind: Kind
    group: str
    text: str
    type: str = ""
    title: str = ""
    numbers: tuple[str, ...] = ()
    charges: tuple[str, ...] = ()
    organs: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    volume: str = ""
    parties: tuple[str, ...] = ()
    statutes: tuple[str, ...] = ()
    dossier: str = ""
    day: date | None = None
    stage: str = ""

    @property
    def year(self) -> str:
        """Year of `day` as text, "" if unknown."""
        return "" if self.day is None else str(self.day.year)

    def texts(self, field: str) -> tuple[str, ...]:
        """The texts of one of `TEXT_FIELDS`; a substring never reaches from one into the next."""
        match field:
            case "text":
                return (self.text,)
            case "title":
                return tuple(dict.fromkeys(part for part in (self.type, self.title) if part))
            case "number":
                return self.numbers
            case "charge":
                return self.charges
            case "organ":
                return (*self.organs, *self.places)
            case "volume":
                return (self.volume,) if self.volume else ()
            case "party":
                return self.parties
            case "statute":
                return self.statutes
            case "dossier":
                return (self.dossier,) if self.dossier else ()
            case _:
                raise KeyError(field)

    def keywords(self, field: str) -> tuple[str, ...]:
        """The values of one of `KEYWORD_FIELDS`."""
        match field:
            case "organ":
                return self.organs
            case "charge":
                return self.charges
            case "key" | "kind" | "group" | "type" | "year" | "stage":
                value: str = getattr(self, field)
                return (value,) if value else ()
            case _:
                raise KeyError(field)
