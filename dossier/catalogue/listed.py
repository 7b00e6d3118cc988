"""The scanned 卷内目录 of a volume against what the volume holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from .reading import LineReading, PageReading
from .titles import TitleMatcher
from .types import BINDING
from .values import Document, Volume

_TITLE_COLUMN = re.compile(r"题名|文件名称|材料名称|文书名称|标题|名称|证据名称")
_SERIAL_COLUMN = re.compile(r"序号|顺序号|顺序|编号")
_SAME = 84.0
"""Similarity, 0 to 100, from which a listed title is a document's title."""


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of a scanned 卷内目录: its serial number and what stands under 题名."""

    serial: int
    title: str
    key: int


def listed_rows(reading: PageReading) -> list[ListedRow]:
    """The rows of a catalogue page; empty if its columns are not recognised."""
    header = next(
        (
            row
            for row in reading.rows
            if len(row.lines) >= 3 and any(_TITLE_COLUMN.fullmatch(one.text) for one in row.lines)
        ),
        None,
    )
    if header is None:
        return []
    lines = list(header.lines)
    at = next(n for n, line in enumerate(lines) if _TITLE_COLUMN.fullmatch(line.text))
    if not _SERIAL_COLUMN.fullmatch(lines[0].text) or at == 0:
        return []
    left = (_centre(lines[at - 1]) + _centre(lines[at])) / 2
    right = (_centre(lines[at]) + _centre(lines[at + 1])) / 2 if at + 1 < len(lines) else 1.0
    edge = (lines[0].right + lines[1].left) / 2
    serials = sorted(
        (
            line
            for line in reading.lines
            if line.top > header.top and line.right < edge and re.fullmatch(r"\d{1,3}", line.text)
        ),
        key=lambda line: line.middle,
    )
    rows: list[ListedRow] = []
    for number, line in enumerate(serials):
        above = serials[number - 1].middle if number else 2 * line.middle - _next(serials, 0)
        below = serials[number + 1].middle if number + 1 < len(serials) else 2 * line.middle - above
        top, bottom = (above + line.middle) / 2, (line.middle + below) / 2
        inside = [
            one
            for one in reading.lines
            if top < one.middle <= bottom
            and left < _centre(one) < right
            and one.top > header.top + 0.005
        ]
        title = "".join(one.text for one in sorted(inside, key=lambda one: one.middle))
        if title:
            rows.append(ListedRow(int(line.text), title, reading.key))
    return rows


def _centre(line: LineReading) -> float:
    return (line.left + line.right) / 2


def _next(serials: Sequence[LineReading], at: int) -> float:
    return serials[at + 1].middle if at + 1 < len(serials) else serials[at].middle + 0.05


def unlisted_rows(
    titles: TitleMatcher, volumes: Sequence[Volume], readings: Mapping[int, PageReading]
) -> Iterator[tuple[str, tuple[int, ...], int, str]]:
    """Volume, page, row number and title of each row whose document is nowhere in the dossier.

    Said only of rows that name a known document type in full, and if most rows of that catalogue
    were found: else the catalogue was not read well enough to go by.
    """
    for volume in volumes:
        rows = [
            row
            for doc in volume.documents
            if doc.form == "listing"
            for key in doc.keys
            for row in listed_rows(readings[key])
        ]
        if not rows:
            continue
        free = [doc for doc in volume.documents if doc.type != BINDING]
        spare = [
            doc
            for other in volumes
            if other is not volume
            for doc in other.documents
            if doc.type != BINDING
        ]
        lost: list[ListedRow] = []
        for row in rows:
            if not (_take(titles, row.title, free) or _take(titles, row.title, spare)):
                lost.append(row)
        if len(lost) > max(1, 0.4 * len(rows)):
            continue
        for row in lost:
            hits = titles.match(row.title, fuzzy=False)
            if hits and hits[0].how != "pattern":
                yield volume.title, (row.key,), row.serial, row.title


def _take(titles: TitleMatcher, title: str, docs: list[Document]) -> bool:
    """Strike the first document the listed title may mean off the list."""
    codes = {entry.code for hit in titles.match(title) for entry in hit.types}
    for doc in docs:
        name = doc.title.value.replace("（", "(").replace("）", ")")
        if fuzz.ratio(title, name) >= _SAME or name.startswith(title):
            docs.remove(doc)
            return True
    for doc in docs:
        if doc.type in codes:
            docs.remove(doc)
            return True
    return False
