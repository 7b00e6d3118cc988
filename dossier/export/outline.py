"""Bookmarks, page labels and the document's own data."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from xml.sax.saxutils import escape

from pypdf.generic import ByteStringObject, IndirectObject

from dossier.errors import DossierError

from .sink import PdfSink, text_string
from .values import Bookmark


def write_outline(
    sink: PdfSink, bookmarks: Sequence[Bookmark], pages: Sequence[IndirectObject]
) -> IndirectObject | None:
    """The outline tree (ISO 32000-1, 12.3.3); None without bookmarks.

    Raises `DossierError` for a bookmark to a page that is not in the export.
    """
    if not bookmarks:
        return None
    root = sink.reserve()
    first, last, shown = _write_level(sink, bookmarks, pages, root)
    sink.write({"/Type": "/Outlines", "/First": first, "/Last": last, "/Count": shown}, root)
    return root


def _write_level(
    sink: PdfSink,
    bookmarks: Sequence[Bookmark],
    pages: Sequence[IndirectObject],
    parent: IndirectObject,
) -> tuple[IndirectObject, IndirectObject, int]:
    """Writes siblings; returns the first, the last, and how many entries are shown when open."""
    refs = [sink.reserve() for _ in bookmarks]
    shown = len(bookmarks)
    for index, (mark, ref) in enumerate(zip(bookmarks, refs, strict=True)):
        if not 0 <= mark.page < len(pages):
            raise DossierError(
                f"bookmark to page {mark.page + 1} of an export of {len(pages)} pages",
                advice="bookmarks count pages of the export from 0",
            )
        entry: dict[str, object] = {
            "/Title": text_string(mark.title),
            "/Parent": parent,
            # /XYZ with nulls: go there, keep the zoom
            "/Dest": [pages[mark.page], "/XYZ", None, None, None],
        }
        if index:
            entry["/Prev"] = refs[index - 1]
        if index + 1 < len(refs):
            entry["/Next"] = refs[index + 1]
        if mark.children:
            first, last, inside = _write_level(sink, mark.children, pages, ref)
            entry |= {
                "/First": first,
                "/Last": last,
                "/Count": inside if mark.is_open else -inside,
            }
            shown += inside if mark.is_open else 0
        sink.write(entry, ref)
    return refs[0], refs[-1], shown


def page_labels(labels: Sequence[str]) -> dict[str, object]:
    """The number tree of page labels (ISO 32000-1, 12.4.2): runs of numbers as ranges."""
    rows: list[object] = []
    for index, label in enumerate(labels):
        before = labels[index - 1] if index else None
        if _is_number(label):
            if before is not None and _is_number(before) and int(label) == int(before) + 1:
                continue
            rows += [index, {"/S": "/D", "/St": int(label)}]
        elif label != before:
            # without a style every page of the range has the prefix as its whole label
            rows += [index, {"/P": text_string(label)} if label else {}]
    return {"/Nums": rows}


def _is_number(label: str) -> bool:
    return label.isascii() and label.isdigit() and not label.startswith("0") and len(label) < 9


def write_info(
    sink: PdfSink, title: str, producer: str, created: datetime | None
) -> tuple[IndirectObject, IndirectObject]:
    """The information dictionary and the same as XMP; no time unless one is given."""
    info: dict[str, object] = {
        "/Title": text_string(title),
        "/Producer": text_string(producer),
    }
    stamp = ""
    if created is not None:
        info["/CreationDate"] = ByteStringObject(_pdf_date(created))
        stamp = f"<xmp:CreateDate>{created.isoformat()}</xmp:CreateDate>"
    xmp = (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(title)}</rdf:li></rdf:Alt>'
        "</dc:title>"
        f"<pdf:Producer>{escape(producer)}</pdf:Producer>{stamp}"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    )
    metadata = sink.write_stream(
        {"/Type": "/Metadata", "/Subtype": "/XML"}, xmp.encode(), compress=False
    )
    return sink.write(info), metadata


def _pdf_date(moment: datetime) -> bytes:
    text = moment.strftime("D:%Y%m%d%H%M%S")
    offset = moment.utcoffset()
    if offset is None:
        return text.encode()
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"{text}{sign}{abs(minutes) // 60:02}'{abs(minutes) % 60:02}'".encode()
