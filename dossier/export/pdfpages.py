"""Pages of a source PDF carried over: content untouched, turned upright, seals kept, text added."""

from __future__ import annotations

import io
import tempfile
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, cast

import pypdfium2
from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    PdfObject,
    StreamObject,
)

from dossier.errors import DamagedFile, DossierError, EncryptedFile
from dossier.model import Origin

from .annotations import flatten, has_signature
from .geometry import Affine, upright_to_page
from .glyphless import InvisibleFonts
from .images import Embedded, ImageWriter
from .layers import Layers
from .oldtext import BlankMaps, Stripper, balance
from .parts import missing_lines
from .picturepages import BuiltPage, picture_page
from .sink import PdfSink
from .textlayer import Overlay, invisible
from .transplant import Transplant
from .values import ExportPage

_KEPT_OPEN = 6
"""Source files open at the same time; volumes are mostly read file by file."""

_FAILURES = (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError,
             RecursionError, NotImplementedError, AssertionError,
             pypdfium2.PdfiumError)  # fmt: skip
"""What pypdf throws at damaged files; pdfium then gets the page."""

_RASTER_DPI = 200

_REMOVE_SECURITY = 3
"""FPDF_REMOVE_SECURITY of pdfium's fpdf_save.h."""


@dataclass(slots=True)
class Source:
    """An open source PDF: `transplant` outlives it, so that shared objects are copied once."""

    reader: PdfReader
    file: BinaryIO
    transplant: Transplant
    signed: bool
    decrypted: bool

    def close(self) -> None:
        self.reader.close()
        self.file.close()


class PdfSources:
    """The few source PDFs that are open, and the copies made from all of them."""

    def __init__(self, sink: PdfSink) -> None:
        self._sink = sink
        self.blanks = BlankMaps(sink)
        self._layers = Layers()
        self._open: OrderedDict[Path, Source] = OrderedDict()
        self._transplants: dict[Path, Transplant] = {}

    def get(self, page: ExportPage) -> Source:
        """The source of this page; raises `EncryptedFile`, `DamagedFile`."""
        found = self._open.get(page.source)
        if found is not None:
            self._open.move_to_end(page.source)
            return found
        while len(self._open) >= _KEPT_OPEN:
            self._open.popitem(last=False)[1].close()
        known = page.source in self._transplants
        transplant = self._transplants.setdefault(page.source, Transplant(self._sink))
        source = _open(page, transplant)
        if not known:
            with suppress(*_FAILURES):
                self._layers.note(source.reader, transplant)
        self._open[page.source] = source
        return source

    def optional_content(self) -> IndirectObject | None:
        """Layers of the sources that must stay switched off."""
        return self._layers.properties(self._sink)

    def close(self) -> None:
        while self._open:
            self._open.popitem()[1].close()


def _open(page: ExportPage, transplant: Transplant) -> Source:
    file: BinaryIO = page.source.open("rb")
    try:
        try:
            reader = PdfReader(file)
            encrypted = reader.is_encrypted
            readable = not encrypted and len(reader.pages) > 0
        except _FAILURES:
            encrypted, readable = False, False
        if not readable:
            # pdfium opens what pypdf does not: AES without a crypto package, broken page trees
            rewritten = _rewritten(page)
            file.close()
            file = rewritten
            reader = PdfReader(file)
        signed = False
        with suppress(*_FAILURES):
            signed = has_signature(reader)
        return Source(reader, file, transplant, signed, encrypted)
    except BaseException:
        file.close()
        raise


def _rewritten(page: ExportPage) -> BinaryIO:
    """The whole file as pdfium writes it, without encryption, in a nameless temporary file."""
    for password in (None, *page.passwords):
        try:
            document = pypdfium2.PdfDocument(page.source, password=password)
        except pypdfium2.PdfiumError as error:
            if "password" in str(error).lower():
                continue
            raise _damaged(page, error) from error
        # the archive's passwords must not outlive the export: delete=True, no name
        out = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
        try:
            document.save(out, flags=_REMOVE_SECURITY)
        except pypdfium2.PdfiumError as error:
            out.close()
            raise _damaged(page, error) from error
        finally:
            document.close()
        out.seek(0)
        return out
    raise EncryptedFile(
        "no given password opens the file", where=page.where, advice="give its password"
    )


def _damaged(page: ExportPage, error: Exception) -> DamagedFile:
    return DamagedFile(
        f"the page cannot be taken from its file ({type(error).__name__})",
        where=page.where,
        advice="check the original",
    )


def build(page: ExportPage, sources: PdfSources, sink: PdfSink, fonts: InvisibleFonts) -> BuiltPage:
    """The page as it stands in its file, with our text if it was recognised.

    Raises `EncryptedFile`, `DamagedFile`.
    """
    source = sources.get(page)
    try:
        return _build(page, source.reader, source, sources, sink, fonts)
    except (*_FAILURES, DossierError) as error:
        reason = type(error).__name__
    with suppress(*_FAILURES, DossierError), _single(page) as repaired:
        reader = PdfReader(repaired)
        lone = Source(reader, repaired, Transplant(sink), source.signed, source.decrypted)
        built = _build(replace(page, number=0), reader, lone, sources, sink, fonts)
        built.notes.append(("page-repaired", reason))
        return built
    try:
        return _rasterised(page, sink, fonts, reason)
    except _FAILURES as error:
        raise _damaged(page, error) from error


def _rasterised(page: ExportPage, sink: PdfSink, fonts: InvisibleFonts, reason: str) -> BuiltPage:
    """The picture of a page whose objects cannot be carried over."""
    with _rewritten(page) as whole:
        document = pypdfium2.PdfDocument(whole)
        try:
            bitmap = document[page.number].render(scale=_RASTER_DPI / 72)
            picture = bitmap.to_pil().convert("RGB")
        finally:
            document.close()
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    image = Embedded(
        {"/Filter": "/DCTDecode", "/ColorSpace": "/DeviceRGB", "/BitsPerComponent": 8},
        out.getvalue(),
        size=picture.size,
    )
    built = picture_page(page, image, ImageWriter(sink), sink, fonts)
    built.notes.append(("page-rasterised", reason))
    return built


def _single(page: ExportPage) -> BinaryIO:
    """One page as pdfium writes it, when pypdf stumbles over it."""
    whole = _rewritten(page)
    with whole:
        document = pypdfium2.PdfDocument(whole)
        lone = pypdfium2.PdfDocument.new()
        out = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
        try:
            lone.import_pages(document, [page.number])
            lone.save(out)
        except BaseException:
            out.close()
            raise
        finally:
            lone.close()
            document.close()
    out.seek(0)
    return out


def _build(
    page: ExportPage,
    reader: PdfReader,
    source: Source,
    sources: PdfSources,
    sink: PdfSink,
    fonts: InvisibleFonts,
) -> BuiltPage:
    original = reader.pages[page.number]
    layer = page.layer
    notes: list[tuple[str, str]] = []
    if source.decrypted:
        notes.append(("decrypted", ""))
    if source.signed:
        notes.append(("signature-dropped", ""))

    left, bottom, right, top = box = _visible(original, page)
    rotate = (_whole(original.rotation) + layer.rotation) % 360
    to_page = upright_to_page(left, bottom, right, top, rotate)
    contents = _contents(original)
    resources = _resources(original)

    body: list[PdfObject] | None = None
    stripper = Stripper(reader, sources.blanks)
    copy = partial(source.transplant.copy, reader)
    if layer.origin is Origin.OCR:
        # recognition has read everything that is seen: nothing else may be found as text
        copy = partial(copy, flavour=stripper.flavour, change=stripper.change)
        if stripper.has_text(resources):
            body = _stripped(original, stripper, sink, notes)
    if body is None:
        body = [source.transplant.copy(reader, part) for part in contents]

    copied = copy(resources)
    assert isinstance(copied, DictionaryObject)
    added = _added(page, box, to_page, fonts)
    flattened = flatten(original, copy)
    if flattened.forms:
        notes.append(("annotations-flattened", str(len(flattened.forms))))
    for name, ref in added.fonts.items():
        _put(copied, "/Font", name, ref)
    for name, form in flattened.forms.items():
        _put(copied, "/XObject", name, form)

    entries: dict[str, Any] = {
        "/Type": "/Page",
        "/MediaBox": list(box),
        "/Resources": copied,
        "/Contents": _stacked(
            sink, reader, original, body, added.drawing, flattened.drawing, layer.origin
        ),
    }
    if rotate:
        entries["/Rotate"] = rotate
    unit = original.get("/UserUnit")
    if isinstance(unit, int | float) and unit != 1:
        entries["/UserUnit"] = float(unit)
    group = original.get("/Group")
    if isinstance(group, DictionaryObject):
        entries["/Group"] = source.transplant.copy(reader, group)
    if flattened.links:
        entries["/Annots"] = flattened.links
    return BuiltPage(entries, notes)


def _added(
    page: ExportPage, box: tuple[float, float, float, float], to_page: Affine, fonts: InvisibleFonts
) -> Overlay:
    layer = page.layer
    match layer.origin:
        case Origin.OCR:
            return invisible(layer.lines, to_page, fonts)
        case Origin.MIXED:
            # the page keeps its own text; only what was read from its pictures is added
            return invisible(missing_lines(page, box), to_page, fonts)
        case _:
            return Overlay(b"", {})


def _stripped(
    original: PageObject, stripper: Stripper, sink: PdfSink, notes: list[tuple[str, str]]
) -> list[PdfObject] | None:
    """The content without invisible text; None if it can stay as it is."""
    try:
        data = stripper.content(_data(original))
    except _FAILURES as error:
        notes.append(("old-text-kept", type(error).__name__))
        return None
    notes.append(("old-text-dropped", ""))
    return None if data is None else [sink.write_stream({}, data)]


def _stacked(
    sink: PdfSink,
    reader: PdfReader,
    original: PageObject,
    body: list[PdfObject],
    added: bytes,
    seals: bytes,
    origin: Origin,
) -> list[PdfObject]:
    """The content streams in drawing order.

    Recognised text comes before the scan (order matters to no eye, and no unbalanced operator of
    the scan can displace it), but after the own text of a mixed page, to be read after it.
    """
    before, after = (b"", seals + added) if origin is Origin.MIXED else (added, seals)
    parts = [sink.write_stream({}, before)] if before else []
    if not after:
        return [*parts, *body]
    opening, closing = b"q\n", b"\nQ\n"
    with suppress(*_FAILURES):
        opening, closing = balance(_data(original), reader)
    return [
        *parts,
        sink.write_stream({}, opening, compress=False),
        *body,
        sink.write_stream({}, closing + after),
    ]


def _data(original: PageObject) -> bytes:
    content = original.get_contents()
    return content.get_data() if content is not None else b""


def _put(resources: DictionaryObject, category: str, name: str, ref: PdfObject) -> None:
    inner = resources.get(category)
    fresh = DictionaryObject(inner) if isinstance(inner, DictionaryObject) else DictionaryObject()
    fresh[NameObject(name)] = ref
    resources[NameObject(category)] = fresh


def _whole(value: Any) -> int:
    return int(value) // 90 * 90 if isinstance(value, int | float) else 0


def _visible(original: PageObject, page: ExportPage) -> tuple[float, float, float, float]:
    """The part of the page a reader shows: crop box within media box, corners in order."""

    def ordered(box: Any) -> tuple[float, float, float, float]:
        left, bottom, right, top = (float(value) for value in box)
        return (min(left, right), min(bottom, top), max(left, right), max(bottom, top))

    media = (0.0, 0.0, page.layer.width, page.layer.height)
    with suppress(*_FAILURES):
        media = ordered(original.mediabox)
    crop = media
    with suppress(*_FAILURES):
        crop = ordered(original.cropbox)
    left, bottom = max(media[0], crop[0]), max(media[1], crop[1])
    right, top = min(media[2], crop[2]), min(media[3], crop[3])
    if right - left < 1 or top - bottom < 1:
        return media
    return (left, bottom, right, top)


def _contents(original: PageObject) -> list[Any]:
    """The content streams as references, in order."""
    raw = dict.get(original, "/Contents")
    if raw is None:
        return []
    found = raw.get_object()
    if isinstance(found, ArrayObject):
        return [part for part in list.__iter__(found) if _is_stream(part)]
    return [raw] if isinstance(found, StreamObject) else []


def _is_stream(part: Any) -> bool:
    return isinstance(part.get_object(), StreamObject)


def _resources(original: PageObject) -> DictionaryObject:
    """The page's resources as direct dictionaries two levels deep, ready to be added to."""
    found = original.get("/Resources")
    found = found.get_object() if found is not None else None
    if not isinstance(found, DictionaryObject):
        return DictionaryObject()
    flat = DictionaryObject()
    for name, inner in found.items():
        value = inner.get_object()
        flat[name] = DictionaryObject(value) if isinstance(value, DictionaryObject) else inner
    return flat
