"""Which lines of a mixed page are not in its own text yet."""

from __future__ import annotations

from collections import Counter

import pypdfium2

from dossier.model import Line

from .geometry import Affine, apply, upright_to_page
from .values import ExportPage

_SHARE = 0.5
"""A line counts as the page's own when it shares this part of its characters with the text that
stands at its place; recognised lines of pictures share next to none."""


def missing_lines(page: ExportPage, box: tuple[float, float, float, float]) -> list[Line]:
    """The lines read from pictures of the page: those whose place has no such text.

    `box` is the visible part of the page in user space: left, bottom, right, top.

    Raises `pypdfium2.PdfiumError` (a `RuntimeError`) if the page cannot be opened.
    """
    passwords = (None, *page.passwords)
    document = None
    for password in passwords:
        try:
            document = pypdfium2.PdfDocument(page.source, password=password)
            break
        except pypdfium2.PdfiumError:
            if password == passwords[-1]:
                raise
    assert document is not None
    try:
        seen = document[page.number]
        to_page = upright_to_page(*box, (seen.get_rotation() + page.layer.rotation) % 360)
        text = seen.get_textpage()
        return [line for line in page.layer.lines if not _stands(line, text, to_page)]
    finally:
        document.close()


def _stands(line: Line, text: pypdfium2.PdfTextPage, to_page: Affine) -> bool:
    box = line.box
    x0, y0 = apply(to_page, box.left, box.top)
    x1, y1 = apply(to_page, box.right, box.bottom)
    there = text.get_text_bounded(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    wanted = Counter(line.text.replace(" ", ""))
    common = sum((wanted & Counter(there)).values())
    return common >= _SHARE * max(1, sum(wanted.values()))
