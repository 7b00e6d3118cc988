"""Which text of a fixed page (PDF, OFD) can be trusted, and which images hold print."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..model import Origin
from .content import Content, Stored
from .glyphs import Glyph, Setting, set_lines
from .limits import Limits
from .plausible import common_share, reject_reason, spaced_out

Ink = NDArray[np.bool_]

_PICTURE = 0.03
"""Images smaller than this share of the page hold no print worth reading (a seal is 2 %)."""
_SCAN = 0.6
"""An image this large, with print outside the text, makes the page a scan."""
_EXISTING = 0.9
"""Confidence given to the characters of an OCR layer somebody else made."""


@dataclass(frozen=True)
class Verdict:
    """`setting` None: read the page by OCR. `pictures` are to be read besides the text."""

    setting: Setting | None
    origin: Origin
    notes: tuple[str, ...] = ()
    pictures: tuple[Stored, ...] = ()


def judge(content: Content, ink: Callable[[], Ink | None], limits: Limits) -> Verdict:
    """Decide page by page; `ink` draws the page and is only called when there is a doubt.

    1. Nothing drawn at all: an empty layer. No characters: OCR.
    2. Characters nobody sees over a scan are an OCR layer: kept only if plausible, lying on print
       and covering it; anywhere else they are dropped with a note.
    3. Visible characters are trusted unless they cannot be text (see `plausible`).
    4. A page-filling image with much print besides the characters: OCR of the whole page (a scan
       with a stamped-on header). Smaller ones are offered as pictures.
    """
    width, height = content.placing.size
    page = width * height
    printed = [glyph for glyph in content.glyphs if not glyph.text.isspace()]
    images = [image for image in content.images if image.area >= _PICTURE * page]
    notes: list[str] = []
    if content.outside:
        notes.append(f"text-outside-page: {content.outside} characters dropped")
    if not printed:
        if content.objects == 0:
            return Verdict(Setting((), 0), Origin.NONE, tuple(notes))
        return Verdict(None, Origin.NONE, tuple(notes))

    hidden = [glyph for glyph in printed if glyph.hidden]
    visible = [glyph for glyph in printed if not glyph.hidden]
    scan = max((image.area for image in images), default=0.0) >= _SCAN * page
    if hidden and scan and len(hidden) >= len(visible):
        return _existing_layer(content, hidden, ink, limits, notes)
    kept = content.glyphs
    if hidden:
        kept, dropped = _seen_only(content, ink())
        if dropped:
            notes.append(f"hidden-text-dropped: {dropped} characters")
        visible = [glyph for glyph in kept if not glyph.text.isspace()]
        if not visible:
            return Verdict(None, Origin.NONE, tuple(notes))

    reason = reject_reason(
        "".join(glyph.text for glyph in visible), sum(glyph.broken for glyph in visible)
    )
    if reason is not None:
        return Verdict(None, Origin.NONE, (*notes, f"text-layer-rejected: {reason}"))

    pictures: tuple[Stored, ...] = ()
    outlines = content.paths > 150 and len(visible) < 100
    if images or outlines:
        print_ = ink()
        bare = None if print_ is None else _uncovered(print_, visible, width, height)
        left = 0 if bare is None else int(bare.sum())
        covered = 0 if print_ is None else int(print_.sum()) - left
        if (scan or outlines) and left > 0.35 * (left + covered) and left > 400:
            why = "text over a scan" if scan else "drawn outlines"
            return Verdict(None, Origin.NONE, (*notes, f"mixed: {why}"))
        pictures = tuple(image for image in images if _holds_print(image, bare, width, height))
    setting = set_lines(kept, width, height, rules=content.rules)
    return Verdict(setting, Origin.NATIVE, tuple(notes), pictures)


def _existing_layer(
    content: Content,
    hidden: Sequence[Glyph],
    ink: Callable[[], Ink | None],
    limits: Limits,
    notes: list[str],
) -> Verdict:
    reason = _doubt(content, hidden, ink, limits)
    if reason is not None:
        return Verdict(None, Origin.NONE, (*notes, f"text-layer-rejected: {reason}"))
    width, height = content.placing.size
    setting = set_lines(content.glyphs, width, height, rules=content.rules, confidence=_EXISTING)
    return Verdict(setting, Origin.OCR, (*notes, "text-layer: OCR found in the file"))


def _doubt(
    content: Content, hidden: Sequence[Glyph], ink: Callable[[], Ink | None], limits: Limits
) -> str | None:
    """Why an OCR layer found in the file is not good enough, or None."""
    if limits.existing_ocr == "ignore":
        return "existing OCR ignored"
    text = "".join(glyph.text for glyph in content.glyphs)
    reason = reject_reason(text, sum(glyph.broken for glyph in hidden))
    if reason is not None:
        return reason
    if common_share(text) < 0.93:
        return "rare characters"
    if spaced_out(text) > 0.15:
        return "spaces between characters"
    width, height = content.placing.size
    print_ = ink()
    if print_ is None:
        return None
    on_ink = _on_ink(print_, hidden, width, height)
    if on_ink < 0.75:
        return "not on the print"
    bare = int(_uncovered(print_, hidden, width, height).sum())
    if bare > 0.3 * int(print_.sum()) and bare > 400:
        return "print left out"
    return None


def _scaled(ink: Ink, glyph: Glyph, width: float, height: float) -> tuple[int, int, int, int]:
    down, across = ink.shape
    fx, fy = across / width, down / height
    return (
        max(0, int(glyph.top * fy)),
        min(down, int(glyph.bottom * fy) + 1),
        max(0, int(glyph.left * fx)),
        min(across, int(glyph.right * fx) + 1),
    )


def _on_ink(ink: Ink, glyphs: Sequence[Glyph], width: float, height: float) -> float:
    hits = 0
    for glyph in glyphs:
        top, bottom, left, right = _scaled(ink, glyph, width, height)
        hits += bool(ink[top:bottom, left:right].any())
    return hits / len(glyphs)


def _seen_only(content: Content, ink: Ink | None) -> tuple[tuple[Glyph, ...], int]:
    """Doubtful characters are kept only where there is print."""
    width, height = content.placing.size
    kept: list[Glyph] = []
    dropped = 0
    for glyph in content.glyphs:
        if glyph.hidden:
            seen = False
            if ink is not None:
                top, bottom, left, right = _scaled(ink, glyph, width, height)
                seen = bool(ink[top:bottom, left:right].any())
            if not seen:
                dropped += not glyph.text.isspace()
                continue
        kept.append(glyph)
    return tuple(kept), dropped


def _uncovered(ink: Ink, glyphs: Sequence[Glyph], width: float, height: float) -> Ink:
    """Print outside the boxes of the characters."""
    bare = ink.copy()
    for glyph in glyphs:
        top, bottom, left, right = _scaled(ink, glyph, width, height)
        bare[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1] = False
    return bare


def _holds_print(image: Stored, bare: Ink | None, width: float, height: float) -> bool:
    """Enough marks inside the image, and enough pixels, that it may say something."""
    if min(image.pixels_across, image.pixels_down) < 40:
        return False
    if bare is None:
        return True
    down, across = bare.shape
    fx, fy = across / width, down / height
    inside = bare[
        int(image.top * fy) : int(image.bottom * fy) + 1,
        int(image.left * fx) : int(image.right * fx) + 1,
    ]
    return inside.size > 0 and float(inside.mean()) > 0.004
