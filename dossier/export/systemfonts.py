"""Fonts for pages that exist only as text: found on this machine, never brought along."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path

_PREFERRED = (
    "simsun.ttc", "NotoSerifCJK-Regular.ttc", "NotoSerifCJKsc-Regular.otf",
    "NotoSerifSC-Regular.otf", "SourceHanSerifSC-Regular.otf", "Songti.ttc", "uming.ttc",
    "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf", "msyh.ttc", "simhei.ttf", "STHeiti Light.ttc",
    "wqy-zenhei.ttc", "wqy-microhei.ttc",
    "simsunb.ttf", "NotoSerifTibetan-Regular.ttf", "NotoSansMongolian-Regular.ttf",
    "NotoNaskhArabic-Regular.ttf", "DejaVuSans.ttf",
)  # fmt: skip
"""File names in order of preference: Song faces first, as court papers are set; the later ones
fill what the first lack (rare characters of names, Tibetan, Uyghur, Mongolian)."""

_TOO_MANY = 20_000


def candidates(given: Sequence[Path] | None) -> list[Path]:
    """Font files to try in order: those given, then the preferred ones found on the system."""
    found = _on_system()
    return [*(given or ()), *(found[name.lower()] for name in _PREFERRED if name.lower() in found)]


@lru_cache(maxsize=1)
def _on_system() -> dict[str, Path]:
    wanted = {name.lower() for name in _PREFERRED}
    found: dict[str, Path] = {}
    for path in _files():
        name = path.name.lower()
        if name in wanted:
            found.setdefault(name, path)
    return found


def _files() -> Iterator[Path]:
    seen = 0
    for folder in _folders():
        for base, _, names in os.walk(folder):
            for name in sorted(names):
                seen += 1
                if seen > _TOO_MANY:
                    return
                yield Path(base, name)


def _folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        return [Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts"]
    if sys.platform == "win32":
        windows = Path(os.environ.get("WINDIR", r"C:\Windows")) / "Fonts"
        local = Path(os.environ.get("LOCALAPPDATA", str(home))) / "Microsoft/Windows/Fonts"
        return [windows, local]
    shared = os.environ.get("XDG_DATA_DIRS", "/usr/local/share:/usr/share").split(":")
    own = os.environ.get("XDG_DATA_HOME", str(home / ".local/share"))
    return [Path(place, "fonts") for place in (own, *shared) if place] + [home / ".fonts"]
