"""Opening the .docx of a template: within bounds, and only what a plain document needs.

A template comes from anybody who has a text processor, and what it makes goes to other offices.
So there is a list of what may be in it; macros, links to outside, embedded objects, other files
taken in by the text processor and fields that run something are named and refused.
"""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree
from PIL import Image

from dossier.errors import DossierError, TemplateRefused
from dossier.ingest import Limits
from dossier.ingest.package import Package

MAIN = "word/document.xml"
LIMITS = Limits(
    members=500,
    unpacked_bytes=64 * 1024**2,
    member_bytes=16 * 1024**2,
    ratio=150.0,
    ratio_floor=1024**2,
    xml_bytes=8 * 1024**2,
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W_URI = W[1:-1]
_O = "{urn:schemas-microsoft-com:office:office}"
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_PIXELS = 50_000_000
_TYPES = "[Content_Types].xml"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_STORIES = tuple(f"{_WORD}{n}+xml" for n in ("header", "footer", "footnotes", "endnotes"))
_KINDS = (".xml", ".rels", ".png", ".jpg", ".jpeg", ".gif")
_RELATIONS = frozenset(
    {"officeDocument", "core-properties", "extended-properties", "custom-properties", "styles",
     "stylesWithEffects", "settings", "webSettings", "fontTable", "theme", "numbering",
     "footnotes", "endnotes", "header", "footer", "image", "customXml", "customXmlProps",
     "comments", "commentsExtended", "commentsIds", "commentsExtensible", "people"}
)  # fmt: skip
# what brings in other files or programs; and tracked changes, which say two things at once
_REFUSED = {
    f"{W}altChunk": "takes in another file (altChunk)",
    f"{W}subDoc": "takes in another document",
    f"{W}object": "embeds an object (OLE)",
    f"{W}control": "embeds a control (ActiveX)",
    f"{W}attachedTemplate": "names another template",
    f"{W}mailMerge": "is a mail merge with a source of data",
    f"{W}dataSource": "names a source of data",
    f"{W}frameset": "shows other files in frames",
    f"{W}saveThroughXslt": "names a transformation",
    f"{W}movie": "plays a film",
    f"{_O}OLEObject": "embeds an object (OLE)",
    **{
        f"{W}{tag}": "has tracked changes: accept or reject them first"
        for tag in ("ins", "del", "moveFrom", "moveTo", "pPrChange", "rPrChange", "cellIns",
                    "cellDel", "sectPrChange", "tblPrChange", "trPrChange", "tcPrChange")
    },
}  # fmt: skip
_elsewhere = etree.XPath(
    "boolean(//@r:link | //@*[local-name() = 'href' and namespace-uri() != ''])",
    namespaces={"r": _R[1:-1]},
)
_FIELDS = frozenset({"PAGE", "NUMPAGES", "SECTIONPAGES", "SECTION", "STYLEREF", "SEQ"})


@dataclass(frozen=True)
class Opened:
    """The parts of a template in their order; `stories` are those with text for the reader."""

    name: str
    parts: dict[str, bytes]
    stories: dict[str, etree._Element]


def open_package(path: Path, docx: bytes) -> Opened:
    """Look through a template, the content of `path`. TemplateRefused names file and part."""
    name = path.name
    if path.suffix.lower() != ".docx":
        raise TemplateRefused(
            f"{path.suffix or 'no suffix'}: a template is a .docx",
            where=str(path),
            advice="save it as a Word document without macros (.docx)",
        )
    try:
        package = Package(io.BytesIO(docx), name, LIMITS)
        try:
            return _looked_through(package, name)
        finally:
            package.close()
    except TemplateRefused:
        raise
    except DossierError as error:
        raise TemplateRefused(error.what, where=error.where, advice=error.advice) from error


def _refused(what: str, name: str, part: str) -> TemplateRefused:
    return TemplateRefused(
        what,
        where=f"{name}!{part}",
        advice="take it out in Word or WPS and save the template again",
    )


def _looked_through(package: Package, name: str) -> Opened:
    for part in package.parts:
        if not part.lower().endswith(_KINDS) and not _thumbnail(part):
            raise _refused(f"a template cannot hold {posixpath.basename(part)}", name, part)
    types = _content_types(package, name)
    trees: dict[str, etree._Element] = {}
    parts: dict[str, bytes] = {}
    for part in package.parts:
        if _thumbnail(part):
            continue
        data = package.read(part)
        if part.lower().endswith((".xml", ".rels")):
            root = package.xml(part)
            if part.lower().endswith(".rels"):
                data = _relations(root, data, package, name, part)
            else:
                check_content(root, name, part)
            trees[part] = root
        else:
            _check_picture(data, name, part)
        parts[part] = data
    stories = {
        part: trees[part]
        for part in parts
        if part in trees and (part == MAIN or types.get(part) in _STORIES)
    }
    for part, root in stories.items():
        if root.nsmap.get("w") != _W_URI:
            raise _refused("not the usual form of a Word document (transitional)", name, part)
    first = [_TYPES, "_rels/.rels", MAIN]
    order = first + [part for part in parts if part not in first]
    return Opened(name, {part: parts[part] for part in order}, stories)


def _check_picture(data: bytes, name: str, part: str) -> None:
    """Only the head is read: a few bytes may claim gigabytes of pixels."""
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF")) as picture:
            width, height = picture.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        width = height = 0
    if not 0 < width * height <= _PIXELS:
        raise _refused("a picture that is broken or larger than 50 million pixels", name, part)


def _thumbnail(part: str) -> bool:
    return part.lower().startswith("docprops/thumbnail.")


def _content_types(package: Package, name: str) -> dict[str, str]:
    if not package.has(_TYPES) or not package.has("_rels/.rels") or not package.has(MAIN):
        raise _refused("not a Word document", name, MAIN)
    types: dict[str, str] = {}
    for each in package.xml(_TYPES):
        kind = (each.get("ContentType") or "").lower()
        if any(word in kind for word in ("macroenabled", "vba", "oleobject", "activex")):
            raise _refused("it is a document with macros or objects", name, _TYPES)
        if etree.QName(each).localname == "Override":
            types[(each.get("PartName") or "").lstrip("/")] = kind
    if types.get(MAIN) != f"{_WORD}document.main+xml":
        raise _refused("not a plain Word document", name, _TYPES)
    return types


def _relations(root: etree._Element, data: bytes, package: Package, name: str, part: str) -> bytes:
    base = posixpath.dirname(posixpath.dirname(part))
    changed = False
    for each in list(root):
        target, mode = each.get("Target") or "", (each.get("TargetMode") or "").lower()
        kind = (each.get("Type") or "").rpartition("/")[2]
        if kind == "thumbnail":
            root.remove(each)
            changed = True
            continue
        if mode == "external" or re.match(r"[a-zA-Z][\w+.-]*:|//|\\\\", target):
            raise _refused(f"it links to outside ({kind}: {target[:80]})", name, part)
        if kind not in _RELATIONS:
            raise _refused(
                f"a template cannot hold a {kind or 'nameless relationship'}", name, part
            )
        joined = target if target.startswith("/") else posixpath.join("/", base, target)
        if not package.has(joined):
            raise _refused(f"it names a part that is not there: {target[:80]}", name, part)
    if changed:
        return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return data


def check_content(root: etree._Element, name: str, part: str) -> None:
    """Refuse what takes in other files or runs something. Raises TemplateRefused."""
    # the parser's own search: style sheets have ten thousand elements
    for element in root.iter(*_REFUSED):
        raise _refused(f"it {_REFUSED[str(element.tag)]}", name, part)
    if _elsewhere(root):
        raise _refused("it shows a picture from elsewhere", name, part)
    for code in _field_codes(root):
        word = (code.split() or [""])[0].upper()
        if word not in _FIELDS:
            raise _refused(f"a field that is not allowed: {code.strip()[:60] or '(empty)'}",
                           name, part)  # fmt: skip


def _field_codes(root: etree._Element) -> Iterator[str]:
    """The codes of all fields; those in runs are put together from their pieces."""
    stack: list[list[str]] = []
    loose: list[str] = []
    for element in root.iter(f"{W}fldSimple", f"{W}fldChar", f"{W}instrText", f"{W}delInstrText"):
        tag = str(element.tag)
        if tag == f"{W}fldSimple":
            yield element.get(f"{W}instr") or ""
        elif tag == f"{W}fldChar":
            kind = element.get(f"{W}fldCharType")
            if kind == "begin":
                stack.append([])
            elif kind == "end" and stack:
                yield "".join(stack.pop())
        else:
            (stack[-1] if stack else loose).append(element.text or "")
    yield from ("".join(pieces) for pieces in stack)
    if loose:
        yield "".join(loose)
