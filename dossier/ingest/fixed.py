"""Pages of fixed documents (PDF, OFD): judged text, seals, pictures cut from the drawn page."""

from __future__ import annotations

from abc import abstractmethod
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..errors import DamagedFile
from ..model import Box, Origin, PageLayer, Seal, turn_quad
from .content import Content
from .limits import Limits
from .pages import OpenPage, Picture
from .trust import Verdict, judge

_INK_PIXELS = 4_000_000


class FixedPage(OpenPage):
    """What PDF and OFD pages share; their readers fill in content, seals and drawing."""

    limits: Limits
    where: str
    """File and page, for messages."""

    @property
    @abstractmethod
    def seals(self) -> tuple[Seal, ...]:
        """Electronic seals, in page units as seen."""

    @abstractmethod
    def _read(self) -> Content:
        """Characters, images and rules."""

    @abstractmethod
    def _draw(self, dpi: float) -> Image.Image | None:
        """The page at this resolution, or as near to it as the limits allow."""

    @cached_property
    def _content(self) -> Content:
        return self._read()

    @cached_property
    def _verdict(self) -> Verdict:
        return judge(self._content, self._ink, self.limits)

    def _ink(self) -> NDArray[np.bool_] | None:
        """Where print is, one cell per point (coarser on huge pages); None if it is unknown."""
        drawn = self._draw(72 * min(1.0, (_INK_PIXELS / (self.width * self.height)) ** 0.5))
        if drawn is None:
            return None
        gray = np.asarray(drawn.convert("L")).astype(np.int16)
        ink: NDArray[np.bool_] = np.abs(gray - int(np.median(gray))) > 60
        return ink

    @property
    def layer(self) -> PageLayer | None:
        return self._layer

    @cached_property
    def _layer(self) -> PageLayer | None:
        verdict = self._verdict
        if verdict.setting is None:
            return None
        rotation = verdict.setting.rotation
        width, height = self.width, self.height
        if rotation in (90, 270):
            width, height = height, width
        return PageLayer(
            width,
            height,
            verdict.setting.lines,
            tuple(
                Seal(Box.around(turn_quad(seal.box.quad(), rotation)), seal.kind)
                for seal in self.seals
            ),
            origin=verdict.origin,
            rotation=rotation,
            engine="embedded" if verdict.origin is Origin.OCR else "",
            notes=verdict.notes,
        )

    @property
    def notes(self) -> tuple[str, ...]:
        return self._verdict.notes

    @property
    def pictures(self) -> tuple[Picture, ...]:
        found = []
        for stored in self._verdict.pictures:
            box = Box(
                stored.left / self.width,
                stored.top / self.height,
                stored.right / self.width,
                stored.bottom / self.height,
            )
            found.append(Picture(box, partial(self._cut, box, min(300.0, max(150.0, stored.dpi)))))
        return tuple(found)

    def _cut(self, box: Box, dpi: float) -> Image.Image:
        whole = self._draw(dpi)
        if whole is None:
            raise DamagedFile("this picture cannot be drawn", where=self.where)
        left, top = int(box.left * whole.width), int(box.top * whole.height)
        right = max(left + 1, round(box.right * whole.width))
        bottom = max(top + 1, round(box.bottom * whole.height))
        return whole.crop((left, top, right, bottom))

    def image(self, dpi: int = 200) -> Image.Image | None:
        """See `OpenPage.image`; a page that is one scan is drawn at the scan's resolution."""
        native = self._native_dpi
        if native is not None and 150 <= dpi <= 300:
            return self._draw(min(300.0, max(150.0, native)))
        return self._draw(dpi)

    @cached_property
    def _native_dpi(self) -> float | None:
        """Resolution of the scan, if the page is one scan and little else."""
        images = self._content.images
        if not images:
            return None
        largest = max(images, key=lambda image: image.area)
        return largest.dpi if largest.area >= 0.9 * self.width * self.height else None
