"""A Chinese font of the system, for drawing OFD pages; none is shipped."""

from __future__ import annotations

import os
import sys
from functools import lru_cache
from pathlib import Path

_WANTED = (
    "simsun.ttc", "simsun.ttf", "NotoSerifCJK-Regular.ttc", "NotoSerifCJKsc-Regular.otf",
    "SourceHanSerifSC-Regular.otf", "SourceHanSerifCN-Regular.otf", "uming.ttc", "Songti.ttc",
    "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "SourceHanSansSC-Regular.otf",
    "wqy-zenhei.ttc", "wqy-microhei.ttc", "DroidSansFallbackFull.ttf", "PingFang.ttc",
    "msyh.ttc", "simhei.ttf", "simfang.ttf", "simkai.ttf",
)  # fmt: skip


def _folders() -> list[Path]:
    if sys.platform == "win32":
        return [Path(os.environ.get("WINDIR", "C:/Windows")) / "Fonts"]
    return [
        Path("/usr/share/fonts"),
        Path("/usr/local/share/fonts"),
        Path.home() / ".fonts",
        Path.home() / ".local/share/fonts",
        Path("/System/Library/Fonts"),
        Path("/Library/Fonts"),
    ]


@lru_cache(maxsize=1)
def chinese_font() -> Path | None:
    """The first of the well-known Chinese fonts installed here, Song types first, or None."""
    found: dict[str, Path] = {}
    for folder in _folders():
        for base, _, files in os.walk(folder):
            for file in files:
                found.setdefault(file.lower(), Path(base) / file)
    for name in _WANTED:
        if name.lower() in found:
            return found[name.lower()]
    return None
