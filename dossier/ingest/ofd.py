"""OFD (GB/T 33190—2016), the Chinese format for fixed documents.

Own reader over lxml: of the libraries on PyPI, easyofd (20260427) requires PyMuPDF (AGPL) and
expands whatever XML it is given.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

from ..errors import DamagedFile, HostileFile
from ..model import Box, Seal
from .content import Content
from .fixed import FixedPage
from .images import check_size, reading
from .kinds import FileKind
from .limits import Limits
from .ofd_content import content_of
from .ofd_draw import draw_page
from .ofd_model import Drawn, OfdPage, documents
from .package import Package
from .pages import OpenFile, OpenPage


class OfdFile(OpenFile):
    """An OFD; several documents in one package follow each other."""

    kind = FileKind.OFD

    def __init__(self, path: Path, name: str, limits: Limits) -> None:
        """Raises DamagedFile, EncryptedFile, HostileFile."""
        self.name = name
        self.limits = limits
        self.package = Package(path, name, limits)
        try:
            found, self.signed = documents(self.package)
            self._pages = [page for document in found for page in document.pages]
            if not self._pages:
                raise DamagedFile("this OFD has no pages", where=name)
            if len(self._pages) > limits.pages:
                raise HostileFile(
                    f"{len(self._pages)} pages, allowed are {limits.pages}", where=name
                )
        except BaseException:
            self.close()
            raise
        self.page_count = len(self._pages)

    def page(self, number: int) -> OpenPage:
        return OfdOpenPage(self, self._pages[self._check(number)], number)

    def close(self) -> None:
        self.package.close()


class OfdOpenPage(FixedPage):
    """One page of an OFD."""

    def __init__(self, file: OfdFile, page: OfdPage, number: int) -> None:
        """Raises DamagedFile, HostileFile for this page alone."""
        self._file = file
        self._page = page
        self.limits = file.limits
        self.where = f"{file.name} p. {number + 1}"
        document = page.document
        self.width, self.height = document.size(file.package.xml(page.part))
        self._objects: list[Drawn] = document.objects(page)

    @property
    def seals(self) -> tuple[Seal, ...]:
        return tuple(
            Seal(
                Box(
                    left / self.width,
                    top / self.height,
                    right / self.width,
                    bottom / self.height,
                ),
                "electronic",
            )
            for left, top, right, bottom in self._page.seals
        )

    def _read(self) -> Content:
        return content_of(self._objects, (self.width, self.height), self._pixels)

    def _pixels(self, key: str) -> tuple[int, int]:
        part = self._page.document.media.get(key)
        if part is None or not self._file.package.has(part):
            return 0, 0
        data = self._file.package.read(part)
        try:
            with reading(self.where), Image.open(io.BytesIO(data)) as image:
                check_size(image, self.limits, self.where)
                return image.size
        except DamagedFile:
            # JBIG2 and broken ones cannot be drawn: the text beside them is still good
            return 0, 0

    def _draw(self, dpi: float) -> Image.Image | None:
        """With a Chinese font of the system; None if there is none here.

        Fills and strokes, pictures, text and the seals' pictures are drawn; gradients, clipping
        and patterns are not.
        """
        size = (self.width, self.height)
        try:
            return draw_page(self._page, self._objects, size, dpi, self.limits, self.where)
        except (ValueError, OSError, MemoryError) as error:
            raise DamagedFile("this page cannot be drawn", where=self.where) from error
