"""What a search gives back: hits that say where they stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from PIL import Image, ImageChops, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session, defer, undefer

from ..errors import NoPageImage, NotInArchive
from ..holdings import Keep, Page
from ..model import Box
from ..records import (
    DocumentRow,
    DossierRow,
    FileRow,
    JudgmentRow,
    NumberRow,
    PageRow,
    VolumeRow,
    unpack_layer,
)
from ..search import Found, Plan, Scored
from .entries import PAGE, id_of
from .marks import Snippet, boxes, matches, snippet

_MARK = (255, 214, 0)
_EDGE = (214, 40, 40)


@dataclass(frozen=True)
class Hit:
    """One page of a dossier, or one judgment, that fits a query.

    `kind`         "page" or "judgment"
    `score`        the higher the better; comparable within one result only
    `dossier`      name of its dossier; of a judgment its source
    `case_number`  案号
    `title`, `type`, `number`, `day`, `organ`  of the document or judgment
    `volume`, `label`  卷 and page number in it, as its catalogue says
    `file`, `file_page`  the file handed in and the page in it, counted from 1
    `snippet`      text around the matches
    `inside`       of a grouped result: how many pages of this dossier fit
    """

    kind: str
    id: int
    score: float
    dossier: str
    case_number: str
    title: str
    type: str
    number: str
    day: date | None
    organ: str
    snippet: Snippet
    dossier_id: int | None = None
    document_id: int | None = None
    volume: str = ""
    label: str = ""
    file: str = ""
    file_page: int | None = None
    inside: int = 1
    _plan: Plan | None = field(default=None, repr=False, compare=False)
    _keep: Keep | None = field(default=None, repr=False, compare=False)

    @property
    def page(self) -> Page | None:
        """The page; None for a judgment. Raises `NotInArchive` if it was removed meanwhile."""
        if self.kind != "page" or self._keep is None:
            return None
        with self._keep.database.read() as session:
            row = session.get(PageRow, self.id)
            if row is None:
                raise NotInArchive(f"page {self.id} was removed meanwhile", where=self.dossier)
            # with its layer: one journey for what is shown of a hit
            page = Page.of(self._keep, row, self.file)
            page.__dict__["layer"] = unpack_layer(row.layer)
            return page

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """Where the matched text stands on the page image, in page units: a rectangle for each
        line that a match touches, in reading order. Nothing for a judgment, nor for a page that
        was removed meanwhile."""
        try:
            page = self.page
        except NotInArchive:
            return ()
        if page is None or self._plan is None:
            return ()
        return boxes(page.lines, matches(self._plan, page.layer.text))

    def image(self, dpi: int = 150) -> Image.Image:
        """The page with the matched text marked. Raises `NoPageImage`."""
        page = self.page
        if page is None:
            raise NoPageImage(
                "a judgment has no page image",
                where=f"judgment {self.id}",
                advice=f"read it with: dossier judgments show DIR {self.id}",
            )
        return marked_image(page.image(dpi), self.boxes)

    def to_json(self) -> dict[str, Any]:
        """A plain structure for programs; boxes as [left, top, right, bottom] in page units."""
        return {
            "kind": self.kind,
            "id": self.id,
            "score": round(self.score, 4),
            "dossier": self.dossier,
            "dossier_id": self.dossier_id,
            "case_number": self.case_number,
            "document_id": self.document_id,
            "title": self.title,
            "type": self.type,
            "number": self.number,
            "date": self.day.isoformat() if self.day else None,
            "organ": self.organ,
            "volume": self.volume,
            "label": self.label,
            "file": self.file,
            "file_page": self.file_page,
            "inside": self.inside,
            "snippet": self.snippet.text,
            "marks": [list(mark) for mark in self.snippet.marks],
            "boxes": [
                [round(v, 5) for v in (b.left, b.top, b.right, b.bottom)] for b in self.boxes
            ],
        }


def marked_image(image: Image.Image, marks: Iterable[Box]) -> Image.Image:
    """The image with these parts (page units) under a yellow marker, as with a pen."""
    image = image.convert("RGB")
    width, height = image.size
    layer = Image.new("RGB", image.size, "white")
    pen = ImageDraw.Draw(layer)
    edges = []
    for box in marks:
        corners = (
            box.left * width - 2, box.top * height - 1,
            box.right * width + 2, box.bottom * height + 1,
        )  # fmt: skip
        pen.rectangle(corners, fill=_MARK)
        edges.append(corners)
    # black print stays black under the marker, white paper turns yellow
    image = ImageChops.multiply(image, layer)
    pen = ImageDraw.Draw(image)
    for corners in edges:
        pen.rectangle(corners, outline=_EDGE, width=max(1, width // 800))
    return image


@dataclass(frozen=True)
class SearchResult:
    """The answer to one query.

    `total`     pages and judgments that fit
    `groups`    dossiers and judgments that fit, if the result is grouped
    `hits`      those asked for, best first
    `facets`    "type", "organ", "charge", "year", "stage" → values and how many hits have them
    `expanded`  words of the query and what was searched for beside them
    `notes`     what a user should know, such as that the index had to be rebuilt
    """

    query: str
    total: int
    hits: tuple[Hit, ...]
    offset: int = 0
    groups: int | None = None
    facets: Mapping[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    expanded: tuple[tuple[str, tuple[str, ...]], ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """A plain structure for programs."""
        return {
            "query": self.query,
            "total": self.total,
            "groups": self.groups,
            "offset": self.offset,
            "hits": [hit.to_json() for hit in self.hits],
            "facets": {
                name: [{"value": value, "count": count} for value, count in values]
                for name, values in self.facets.items()
            },
            "expanded": {word: list(others) for word, others in self.expanded},
            "notes": list(self.notes),
            "seconds": round(self.seconds, 4),
        }


def hits_of(keep: Keep, found: Found, plan: Plan) -> tuple[Hit, ...]:
    """The records behind what an index found, in its order. What was removed since is left out."""
    pages = [id_of(hit.key)[1] for hit in found.hits if id_of(hit.key)[0] == PAGE]
    judgments = [id_of(hit.key)[1] for hit in found.hits if id_of(hit.key)[0] != PAGE]
    with keep.database.read() as session:
        page_rows = _page_rows(session, pages)
        numbers = _numbers(session, {row[0].dossier_id for row in page_rows.values()})
        judgment_rows = {
            row.id: row
            for row in session.scalars(
                select(JudgmentRow)
                .options(undefer(JudgmentRow.text))
                .where(JudgmentRow.id.in_(judgments))
            )
        }
    hits = []
    for scored in found.hits:
        kind, record_id = id_of(scored.key)
        inside = found.inside.get(scored.group, 1)
        if kind == PAGE and record_id in page_rows:
            row = page_rows[record_id]
            case_number = numbers.get(row[0].dossier_id, "")
            hits.append(_page_hit(keep, scored, row, case_number, plan, inside))
        elif kind != PAGE and record_id in judgment_rows:
            hits.append(_judgment_hit(keep, scored, judgment_rows[record_id], plan))
    return tuple(hits)


_PageRows = tuple[PageRow, str, str, DocumentRow | None, str | None]


def _page_rows(session: Session, ids: list[int]) -> dict[int, _PageRows]:
    rows = session.execute(
        select(PageRow, FileRow.name, DossierRow.name, DocumentRow, VolumeRow.title)
        .options(defer(PageRow.layer))
        .join(FileRow, FileRow.id == PageRow.file_id)
        .join(DossierRow, DossierRow.id == PageRow.dossier_id)
        .outerjoin(DocumentRow, DocumentRow.id == PageRow.document_id)
        .outerjoin(VolumeRow, VolumeRow.id == DocumentRow.volume_id)
        .where(PageRow.id.in_(ids))
    )
    return {row[0].id: (row[0], row[1], row[2], row[3], row[4]) for row in rows}


def _numbers(session: Session, dossier_ids: set[int]) -> dict[int, str]:
    """The number each dossier is known by: one a person gave, else one read from its pages."""
    rows = session.execute(
        select(NumberRow.dossier_id, NumberRow.number)
        .where(NumberRow.dossier_id.in_(dossier_ids), NumberRow.kind != "document")
        .order_by(NumberRow.kind == "given", NumberRow.id.desc())
    )
    return {dossier_id: number for dossier_id, number in rows}  # noqa: C416 - the last one wins


def _page_hit(
    keep: Keep, scored: Scored, row: _PageRows, case_number: str, plan: Plan, inside: int
) -> Hit:
    page, file, dossier, document, volume = row
    card: dict[str, Any] = {} if document is None else document.card
    return Hit(
        kind="page",
        id=page.id,
        score=scored.score,
        dossier=dossier,
        case_number=case_number,
        title="" if document is None else document.title,
        type=card.get("type_name", ""),
        number=card["number"]["value"] if card.get("number") else "",
        day=scored.day,
        organ=card["organ"]["value"] if card.get("organ") else "",
        snippet=snippet(page.text, matches(plan, page.text)),
        dossier_id=page.dossier_id,
        document_id=page.document_id,
        volume=volume or "",
        label=page.label,
        file=file,
        file_page=page.number + 1,
        inside=inside,
        _plan=plan,
        _keep=keep,
    )


def _judgment_hit(keep: Keep, scored: Scored, row: JudgmentRow, plan: Plan) -> Hit:
    return Hit(
        kind="judgment",
        id=row.id,
        score=scored.score,
        dossier=row.source,
        case_number=row.number,
        title=row.title,
        type="裁判文书",
        number=row.number,
        day=row.day,
        organ=row.court,
        snippet=snippet(row.text, matches(plan, row.text)),
        _plan=plan,
        _keep=keep,
    )
