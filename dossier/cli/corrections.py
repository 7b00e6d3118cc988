"""Corrections of the catalogue from what a clerk types: pages are named by their ids."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..archive import Archive
from ..catalogue import (
    Correction,
    ExcludePage,
    JoinPrevious,
    PageRef,
    PlacePage,
    SetType,
    StartDocument,
    correction_from_json,
)
from ..errors import BadCorrection

_FIELDS = ("title", "number", "date", "organ", "person")


def parse_corrections(
    archive: Archive,
    *,
    start: Sequence[int] | None,
    join: Sequence[int] | None,
    fields: Sequence[str] | None,
    exclude: Sequence[int] | None,
    after: Sequence[str] | None,
) -> list[Correction]:
    """Raises `BadCorrection` for what cannot be read, `NotInArchive` for an unknown page."""

    def ref(page_id: int) -> PageRef:
        return archive.page(page_id).reference

    found: list[Correction] = [StartDocument(page=ref(page_id)) for page_id in start or ()]
    found += [JoinPrevious(page=ref(page_id)) for page_id in join or ()]
    found += [ExcludePage(page=ref(page_id)) for page_id in exclude or ()]
    for item in after or ():
        first, second = _pair(item)
        found.append(PlacePage(page=ref(first), after=ref(second)))
    found += [_field(item, ref) for item in fields or ()]
    return found


def _pair(item: str) -> tuple[int, int]:
    first, _, second = item.partition(":")
    if not (first.isdecimal() and second.isdecimal()):
        raise BadCorrection(f"{item!r} is not PAGE:PAGE", advice="for example 17:16")
    return int(first), int(second)


def _field(item: str, ref: Callable[[int], PageRef]) -> Correction:
    page_id, colon, rest = item.partition(":")
    name, equals, value = rest.partition("=")
    if not (page_id.isdecimal() and colon and equals):
        raise BadCorrection(
            f"{item!r} is not PAGE:FIELD=VALUE", advice="for example 17:date=2023-05-08"
        )
    page = ref(int(page_id))
    if name == "type":
        return SetType(page=page, type=value)
    if name == "volume":
        return correction_from_json({"kind": "volume", "page": page.model_dump(), "volume": value})
    if name in _FIELDS:
        # through JSON, so that a bad value is a message and not a traceback
        return correction_from_json(
            {"kind": "field", "page": page.model_dump(), "field": name, "value": value or None}
        )
    raise BadCorrection(
        f"no field {name!r}", advice=f"fields are type, volume, {', '.join(_FIELDS)}"
    )
