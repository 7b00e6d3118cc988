"""Files laid out by LibreOffice: pages, places and images of the PDF, text checked against DOCX."""

from __future__ import annotations

import re
import shutil
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from PIL import Image

from ..errors import FileRefused, ProgramMissing
from ..model import Line, Origin, PageLayer
from .docx_file import DocxContent, flow_of
from .flow import PAGE_COUNT, PAGE_NUMBER, Paragraph
from .kinds import FileKind
from .limits import Limits
from .office import laid_out, program, require
from .pages import OpenFile, OpenPage, Picture
from .pdf import PdfFile


def open_word(path: Path, name: str, limits: Limits) -> OpenFile:
    """A DOCX: laid out by LibreOffice where that is possible, else in flow order.

    Either way all of its text is there (paragraphs, tables, heads, feet, text boxes, notes). What
    differs is where lines and pages end and where on the page they stand; the flow reading says
    "positions-approximate".
    """
    content = DocxContent(path, name, limits)
    if limits.office == "never" or program() is None:
        return flow_of(content)
    try:
        made, room = laid_out(path, ".docx", name, limits)
    except ProgramMissing:
        return flow_of(content)
    except FileRefused as error:
        flow = flow_of(content)
        flow.notes = (*flow.notes, f"layout-failed: {error.what}")
        return flow
    try:
        return OfficeFile(FileKind.DOCX, made, room, name, limits, content)
    except FileRefused:
        if room is not None:
            shutil.rmtree(room, ignore_errors=True)
        return flow_of(content)


def open_office(path: Path, suffix: str, name: str, limits: Limits) -> OpenFile:
    """A file only LibreOffice reads. Raises ProgramMissing, DamagedFile."""
    require(name, limits)
    made, room = laid_out(path, suffix, name, limits)
    try:
        return OfficeFile(FileKind.OFFICE, made, room, name, limits, None)
    except BaseException:
        if room is not None:
            shutil.rmtree(room, ignore_errors=True)
        raise


class OfficeFile(OpenFile):
    """The PDF LibreOffice made, under the name and kind of the file given."""

    def __init__(
        self,
        kind: FileKind,
        made: Path,
        room: Path | None,
        name: str,
        limits: Limits,
        content: DocxContent | None,
    ) -> None:
        self.kind = kind
        self._room = room
        self._pdf = PdfFile(made, name, (), limits)
        self._content = content
        self.rendering = made
        self.page_count = self._pdf.page_count
        self.notes = (*(content.notes if content else ()), "laid-out: LibreOffice")

    def page(self, number: int) -> OpenPage:
        page = self._pdf.page(self._check(number))
        lost = self._lost if self._content and number == self.page_count - 1 else ()
        return OfficePage(page, lost)

    @cached_property
    def _lost(self) -> tuple[str, ...]:
        """Paragraphs of the DOCX which are on no page (text boxes off the sheet, cut-off cells)."""
        assert self._content is not None
        texts = []
        for number in range(self.page_count):
            layer = self._pdf.page(number).layer
            texts.append(layer.text if layer else "")
        return missing(
            [item.text for item in self._content.items if isinstance(item, Paragraph)], texts
        )

    def close(self) -> None:
        self._pdf.close()
        if self._room is not None:
            shutil.rmtree(self._room, ignore_errors=True)


def bare(text: str) -> str:
    """Without spaces and marks that layout moves or redraws: for comparing content."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\W_\ue000-\uf8ff]+", "", text)


def missing(paragraphs: Sequence[str], pages: Sequence[str]) -> tuple[str, ...]:
    """Paragraphs not found in the text of the pages, even if they run over lines and pages."""
    whole = bare("".join(pages))
    pieces: list[str] = []
    for paragraph in paragraphs:
        for part in re.split(rf"[\n\t{PAGE_NUMBER}{PAGE_COUNT}]", paragraph):
            wanted = bare(part)
            # a long paragraph may be cut by running heads between two pages: look at both ends
            if wanted and wanted not in whole and not _ends_found(wanted, whole):
                pieces.append(part.strip())
    return tuple(pieces)


def _ends_found(wanted: str, whole: str) -> bool:
    if len(wanted) < 12:
        return False
    step = 6
    parts = [wanted[at : at + step] for at in range(0, len(wanted), step)]
    found = sum(part in whole for part in parts)
    return found >= 0.8 * len(parts)


class OfficePage(OpenPage):
    """A page of the PDF; the last one also carries the text that found no place."""

    def __init__(self, page: OpenPage, lost: tuple[str, ...]) -> None:
        self._page = page
        self._lost = lost
        self.width, self.height = page.width, page.height

    @property
    def layer(self) -> PageLayer | None:
        layer = self._page.layer
        if not self._lost:
            return layer
        layer = layer or PageLayer(self.width, self.height, origin=Origin.NATIVE)
        block = max((line.block for line in layer.lines), default=-1) + 1
        beside = tuple(
            Line(text, (0.05, 0.98, 0.95, 0.98, 0.95, 1.0, 0.05, 1.0), block=block)
            for text in self._lost
        )
        note = f"text-beside-layout: {len(beside)} paragraphs"
        return replace(
            layer, lines=(*layer.lines, *beside), origin=Origin.NATIVE, notes=(*layer.notes, note)
        )

    @property
    def notes(self) -> tuple[str, ...]:
        layer = self.layer
        return layer.notes if layer else self._page.notes

    @property
    def pictures(self) -> tuple[Picture, ...]:
        return self._page.pictures

    def image(self, dpi: int = 200) -> Image.Image | None:
        return self._page.image(dpi)
