"""Pages in, one searchable PDF out."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import Any, BinaryIO

import pypdf
from pypdf.generic import IndirectObject

from dossier.durable import sync_folder
from dossier.errors import DossierError

from . import drawn, pdfpages
from .glyphless import InvisibleFonts
from .images import ImageWriter, embed
from .outline import page_labels, write_info, write_outline
from .pdfpages import PdfSources
from .picturepages import BuiltPage, picture_page
from .sink import PdfSink
from .values import Bookmark, ExportNote, ExportPage, ExportReport

_BRANCH = 64
"""Pages under one node of the page tree."""


def write_pdf(
    pages: Iterable[ExportPage],
    target: Path,
    *,
    bookmarks: Sequence[Bookmark],
    title: str,
    created: datetime | None = None,
    fonts: Sequence[Path] | None = None,
    progress: Callable[[int], None] | None = None,
) -> ExportReport:
    """Write a double-layer PDF (双层PDF): what was scanned, and its text invisibly on it.

    Pages may be a generator; one page at a time is in memory. Originals are only read.

    `bookmarks` outline entries by index of the exported page
    `created`   creation date to record; without one the file says none, and the same pages give
                the same bytes
    `fonts`     font files for pages that exist only as text, tried before those of the system
    `progress`  called with the number of pages written so far

    The target appears whole or not at all. Raises `DossierError` subclasses naming file and page
    (`EncryptedFile`, `DamagedFile`, `UnsupportedFile`), and `OSError` if the target cannot be
    written.
    """
    target = Path(target)
    with _appearing(target) as stream:
        return _Export(PdfSink(stream), fonts).run(
            pages, target, bookmarks, title, created, progress
        )


class _appearing:
    """A temporary file beside the target that takes its name once it is complete on disk."""

    def __init__(self, target: Path) -> None:
        if target.exists() and not target.is_file():
            raise FileExistsError(f"{target} is not a file: it is not replaced")
        if not target.parent.is_dir():
            raise FileNotFoundError(f"{target.parent}: no such folder")
        self._target = target

    def __enter__(self) -> BinaryIO:
        folder = self._target.parent
        handle, name = tempfile.mkstemp(prefix=f".{self._target.name[:40]}.", dir=folder)
        self._temporary = Path(name)
        self._stream = os.fdopen(handle, "wb")
        return self._stream

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._stream.flush()
                os.fsync(self._stream.fileno())
            self._stream.close()
            if kind is None:
                # mkstemp makes files private; the export gets the rights any new file has
                mask = os.umask(0)
                os.umask(mask)
                self._temporary.chmod(0o666 & ~mask)
                self._temporary.replace(self._target)
                with suppress(OSError):  # not possible on every system
                    sync_folder(self._target.parent)
        finally:
            with suppress(OSError):
                self._stream.close()
            self._temporary.unlink(missing_ok=True)


def producer() -> str:
    """Name and version of this library and of the one it writes PDF with."""
    try:
        version = metadata.version("edossier")
    except metadata.PackageNotFoundError:  # run from a checkout
        version = "0"
    return f"edossier {version} (pypdf {pypdf.__version__})"


@dataclass(slots=True)
class _Branch:
    ref: IndirectObject
    kids: list[IndirectObject]


class _Export:
    """One run of `write_pdf`."""

    def __init__(self, sink: PdfSink, fonts: Sequence[Path] | None) -> None:
        self._sink = sink
        self._invisible = InvisibleFonts(sink)
        self._images = ImageWriter(sink)
        self._pdfs = PdfSources(sink)
        self._drawer = drawn.Drawer(sink, self._invisible, self._pdfs.blanks, fonts)

    def run(
        self,
        pages: Iterable[ExportPage],
        target: Path,
        bookmarks: Sequence[Bookmark],
        title: str,
        created: datetime | None,
        progress: Callable[[int], None] | None,
    ) -> ExportReport:
        sink = self._sink
        refs: list[IndirectObject] = []
        labels: list[str] = []
        notes: list[ExportNote] = []
        branches: list[_Branch] = []
        try:
            for index, page in enumerate(pages):
                built = self._build(page)
                if index % _BRANCH == 0:
                    branches.append(_Branch(sink.reserve(), []))
                branch = branches[-1]
                ref = sink.write(built.entries | {"/Parent": branch.ref})
                branch.kids.append(ref)
                refs.append(ref)
                labels.append(page.label)
                notes += [ExportNote(code, index, detail) for code, detail in built.notes]
                if progress is not None:
                    progress(index + 1)
        finally:
            self._pdfs.close()
        if not refs:
            raise DossierError("nothing to export: no pages", advice="choose a document or volume")

        names = (*self._invisible.finish(), *self._drawer.finish())
        tree = sink.reserve()
        for branch in branches:
            node = {"/Type": "/Pages", "/Parent": tree, "/Kids": branch.kids}
            sink.write(node | {"/Count": len(branch.kids)}, branch.ref)
        sink.write(
            {"/Type": "/Pages", "/Kids": [b.ref for b in branches], "/Count": len(refs)}, tree
        )
        info, xmp = write_info(sink, title, producer(), created)
        root: dict[str, Any] = {
            "/Type": "/Catalog",
            "/Pages": tree,
            "/PageLabels": page_labels(labels),
            "/Metadata": xmp,
            "/Lang": "zh-CN",
            "/ViewerPreferences": {"/DisplayDocTitle": True},
        }
        outline = write_outline(sink, bookmarks, refs)
        if outline is not None:
            root |= {"/Outlines": outline, "/PageMode": "/UseOutlines"}
        hidden = self._pdfs.optional_content()
        if hidden is not None:
            root["/OCProperties"] = hidden
        size = sink.finish(sink.write(root), info)
        return ExportReport(target, len(refs), size, tuple(notes), tuple(names))

    def _build(self, page: ExportPage) -> BuiltPage:
        match page.kind:
            case "pdf":
                return pdfpages.build(page, self._pdfs, self._sink, self._invisible)
            case "image":
                return self._image(page)
            case _:
                return self._drawer.build(page)

    def _image(self, page: ExportPage) -> BuiltPage:
        image = embed(page.source, page.number, where=page.where)
        return picture_page(page, image, self._images, self._sink, self._invisible)
