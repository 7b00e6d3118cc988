"""PDF: text with positions where it can be trusted, pages drawn by pdfium."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import pypdfium2 as pdfium
from PIL import Image
from pypdfium2 import raw

from ..errors import DamagedFile, EncryptedFile, HostileFile
from ..model import Box, Seal
from .content import Content
from .fixed import FixedPage
from .kinds import FileKind
from .limits import Limits
from .pages import OpenFile
from .pdf_glyphs import content_of, placing_of
from .pdf_repair import repaired

PDFIUM = threading.RLock()
"""pdfium is not thread-safe, not even for two documents: every call is made under this lock."""

_REPAIRED = 512 * 1024**2
"""Bytes of a damaged file looked through for pages."""

BROKEN = "ask for an intact copy; a viewer that still shows it can print it to a new PDF"


class PdfFile(OpenFile):
    """A PDF opened by pdfium; pages are parsed one by one."""

    kind = FileKind.PDF

    def __init__(
        self, path: Path, name: str, passwords: Sequence[str] = (), limits: Limits | None = None
    ) -> None:
        """Raises EncryptedFile, DamagedFile, HostileFile."""
        self.name = name
        self.limits = limits or Limits()
        self._seals: dict[int, tuple[Seal, ...]] = {}
        self._file: BinaryIO = path.open("rb")
        try:
            with PDFIUM:
                self._document, password = self._opened(passwords)
                self.page_count = len(self._document)
                sound = raw.FPDF_DocumentHasValidCrossReferenceTable(self._document)
                self.signed = _signed(self._document)
                if self._document.get_formtype() != raw.FORMTYPE_NONE:
                    self._document.init_forms()
            if self.page_count == 0:
                raise DamagedFile("this PDF has no pages", where=name, advice=BROKEN)
            if self.page_count > self.limits.pages:
                raise HostileFile(
                    f"{self.page_count} pages, allowed are {self.limits.pages}", where=name
                )
        except BaseException:
            self.close()
            raise
        notes = []
        if not sound or not _has_end(self._file):
            notes.append("repaired: the PDF is damaged or cut off, what could be read is shown")
        self.locked = bool(password)
        if password is not None:
            notes.append("encrypted: opened with " + ("a password" if password else "no password"))
        self.notes = tuple(notes)

    def _opened(self, passwords: Sequence[str]) -> tuple[pdfium.PdfDocument, str | None]:
        try:
            return open_document(self._file, self.name, passwords)
        except DamagedFile:
            if not self.limits.salvage:
                raise
            self._file.seek(0)
            data = repaired(self._file.read(_REPAIRED), self.limits.pages)
            if data is None:
                raise
            return open_document(io.BytesIO(data), self.name, passwords)

    def page(self, number: int) -> PdfPage:
        return PdfPage(self, self._check(number))

    def seals(self, number: int) -> tuple[Seal, ...]:
        """Electronic seals: the visible signature fields of a page that has been opened."""
        return self._seals.get(number, ())

    def close(self) -> None:
        with PDFIUM:
            document = getattr(self, "_document", None)
            if document is not None:
                document.close()
        self._file.close()

    @contextmanager
    def opened(self, number: int) -> Iterator[pdfium.PdfPage]:
        """The pdfium page under the lock, closed afterwards.

        Annotations and filled form fields are made part of the page (in memory only): a reader
        sees them, so their text belongs to the page.
        """
        with PDFIUM:
            try:
                page = self._document[number]
                if number not in self._seals:
                    self._seals[number] = tuple(_seals(self._document, page))
                    if raw.FPDFPage_GetAnnotCount(page) > 0:
                        raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
                        page.close()
                        page = self._document[number]
            except pdfium.PdfiumError as error:
                raise DamagedFile(
                    "this page is broken", where=f"{self.name} p. {number + 1}", advice=BROKEN
                ) from error
            try:
                yield page
            finally:
                page.close()


def open_document(
    file: BinaryIO, name: str, passwords: Sequence[str]
) -> tuple[pdfium.PdfDocument, str | None]:
    """The document, and the password that opened it: None if it is not encrypted."""
    for password in (None, *passwords):
        try:
            document = pdfium.PdfDocument(file, password=password)
        except pdfium.PdfiumError as error:
            code = getattr(error, "err_code", None)
            if code == raw.FPDF_ERR_PASSWORD:
                continue
            if code == raw.FPDF_ERR_SECURITY:
                raise EncryptedFile(
                    "encrypted in a way that is not supported (certificate)",
                    where=name,
                    advice="ask for a copy without protection",
                ) from error
            raise DamagedFile("not a readable PDF", where=name, advice=BROKEN) from error
        # -1: no security handler, the file is not encrypted
        locked = raw.FPDF_GetSecurityHandlerRevision(document) != -1
        return document, (password or "") if locked else None
    raise EncryptedFile(
        "a password is needed" if not passwords else "none of the given passwords opens it",
        where=name,
        advice="give the password (--password) or ask for a copy without one",
    )


def _signed(document: pdfium.PdfDocument) -> bool:
    """Is there a signature with content? Empty signature fields do not count."""
    for index in range(max(0, raw.FPDF_GetSignatureCount(document))):
        signature = raw.FPDF_GetSignatureObject(document, index)
        if signature and raw.FPDFSignatureObj_GetContents(signature, None, 0) > 0:
            return True
    return False


def _seals(document: pdfium.PdfDocument, page: pdfium.PdfPage) -> Iterator[Seal]:
    """Places of the signature fields on the page; must run before the page is flattened."""
    form = document.formenv
    if form is None:
        return
    placing = placing_of(page)
    width, height = placing.size
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            if raw.FPDFAnnot_GetFormFieldType(form, annotation) != raw.FPDF_FORMFIELD_SIGNATURE:
                continue
            rect = raw.FS_RECTF()
            if not raw.FPDFAnnot_GetRect(annotation, rect):
                continue
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
        left, top, right, bottom = placing.box(rect.left, rect.bottom, rect.right, rect.top)
        if right - left > 1 and bottom - top > 1:
            box = Box(left / width, top / height, right / width, bottom / height)
            yield Seal(box, "electronic")


def _has_end(file: BinaryIO) -> bool:
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 2048))
    return b"%%EOF" in file.read()


class PdfPage(FixedPage):
    """One page; what it holds is read when first asked for."""

    def __init__(self, file: PdfFile, number: int) -> None:
        """Raises DamagedFile for this page alone."""
        self._file = file
        self.number = number
        self.limits = file.limits
        self.where = f"{file.name} p. {number + 1}"
        with file.opened(number) as page:
            self.width, self.height = page.get_size()
        if self.width <= 0 or self.height <= 0:
            raise DamagedFile("a page without size", where=self.where, advice=BROKEN)

    @property
    def seals(self) -> tuple[Seal, ...]:
        return self._file.seals(self.number)

    def _read(self) -> Content:
        with self._file.opened(self.number) as page:
            return content_of(page)

    def _draw(self, dpi: float) -> Image.Image:
        image: Image.Image
        scale = dpi / 72
        pixels = self.width * self.height * scale * scale
        scale *= min(1.0, (self.limits.render_pixels / max(pixels, 1.0)) ** 0.5)
        with self._file.opened(self.number) as page:
            try:
                bitmap = page.render(scale=scale, rev_byteorder=True, prefer_bgrx=False)
            except pdfium.PdfiumError as error:
                raise DamagedFile("this page cannot be drawn", where=self.where) from error
            try:
                # a copy: the bitmap's memory goes with it
                image = bitmap.to_pil().convert("RGB").copy()
            finally:
                bitmap.close()
        image.info["dpi"] = (72 * scale, 72 * scale)
        return image
