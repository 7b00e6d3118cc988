"""The sample dossiers as they really read: catalogue from expected.json, text from truth."""

from __future__ import annotations

import json
import lzma

from whole_way import CASES, expected

from dossier import Box, Cell, Dossier, Line
from dossier.facts import FactDocument, FactPage


def truth_documents(case: str, dossier: Dossier) -> list[FactDocument]:
    """The documents of a sample as their truth has them, without those of other cases. Pages that
    were never drawn (Word files, digital PDFs) are read from `dossier`."""
    truth = json.loads(lzma.decompress((CASES / f"{case}.truth.json.xz").read_bytes()))
    drawn = {(page["file"], page["page"]): page for page in truth["pages"]}
    digital = {(page.file, page.number): page for page in dossier.pages}
    wanted = expected(case)
    foreign = {
        tuple(place)
        for finding in wanted["findings"]
        if finding["code"] == "foreign"
        for place in finding["pages"]
    }
    documents = []
    for volume in wanted["volumes"]:
        for given in volume["documents"]:
            places = [(file, number) for file, number in given["pages"]]
            if foreign & set(places):
                continue
            if places[0][0] in wanted["flowing"]:
                places = sorted(place for place in digital if place[0] == places[0][0])
            pages = [
                FactPage(1000 * len(documents) + at, _lines(drawn[place], truth["unit"]))
                if place in drawn
                else FactPage(1000 * len(documents) + at, digital[place].lines)
                for at, place in enumerate(places)
            ]
            documents.append(
                FactDocument(
                    id=len(documents) + 1,
                    type_code=given["type"],
                    title=given["title"],
                    day=given["date"] or None,
                    pages=tuple(pages),
                    number=given["number"] or None,
                    organ=given["organ"] or None,
                )
            )
    return documents


def _lines(page: dict, unit: int) -> tuple[Line, ...]:
    lines = []
    for line in page["lines"]:
        boxes = [[edge / unit for edge in box] for box in line["boxes"]]
        around = Box(
            min(b[0] for b in boxes), min(b[1] for b in boxes),
            max(b[2] for b in boxes), max(b[3] for b in boxes),
        )  # fmt: skip
        cell = Cell(*line["cell"]) if line.get("cell") else None
        lines.append(Line(line["text"], around.quad(), block=1 if cell else 0, cell=cell))
    return tuple(lines)


def fields_of(facts) -> dict[str, str]:
    """All facts as path and value; what is a list gives a path for each of its values."""
    fields: dict[str, str] = {}

    def take(path: str, value: object) -> None:
        if isinstance(value, dict) and {"value", "sources"} <= set(value):
            fields[path] = value["value"]
        elif isinstance(value, dict):
            for key, part in value.items():
                if key not in _ASIDE:
                    take(f"{path}.{key}", part)
        elif isinstance(value, list):
            for part in value:
                own = _own_name(part)
                take(f"{path}[{own}]", {} if isinstance(part, str) else part)
                fields[f"{path}[{own}]"] = own
        elif value not in (None, ""):
            fields[path] = str(value)

    whole = facts.to_json()
    for part, value in whole.items():
        if part != "conflicts":
            take(part, value)
    return fields


_ASIDE = {"sources", "source", "others", "police", "prosecution", "court", "seized"}
_ASIDE |= {"transferred", "returned", "valued"}


def _own_name(part: object) -> str:
    """What tells one of a list from the others."""
    if isinstance(part, str):
        return part
    assert isinstance(part, dict)
    keys = ("name", "kind", "what", "person", "defendant", "code", "charge", "value")
    named = [part[key] for key in keys if part.get(key)]
    return "/".join(each["value"] if isinstance(each, dict) else str(each) for each in named)
