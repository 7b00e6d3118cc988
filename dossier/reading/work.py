"""What a worker does: open a file, read some of its pages. Runs in other processes.

Everything here is called with plain values and returns plain values: no database, no archive.
"""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import DossierError, EngineNotFound, ProgramMissing
from ..ingest import Limits, OpenFile, OpenPage, Picture, decrypt_copy, open_file
from ..model import Box, Line, Origin, PageLayer, Quad, Seal, turn_quad
from ..ocr import OcrSettings, get_engine, recognise
from ..packing import pack_layer


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read. `path` must be reachable from the worker."""

    path: Path
    name: str
    passwords: tuple[str, ...] = field(default=(), repr=False)
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What opening a file tells."""

    kind: str
    page_count: int
    signed: bool
    working: Path | None
    """A PDF in the spool to draw pages from instead: unlocked, or laid out by LibreOffice."""
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageRead:
    """One page read. `packed` is its layer (see `packing`)."""

    number: int
    packed: bytes
    text: str
    confidence: float
    origin: str
    problem: str | None = None
    seconds: float = 0.0
    ocr_seconds: float = 0.0


def prepare(settings: OcrSettings) -> None:
    """Load the engine, so that a wrong name or language shows before any work is done."""
    if not settings.off:
        get_engine(settings)


def probe(source: Source) -> FileFacts:
    """Open the file and tell what it is; raises `FileRefused`."""
    with open_file(
        source.path, name=source.name, passwords=source.passwords, limits=source.limits
    ) as opened:
        return FileFacts(
            kind=opened.kind.value,
            page_count=opened.page_count,
            signed=opened.signed,
            working=_unlocked(source) if opened.locked else opened.rendering,
            notes=tuple(opened.notes),
        )


def _unlocked(source: Source) -> Path:
    """A copy in the spool that opens without the password, which is then needed no more."""
    handle, name = tempfile.mkstemp(suffix=".open.pdf", dir=source.limits.spool)
    os.close(handle)
    decrypt_copy(source.path, Path(name), source.passwords, name=source.name)
    return Path(name)


def read_pages(source: Source, numbers: Sequence[int], settings: OcrSettings) -> list[PageRead]:
    """Read some pages of a file. A page that cannot be read comes back with its `problem`."""
    with open_file(
        source.path, name=source.name, passwords=source.passwords, limits=source.limits
    ) as opened:
        return [_read_page(opened, number, settings) for number in numbers]


def page_read(number: int, layer: PageLayer, problem: str | None = None) -> PageRead:
    """A layer in the form in which it travels to the records."""
    if any(_UNSTORABLE.search(line.text) for line in layer.lines):
        lines = (replace(line, text=_UNSTORABLE.sub("�", line.text)) for line in layer.lines)
        layer = replace(layer, lines=tuple(lines))
    return PageRead(
        number=number,
        packed=pack_layer(layer),
        text=layer.text,
        confidence=layer.confidence,
        origin=layer.origin.value,
        problem=problem,
    )


# PostgreSQL knows no NUL in text, UTF-8 no lone surrogates
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


_NOT_READ = {
    "ocr-off": "not-read: recognition was switched off",
    "no-page-image": "not-read: the page cannot be drawn here",
}


class _Clock:
    """Adds up the time spent recognising."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def recognise(
        self, page: OpenPage | Picture, settings: OcrSettings, width: float
    ) -> PageLayer | None:
        image = page.image()
        if image is None:
            return None
        began = time.perf_counter()
        try:
            return recognise(image, settings, dpi=72 * image.width / width if width else None)
        finally:
            self.seconds += time.perf_counter() - began


def _read_page(opened: OpenFile, number: int, settings: OcrSettings) -> PageRead:
    began, clock = time.perf_counter(), _Clock()
    problem: str | None = None
    layer = PageLayer(0, 0, origin=Origin.NONE)
    try:
        page = opened.page(number)
        layer = PageLayer(page.width, page.height, origin=Origin.NONE)
        layer = _layer(page, settings, clock)
        problem = next((_NOT_READ[note] for note in layer.notes if note in _NOT_READ), None)
    except (EngineNotFound, ProgramMissing):
        raise  # not this page's fault: every page would fail
    except DossierError as error:
        # the rest of the file is still good: the page is kept and listed for review
        problem = f"{error.code}: {error.what}"
    except Exception as error:  # a reader's bug must not cost the other pages
        problem = f"reader-failed: {type(error).__name__}: {error}"
    read = page_read(number, layer, problem)
    return replace(read, seconds=time.perf_counter() - began, ocr_seconds=clock.seconds)


def _layer(page: OpenPage, settings: OcrSettings, clock: _Clock) -> PageLayer:
    if page.layer is None:
        if settings.off:
            return PageLayer(page.width, page.height, origin=Origin.NONE, notes=("ocr-off",))
        read = clock.recognise(page, settings, page.width) or PageLayer(
            page.width, page.height, origin=Origin.NONE, notes=("no-page-image",)
        )
        return replace(
            read,
            notes=page.notes + read.notes,
            seals=read.seals + tuple(_turned(seal, read.rotation) for seal in page.seals),
        )
    if settings.off or not page.pictures:
        return page.layer
    layer = page.layer
    for picture in page.pictures:
        shown = clock.recognise(picture, settings, picture.box.width * page.width)
        if shown is not None and shown.lines:
            layer = _place(layer, shown, picture.box)
    return layer


def _turned(seal: Seal, rotation: int) -> Seal:
    """A seal of the page as stored, on the page as recognition turned it."""
    return Seal(Box.around(turn_quad(seal.box.quad(), rotation)), seal.kind)


def _place(layer: PageLayer, shown: PageLayer, box: Box) -> PageLayer:
    """The layer with what a picture in it says, read after the last line above the picture."""
    at = next((i for i, line in enumerate(layer.lines) if line.box.top > box.top), len(layer.lines))
    if at and layer.lines[at - 1].block == (layer.lines[at].block if at < len(layer.lines) else -1):
        # never between the lines of one block
        block = layer.lines[at - 1].block
        at = next(
            (i for i in range(at, len(layer.lines)) if layer.lines[i].block != block),
            len(layer.lines),
        )
    before, after = layer.lines[:at], layer.lines[at:]
    first = before[-1].block + 1 if before else 0
    count = 1 + max(line.block for line in shown.lines)
    tables = 1 + max((line.cell.table for line in layer.lines if line.cell), default=-1)
    inside = [
        replace(
            line,
            quad=_into(line.quad, box),
            block=first + line.block,
            cell=replace(line.cell, table=line.cell.table + tables) if line.cell else None,
        )
        for line in shown.lines
    ]
    later = [replace(line, block=line.block + first + count) for line in after]
    lines: tuple[Line, ...] = (*before, *inside, *later)
    return replace(
        layer,
        lines=lines,
        seals=layer.seals
        + tuple(Seal(Box.around(_into(seal.box.quad(), box)), seal.kind) for seal in shown.seals),
        origin=Origin.MIXED,
        engine=shown.engine,
    )


def _into(quad: Quad, box: Box) -> Quad:
    """A quad of a picture's own units in the units of the page it stands on."""
    points = [
        (box.left + x * box.width, box.top + y * box.height)
        for x, y in zip(quad[0::2], quad[1::2], strict=True)
    ]
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
    return (x0, y0, x1, y1, x2, y2, x3, y3)
