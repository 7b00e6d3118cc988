"""Photographs and scans: JPEG, PNG, TIFF of any number of pages, BMP, WebP, GIF."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from ..errors import DamagedFile, HostileFile
from ..model import PageLayer
from .kinds import FileKind
from .limits import Limits
from .pages import OpenFile, OpenPage

A4_HEIGHT = 841.89
"""Points; the longer side given to a picture that does not say how large it is."""

_BROKEN = "scan or photograph the page again, or ask for an intact copy"
_RECORDED = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, KeyError)
"""What Pillow raises on broken files, besides its own."""


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Turn what Pillow raises into our errors, and let nothing through unbounded."""
    try:
        with warnings.catch_warnings():
            # our own limit is checked from the header: Pillow's must not stop us earlier
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            yield
    except Image.DecompressionBombError as error:
        raise HostileFile("too many pixels", where=name) from error
    except MemoryError as error:
        raise HostileFile("not enough memory for this picture", where=name) from error
    except _RECORDED as error:
        raise DamagedFile("not a readable picture", where=name, advice=_BROKEN) from error


def check_size(image: Image.Image, limits: Limits, name: str) -> None:
    """Raise HostileFile when the header promises more pixels than allowed."""
    across, down = image.size
    if across * down > limits.image_pixels:
        raise HostileFile(
            f"a picture of {across} × {down} pixels, allowed are {limits.image_pixels:,}",
            where=name,
            advice="scan it again at 300 dpi",
        )
    if across < 1 or down < 1:
        raise DamagedFile("a picture without size", where=name, advice=_BROKEN)


def to_rgb(image: Image.Image) -> Image.Image:
    """Any mode to RGB: 16 bit scaled, transparency on white, CMYK and palettes converted."""
    if image.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        values = np.asarray(image).astype(np.float64)
        top = 65535.0 if image.mode != "F" else max(float(values.max(initial=0.0)), 1.0)
        if image.mode in ("I", "F") and values.max(initial=0) <= 255:
            top = 255.0
        gray = Image.fromarray(np.clip(values * (255.0 / top), 0, 255).astype(np.uint8))
        return gray.convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        layered = image.convert("RGBA")
        paper = Image.new("RGB", layered.size, "white")
        paper.paste(layered, mask=layered.getchannel("A"))
        return paper
    return image if image.mode == "RGB" else image.convert("RGB")


class PictureFile(OpenFile):
    """A picture file; a page for each frame of a TIFF, one for all others."""

    kind = FileKind.IMAGE

    def __init__(self, path: Path, name: str, limits: Limits | None = None) -> None:
        """Raises DamagedFile, HostileFile."""
        self.name = name
        self.limits = limits or Limits()
        self._file: BinaryIO = path.open("rb")
        try:
            with reading(name), self.opened() as image:
                check_size(image, self.limits, name)
                self.format = image.format or ""
                frames = getattr(image, "n_frames", 1) if self.format in ("TIFF", "MPO") else 1
            if self.format == "MPO":
                # the second picture of a phone's MPO is a preview or a depth map
                frames = 1
            if frames > self.limits.frames:
                raise HostileFile(f"{frames} frames, allowed are {self.limits.frames}", where=name)
            self.page_count = frames
            if not _ends_well(self._file, self.format):
                with reading(name), self.opened() as image:
                    image.load()
            notes = []
            if self.format in ("GIF", "WEBP", "PNG") and _animated(self._file):
                notes.append("first-frame-only: an animated picture")
            self.notes = tuple(notes)
        except BaseException:
            self.close()
            raise

    @contextmanager
    def opened(self) -> Iterator[Image.Image]:
        self._file.seek(0)
        with Image.open(self._file) as image:
            yield image
            # Pillow closes the file it was given only if it opened it itself

    def page(self, number: int) -> OpenPage:
        self._check(number)
        return PicturePage(self, number)

    def close(self) -> None:
        self._file.close()


class PicturePage(OpenPage):
    """One frame; it always has to be read by OCR."""

    def __init__(self, file: PictureFile, number: int) -> None:
        self._file = file
        self._number = number
        self._where = file.name if file.page_count == 1 else f"{file.name} p. {number + 1}"
        with reading(self._where), file.opened() as image:
            image.seek(number)
            check_size(image, file.limits, self._where)
            turn = _orientation(image)
            across, down = resolution(image)
            self._across, self._down = across, down
            width, height = image.width * 72 / across, image.height * 72 / down
        # orientations 5 to 8 lie on their side
        self.width, self.height = (height, width) if turn in (5, 6, 7, 8) else (width, height)

    @property
    def layer(self) -> PageLayer | None:
        return None

    def image(self, dpi: int = 200) -> Image.Image:
        """The frame, turned as EXIF says, with square pixels.

        At its own resolution, but not above 300 dpi (or `dpi`, if that is more) nor the pixel
        limit; for `dpi` below 150 at most at that.
        """
        wanted = float(dpi) if dpi < 150 else max(300.0, dpi)
        limits = self._file.limits
        with reading(self._where), self._file.opened() as image:
            image.seek(self._number)
            native = max(self._across, self._down)
            target = min(native, wanted)
            pixels = self.width * self.height * (target / 72) ** 2
            target *= min(1.0, math.sqrt(limits.render_pixels / max(pixels, 1.0)))
            size = (
                max(1, round(image.width * target / self._across)),
                max(1, round(image.height * target / self._down)),
            )
            if image.format == "JPEG":
                # decodes at a half, quarter or eighth: large photos cost neither time nor memory
                image.draft(None, size)
            turn = _orientation(image)
            image.load()
            seen = to_rgb(image)
            if seen.size != size:
                seen = seen.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
            if turn in _TURNS:
                seen = seen.transpose(_TURNS[turn])
            elif seen is image:
                seen = seen.copy()
        seen.info = {"dpi": (target, target)}
        return seen


_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _orientation(image: Image.Image) -> int:
    """EXIF orientation still to be applied; Pillow turns TIFF frames by itself."""
    if image.format == "TIFF":
        return 1
    found = image.getexif().get(_ORIENTATION, 1)
    return found if isinstance(found, int) else 1


def resolution(image: Image.Image) -> tuple[float, float]:
    """Dots per inch across and down: what the file says if that can be, else as if on A4.

    Cameras write 72 or 96 for want of anything better: a sheet larger than A2 is not believed.
    """
    told = image.info.get("dpi")
    if isinstance(told, tuple) and len(told) == 2:
        try:
            across, down = float(told[0]), float(told[1])
        except (TypeError, ValueError, ZeroDivisionError):
            across = down = 0.0
        if 72 <= across <= 1200 and 72 <= down <= 1200 and 0.4 < across / down < 2.5:
            longest = max(image.width * 72 / across, image.height * 72 / down)
            if 100 <= longest <= 1700:
                return across, down
    guess = max(image.size) * 72 / A4_HEIGHT
    return guess, guess


def _ends_well(file: BinaryIO, kind: str) -> bool:
    """Is the end mark there? If not, only decoding tells whether the picture is whole."""
    mark = {"JPEG": b"\xff\xd9", "MPO": b"\xff\xd9", "PNG": b"IEND"}.get(kind)
    if mark is None:
        return True
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 4096))
    return mark in file.read()


def _animated(file: BinaryIO) -> bool:
    file.seek(0)
    try:
        with Image.open(file) as image:
            return bool(getattr(image, "is_animated", False))
    except _RECORDED:
        return False
