"""Documents that were made from templates, and the report of a batch of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import undefer

from dossier.holdings import Document, Dossier, Keep
from dossier.records import DocumentRow, DossierRow, FileRow, GeneratedRow, PageRow
from dossier.templates import Filled, Gap, Node, Template, html_preview, plain_text, write_pdf

from ..durable import write_whole
from ..errors import DocumentRefused
from .changes import Change
from .viewjson import filled_from_json, filled_json, view_from_json

SCHEMA = 1
"""Version of the form of `GeneratedDocument.provenance`."""


@dataclass(frozen=True)
class GeneratedDocument:
    """A document made from a template: one version of it. A draft has no id, number or file."""

    id: int | None
    dossier_id: int
    template: str
    """Title of the template."""
    code: str
    version: int
    """Counted from 1; 0 for a draft."""
    number: str | None
    """文号"""
    day: date
    """成文日期"""
    subject: str
    """The person or the title of the volume it is about; "" for the case."""
    made_at: datetime
    by: str
    file_name: str
    standing: Literal["present", "replaced", "withdrawn", "draft"]
    """Whether this version is in the catalogue."""
    reused: bool = False
    """It was there already."""
    gaps: tuple[Gap, ...] = ()
    """What is blank in a draft."""
    _sha256: str = field(default="", repr=False)
    _template_sha256: str = field(default="", repr=False)
    _drafted: tuple[bytes, tuple[Filled, ...], Node] | None = field(
        default=None, repr=False, compare=False
    )
    _keep: Keep = field(kw_only=True, repr=False, compare=False)
    _find: Callable[[str], Template] = field(kw_only=True, repr=False, compare=False)

    @cached_property
    def docx(self) -> bytes:
        """The Word file. Raises BlobDamaged if its stored content is gone."""
        if self._drafted is not None:
            return self._drafted[0]
        path = self._keep.blobs.path(self._sha256)
        if not path.is_file():
            self._keep.blobs.verify(self._sha256)
        return path.read_bytes()

    @cached_property
    def _row(self) -> GeneratedRow:
        with self._keep.database.read() as session:
            row = session.scalars(
                select(GeneratedRow)
                .options(undefer(GeneratedRow.fields), undefer(GeneratedRow.changes))
                .where(GeneratedRow.id == self.id)
            ).first()
        if row is None:
            raise DocumentRefused(
                "this document was removed with its dossier", where=self.file_name
            )
        return row

    @cached_property
    def filled(self) -> tuple[Filled, ...]:
        """Every field as it stands in the text, and where it is from."""
        if self._drafted is not None:
            return self._drafted[1]
        return filled_from_json(self._row.fields["filled"])

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Fields in which it differs from the version before."""
        if self._drafted is not None:
            return ()
        return tuple(Change(**each) for each in self._row.changes)

    @property
    def document(self) -> Document | None:
        """The document in the catalogue; None for a draft and for a version that was replaced or
        withdrawn."""
        if self._drafted is not None:
            return None
        with self._keep.database.read() as session:
            found = session.execute(
                select(DossierRow, DocumentRow.id)
                .join(DocumentRow, DocumentRow.dossier_id == DossierRow.id)
                .join(PageRow, PageRow.id == DocumentRow.first_page_id)
                .join(FileRow, FileRow.id == PageRow.file_id)
                .join(GeneratedRow, GeneratedRow.file_id == FileRow.id)
                .where(GeneratedRow.id == self.id)
            ).first()
            if found is None:
                return None
            dossier = Dossier.of(self._keep, found[0])
        return dossier.document(found[1])

    def save(self, path: str | Path) -> Path:
        """Write the Word file, whole or not at all; into a folder under `file_name`."""
        target = Path(path)
        if target.is_dir():
            target /= self.file_name
        write_whole(target, self.docx)
        return target

    @property
    def text(self) -> str:
        """Its plain text."""
        return plain_text(self.docx)

    def html(self) -> str:
        """A preview as one HTML page; needs no LibreOffice."""
        return html_preview(self.docx)

    def pdf(self, path: str | Path) -> Path:
        """Write it as PDF. Raises ProgramMissing without LibreOffice."""
        target = Path(path)
        if target.is_dir():
            target /= Path(self.file_name).with_suffix(".pdf").name
        write_pdf(self.docx, target)
        return target

    def annotated(self) -> bytes:
        """The Word file with a comment on each field that says where it is from.

        Raises DocumentRefused if the template is another one now."""
        template = self._find(self.code)
        if template.sha256 != self._template_sha256:
            raise DocumentRefused(
                "its template was changed since it was made",
                where=self.file_name,
                advice="generate it again, or see provenance()",
            )
        if self._drafted is not None:
            return template.render(self._drafted[2], draft=True, annotate=True).docx
        return template.render(view_from_json(self._row.fields["view"]), annotate=True).docx

    def provenance(self) -> dict[str, Any]:
        """For each field where it is from, as plain JSON: document, page (its number in the
        volume, file and place in the file) and boxes in page units."""
        return {
            "schema": SCHEMA,
            "document": {
                "id": self.id,
                "dossier": self.dossier_id,
                "template": self.template,
                "code": self.code,
                "template_sha256": self._template_sha256,
                "sha256": self._sha256 or None,
                "version": self.version,
                "number": self.number,
                "day": self.day.isoformat(),
                "subject": self.subject or None,
                "made_at": self.made_at.isoformat(),
                "by": self.by,
                "standing": self.standing,
            },
            "fields": self._located(filled_json(self.filled)),
            "changes": [change.to_json() for change in self.changes],
            "gaps": [
                {
                    "path": gap.path,
                    "label": gap.label,
                    "stands": gap.stands,
                    "found_in": list(gap.found_in),
                    "problem": gap.problem,
                }
                for gap in self.gaps
            ],
        }

    def _located(self, fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The fields with each source's page as a reader finds it."""
        wanted = {source["page"] for each in fields for source in each["sources"]}
        with self._keep.database.read() as session:
            pages = {
                page_id: {"label": label, "file": file, "number": number + 1}
                for page_id, label, file, number in session.execute(
                    select(PageRow.id, PageRow.label, FileRow.name, PageRow.number)
                    .join(FileRow, FileRow.id == PageRow.file_id)
                    .where(PageRow.id.in_(wanted))
                )
            }
        unknown = {"label": "", "file": None, "number": None}
        for each in fields:
            for source in each["sources"]:
                source.update(pages.get(source["page"], unknown))
        return fields


@dataclass(frozen=True, slots=True)
class Drafted:
    """What became of one document of a batch. `case` is the dossier's name."""

    case: str
    dossier_id: int
    subject: str
    status: Literal["made", "reused", "gaps", "failed"]
    document: GeneratedDocument | None = None
    gaps: tuple[Gap, ...] = ()
    error: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "dossier": self.dossier_id,
            "subject": self.subject or None,
            "status": self.status,
            "id": self.document.id if self.document else None,
            "number": self.document.number if self.document else None,
            "version": self.document.version if self.document else None,
            "gaps": [{"path": gap.path, "label": gap.label} for gap in self.gaps],
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class DraftReport:
    """A batch: every document that was asked for, in the order of the cases."""

    template: str
    outcomes: tuple[Drafted, ...]
    problems: tuple[str, ...] = ()
    """What else hindered it (the search index)."""

    @property
    def documents(self) -> tuple[GeneratedDocument, ...]:
        """Those that are there now."""
        return tuple(each.document for each in self.outcomes if each.document is not None)

    def count(self, status: str) -> int:
        """How many were made, reused, have gaps or failed."""
        return sum(each.status == status for each in self.outcomes)

    @property
    def exit_code(self) -> int:
        """0 if every document is there, else 1."""
        return int(any(each.document is None for each in self.outcomes))

    def to_json(self) -> dict[str, Any]:
        return {
            "template": self.template,
            "counts": {name: self.count(name) for name in ("made", "reused", "gaps", "failed")},
            "outcomes": [each.to_json() for each in self.outcomes],
            "problems": list(self.problems),
        }
