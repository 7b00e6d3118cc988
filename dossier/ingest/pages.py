"""What every reader gives: an open file, its pages, and pictures standing in text pages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from PIL import Image

from ..model import Box, PageLayer, Seal
from .kinds import FileKind


@dataclass(frozen=True)
class Picture:
    """An image standing in a page of text and large enough to hold print.

    `box` is its place in page units (see `dossier.model`); `image()` draws it, RGB, as seen.
    """

    box: Box
    draw: Callable[[], Image.Image]

    def image(self) -> Image.Image:
        """The picture as RGB, upright as it is on the page."""
        return self.draw()


class OpenPage(ABC):
    """One page; stands alone, nothing is kept once it is forgotten."""

    width: float
    """Points (1/72 inch) of the page as seen."""
    height: float

    @property
    @abstractmethod
    def layer(self) -> PageLayer | None:
        """Trusted text with positions; None when the page must be read by OCR."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Coded remarks on this page, also when there is no layer ("text-layer-rejected: …")."""
        layer = self.layer
        return layer.notes if layer else ()

    @property
    def seals(self) -> tuple[Seal, ...]:
        """Electronic seals of the page as seen, also when there is no layer."""
        return ()

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Images inside a page of text which are worth OCR; empty when `layer` is None."""
        return ()

    @abstractmethod
    def image(self, dpi: int = 200) -> Image.Image | None:
        """The page drawn as a reader sees it: RGB, its resolution in `info["dpi"]`.

        A page which is nothing but one scan is drawn at the scan's own resolution between 150 and
        300 dpi when `dpi` lies in that range too. None: this page cannot be drawn here.
        """


class OpenFile(ABC):
    """One open file. A context manager; one per reader, not to be shared between threads."""

    kind: FileKind
    page_count: int
    signed: bool = False
    """The file carries a digital signature: the original must stay as it is."""
    locked: bool = False
    """It opens with a password only: `decrypt_copy` makes a copy that opens without."""
    rendering: Path | None = None
    """A PDF of the same pages that LibreOffice laid out, as long as the file is open (with
    `Limits.spool`: as long as the spool is there)."""
    notes: tuple[str, ...] = ()
    """Coded remarks on the whole file ("extension-mismatch: .pdf is JPEG")."""

    @abstractmethod
    def page(self, number: int) -> OpenPage:
        """Page `number`, counted from 0.

        Raises DamagedFile when just this page is broken (the others may be read) and IndexError
        when there is no such page.
        """

    def pages(self) -> Iterator[OpenPage]:
        """All pages in order."""
        for number in range(self.page_count):
            yield self.page(number)

    @abstractmethod
    def close(self) -> None:
        """Give back handles and temporary files; pages are dead afterwards."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _check(self, number: int) -> int:
        if not 0 <= number < self.page_count:
            raise IndexError(f"page {number} of {self.page_count}")
        return number
