"""The fonts the samples are set in, and what their glyphs measure.

Debian packages: fonts-noto-cjk, fonts-arphic-uming, fonts-arphic-ukai, fonts-wqy-zenhei.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from PIL import ImageFont

PACKAGES = (
    "fonts-noto-cjk fonts-noto-cjk-extra fonts-arphic-uming fonts-arphic-ukai fonts-wqy-zenhei"
)

_ROOT = Path("/usr/share/fonts")
_FACES: dict[str, tuple[str, int]] = {
    # face: file below the font root, index in the collection (2 is simplified Chinese in Noto)
    "song": ("opentype/noto/NotoSerifCJK-Regular.ttc", 2),
    "bold": ("opentype/noto/NotoSerifCJK-Bold.ttc", 2),
    "ming": ("truetype/arphic/uming.ttc", 0),
    "kai": ("truetype/arphic/ukai.ttc", 0),
    "hand": ("truetype/arphic/ukai.ttc", 0),
    "hei": ("truetype/wqy/wqy-zenhei.ttc", 0),
}
FACES = tuple(_FACES)


def font_file(face: str) -> tuple[Path, int]:
    """Path and collection index of a face; SystemExit naming the packages when it is missing."""
    name, index = _FACES[face]
    path = _ROOT / name
    if not path.is_file():
        raise SystemExit(f"font {name} is missing: apt-get install {PACKAGES}")
    return path, index


@lru_cache(maxsize=256)
def font(face: str, pixels: int) -> ImageFont.FreeTypeFont:
    path, index = font_file(face)
    return ImageFont.truetype(str(path), pixels, index=index, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=8192)
def advance(face: str, char: str) -> float:
    """Width of a character in em."""
    return float(font(face, 200).getlength(char)) / 200
