"""What goes into an export and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from dossier.model import PageLayer


@dataclass(frozen=True, slots=True)
class ExportPage:
    """One page of the export.

    `source`    the stored original (a blob: its name need not have an extension)
    `kind`      what the original is: "pdf", "image", or a kind without pictures ("docx", "text",
                "html", "rtf", "ofd", "office"), whose text is then drawn
    `number`    page or frame in the original, counted from 0
    `layer`     what the page says and where
    `label`     page number in its volume as printed on the page list; empty for pages without one
    `passwords` tried in turn when the original is encrypted
    `name`      how to call the original in messages; its file name if empty
    """

    source: Path
    kind: str
    number: int
    layer: PageLayer
    label: str = ""
    passwords: tuple[str, ...] = field(default=(), repr=False)
    name: str = ""

    @property
    def where(self) -> str:
        """File and page for messages, pages counted from 1."""
        return f"{self.name or self.source.name}, page {self.number + 1}"


@dataclass(frozen=True, slots=True)
class Bookmark:
    """An entry of the outline: `page` is the index in the export, counted from 0."""

    title: str
    page: int
    children: tuple[Bookmark, ...] = ()
    is_open: bool = True


@dataclass(frozen=True, slots=True)
class ExportNote:
    """Something the reader of the derived file should know.

    `code`   one of the codes of docs/export.md ("signature-dropped", "drawn-from-text" …)
    `page`   index in the export, counted from 0
    `detail` what exactly, never text of the page
    """

    code: str
    page: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written.

    `pages`  number of pages, `size` bytes of the file
    `notes`  in page order
    `fonts`  names of the fonts in the file that this export added
    """

    target: Path
    pages: int
    size: int
    notes: tuple[ExportNote, ...] = ()
    fonts: tuple[str, ...] = ()
