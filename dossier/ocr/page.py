"""From the image of a page to its text: the whole way of one page."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ..errors import EngineNotFound
from ..model import Box, Origin, PageLayer, Seal, turn_quad
from .engines import get_engine
from .lean import lean_of
from .order import in_reading_order
from .orient import quarter_turns
from .scale import turn, within
from .seals import RedMark, find_red_marks, without_red_marks
from .settings import OcrSettings

A4_LONG = 842.0
"""Points: the long side of A4, taken as the size of a page whose resolution is unknown."""


def recognise(
    image: Image.Image | NDArray[np.uint8],
    settings: OcrSettings | None = None,
    *,
    dpi: float | None = None,
) -> PageLayer:
    """The text of a page image (any PIL mode, or grey/RGB/RGBA uint8 array), as seen.

    The image is turned upright (`rotation` of the result), red seals are found and lifted off a
    working copy, the engine reads, and lines are put in reading order with their table cells.
    Lines and seals are in shares [0, 1] of the *upright* page, `width` and `height` in points
    (from `dpi` dots per inch; unknown: an A4 sheet). A page without any print gives no lines
    and `Origin.NONE`.

    Raises EngineNotFound, ProgramMissing, RecognitionFailed.
    """
    settings = settings or OcrSettings()
    if settings.off:
        raise EngineNotFound("recognition is switched off", advice="choose --ocr auto")
    pixels = as_pixels(image, settings.max_side)
    engine = get_engine(settings)
    width, height = points_of(image, dpi)
    if is_blank(pixels):
        return PageLayer(width, height, origin=Origin.NONE, engine=engine.name, notes=("blank",))
    marks = find_red_marks(pixels)
    seals = [_seal(mark, pixels) for mark in marks]
    if settings.remove_seals:
        pixels = without_red_marks(pixels, marks)
    rotation = quarter_turns(pixels) if settings.orient else 0
    pixels = turn(pixels, rotation)
    if rotation in (90, 270):
        width, height = height, width
    found = engine.read(pixels)
    lean = lean_of(found, pixels.shape[1], pixels.shape[0])
    lines = in_reading_order(found, pixels, lean)
    return PageLayer(
        width=width,
        height=height,
        lines=tuple(lines),
        seals=tuple(Seal(_turned(seal, rotation), "red") for seal in seals),
        origin=Origin.OCR if lines else Origin.NONE,
        rotation=rotation,
        skew=round(lean.degrees, 2),
        engine=engine.name,
    )


def as_pixels(image: Image.Image | NDArray[np.uint8], max_side: int) -> NDArray[np.uint8]:
    """An RGB array (height × width × 3, uint8) no longer than `max_side`; transparency is white."""
    if isinstance(image, Image.Image):
        if min(image.size) > 2 * max_side:
            # averaging whole blocks first keeps the memory of huge images down
            image = image.reduce(min(image.size) // max_side)
        if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
            over = image.convert("RGBA")
            image = Image.new("RGB", over.size, "white")
            image.paste(over, mask=over.getchannel("A"))
        pixels = np.asarray(_eight_bits(image).convert("RGB"), np.uint8)
    else:
        pixels = image
        if pixels.ndim == 2:
            pixels = np.repeat(pixels[:, :, None], 3, axis=2)
        pixels = pixels[:, :, :3]
    pixels = within(pixels, max_side)
    return np.ascontiguousarray(pixels)


def _eight_bits(image: Image.Image) -> Image.Image:
    """16-bit greys scaled to 8 bits (PIL's own conversion clips them to white)."""
    if not image.mode.startswith("I"):
        return image
    values = np.asarray(image, np.float32)
    top = 65535.0 if values.max(initial=0) > 255 else 255.0
    return Image.fromarray((np.clip(values, 0, top) * (255 / top)).astype(np.uint8))


def points_of(image: Image.Image | NDArray[np.uint8], dpi: float | None) -> tuple[float, float]:
    """Width and height in points; without a usable `dpi` the long side is that of A4."""
    if isinstance(image, Image.Image):
        width, height = image.size
    else:
        height, width = image.shape[:2]
    scale = 72 / dpi if dpi and dpi > 0 else A4_LONG / max(width, height, 1)
    return width * scale, height * scale


def is_blank(pixels: NDArray[np.uint8]) -> bool:
    """Nothing on this image stands out from its paper: no edges anywhere."""
    height, width = pixels.shape[:2]
    if min(height, width) < 8:
        return True
    grey = cv2.cvtColor(within(pixels, 800, least=8), cv2.COLOR_RGB2GRAY)
    paper = (
        cv2.medianBlur(grey, 21) if min(grey.shape) > 21 else np.full_like(grey, np.median(grey))
    )
    difference = np.abs(grey.astype(np.int16) - paper.astype(np.int16))
    return int(np.count_nonzero(difference > 40)) < 12


def _seal(mark: RedMark, pixels: NDArray[np.uint8]) -> Seal:
    height, width = pixels.shape[:2]
    return Seal(Box(mark.left / width, mark.top / height, mark.right / width, mark.bottom / height))


def _turned(seal: Seal, degrees: int) -> Box:
    return Box.around(turn_quad(seal.box.quad(), degrees))
