"""Pictures embedded in text files."""

from __future__ import annotations

import io
from functools import partial

from PIL import Image

from ..errors import FileRefused
from ..model import Cell
from .flow import Figure
from .images import check_size, reading, to_rgb
from .limits import Limits


def figure_of(
    data: bytes,
    name: str,
    limits: Limits,
    size: tuple[float, float] | None = None,
    cell: Cell | None = None,
) -> Figure | None:
    """An embedded picture as a figure, None if it is too small to hold print.

    `size` in points as placed; by default 150 dpi are assumed. Broken ones are left out here and
    huge ones too: the text around them is still good.
    """
    try:
        with reading(name), Image.open(io.BytesIO(data)) as image:
            check_size(image, limits, name)
            across, down = image.size
    except FileRefused:
        return None
    if min(across, down) < 40:
        return None
    width, height = size or (across * 72 / 150, down * 72 / 150)
    return Figure(width, height, partial(_drawn, data, name), cell)


def _drawn(data: bytes, name: str) -> Image.Image:
    with reading(name), Image.open(io.BytesIO(data)) as image:
        image.load()
        drawn = to_rgb(image)
        return drawn.copy() if drawn is image else drawn
