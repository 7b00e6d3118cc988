"""What the caller may choose about recognition."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

from ..errors import EngineNotFound

Quality = Literal["normal", "fast"]
OFF = "off"
DEFAULT_ENGINE = "rapidocr"
DEFAULT_LANGUAGES = ("chi_sim",)

_LANGUAGE = re.compile(r"[A-Za-z0-9_]+(?:/[A-Za-z0-9_]+)?")


@dataclass(frozen=True, slots=True)
class OcrSettings:
    """How pages are recognised. Small, picklable and hashable: it travels to worker processes.

    `engine`     name in the entry point group `dossier.ocr_engines`, or "off"
    `quality`    "normal", or "fast" for smaller models (about a third of the time)
    `languages`  Tesseract's language codes; engines that read one script only ignore them
    `max_side`   longest side in pixels that is worked on; larger images are scaled down first
    `orient`     find out whether the page lies on its side or upside down
    `remove_seals`  take red seals off the print before reading (they are recorded either way)
    `timeout`    seconds after which an outside program is stopped for one page
    """

    engine: str = DEFAULT_ENGINE
    quality: Quality = "normal"
    languages: tuple[str, ...] = DEFAULT_LANGUAGES
    max_side: int = 5000
    orient: bool = True
    remove_seals: bool = True
    timeout: float = 120.0

    def __post_init__(self) -> None:
        for language in self.languages:
            # these end up on a command line
            if not _LANGUAGE.fullmatch(language):
                raise EngineNotFound(
                    f"{language!r} is not a language code",
                    advice="use Tesseract's codes, for example chi_sim, bod, uig",
                )
        if not self.languages:
            raise EngineNotFound("no language given", advice="for example chi_sim")
        if self.max_side < 64:
            raise ValueError(f"max_side of {self.max_side} pixels leaves nothing to read")

    @classmethod
    def parse(cls, ocr: str = "auto", languages: Sequence[str] = ()) -> Self:
        """Settings from what a user types: "auto", "fast", "off" or the name of an engine.

        "auto" takes Tesseract when a language is asked for that the default engine does not read.
        Languages may be joined by "+" as Tesseract writes them. Whether the engine exists is
        only known to `get_engine`.
        """
        codes = tuple(code for item in languages for code in item.split("+") if code)
        base = cls(languages=codes or DEFAULT_LANGUAGES)
        match ocr:
            case "auto":
                foreign = [code for code in base.languages if code not in CJK_LANGUAGES]
                return replace(base, engine="tesseract") if foreign else base
            case "fast":
                return replace(base, quality="fast")
            case _:
                return replace(base, engine=ocr)

    @property
    def off(self) -> bool:
        """No recognition wanted."""
        return self.engine == OFF

    @property
    def key(self) -> str:
        """A short stable name of everything that changes the result, for caches and records."""
        parts = [self.engine, self.quality, "+".join(self.languages)]
        if not self.orient:
            parts.append("no-orient")
        if not self.remove_seals:
            parts.append("keep-seals")
        if self.max_side != 5000:
            parts.append(f"side{self.max_side}")
        return ":".join(parts)


CJK_LANGUAGES = frozenset({"chi_sim", "chi_tra", "chi_sim_vert", "chi_tra_vert", "eng", "jpn"})
"""Tesseract's names of the languages PP-OCR's default models know."""
