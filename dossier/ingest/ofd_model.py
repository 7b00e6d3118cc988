"""The structure of an OFD (GB/T 33190—2016): documents, pages, resources, objects.

Lengths in an OFD are millimetres from the top left; here everything is points.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from ..errors import DamagedFile
from .package import Package

POINTS = 72 / 25.4
"""Points in a millimetre."""
_DEPTH = 50
_MANY = 100_000

Matrix = tuple[float, float, float, float, float, float]
IDENTITY: Matrix = (1, 0, 0, 1, 0, 0)


def times(first: Matrix, then: Matrix) -> Matrix:
    """The matrix that does `first` and after it `then` (row vectors, as OFD and PDF write)."""
    a, b, c, d, e, f = first
    k, m, n, p, q, r = then
    return (
        a * k + b * n, a * m + b * p,
        c * k + d * n, c * m + d * p,
        e * k + f * n + q, e * m + f * p + r,
    )  # fmt: skip


def moved(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    """A point through a matrix."""
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def numbers(text: str | None) -> list[float]:
    """Numbers parted by spaces; what is none ends the list."""
    found: list[float] = []
    for part in (text or "").replace(",", " ").split():
        try:
            found.append(float(part))
        except ValueError:
            break
    return found


def name_of(element: etree._Element) -> str:
    """Local name: real files mix up or leave out the namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def child(element: etree._Element | None, *names: str) -> etree._Element | None:
    """The first child of that local name, going down one name at a time."""
    for name in names:
        if element is None:
            return None
        element = next((one for one in element if name_of(one) == name), None)
    return element


def children(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    if element is not None:
        yield from (one for one in element if name_of(one) == name)


def text_of(element: etree._Element | None) -> str:
    return (element.text or "").strip() if element is not None else ""


@dataclass(frozen=True)
class Drawn:
    """One object on a page with the matrix from its own space to the page in points."""

    element: etree._Element
    kind: str
    matrix: Matrix
    box: tuple[float, float, float, float]
    """left, top, right, bottom of its Boundary in points on the page."""


@dataclass
class OfdPage:
    """One page: size in points, where its content lies, its seals' boxes (points)."""

    part: str
    key: str
    document: OfdDocument
    seals: list[tuple[float, float, float, float]] = field(default_factory=list)
    stamps: list[tuple[str, tuple[float, float, float, float]]] = field(default_factory=list)
    """Part holding the seal's picture, and where the seal stands."""


class OfdDocument:
    """One document in the package (an OFD may hold several)."""

    def __init__(self, package: Package, root: str) -> None:
        self.package = package
        self.root = root
        self._tree = package.xml(root)
        common = child(self._tree, "CommonData")
        self.area = _area(child(common, "PageArea"))
        self.media: dict[str, str] = {}
        self.fonts: dict[str, str] = {}
        self.units: dict[str, etree._Element] = {}
        self.templates: dict[str, tuple[str, str]] = {}
        for kind in ("PublicRes", "DocumentRes"):
            for element in children(common, kind):
                self._resources(self.path(text_of(element)))
        for element in children(common, "TemplatePage"):
            self.templates[element.get("ID") or ""] = (
                self.path(element.get("BaseLoc") or ""),
                element.get("ZOrder") or "Background",
            )
        self.pages = [
            OfdPage(self.path(element.get("BaseLoc") or ""), element.get("ID") or "", self)
            for element in children(child(self._tree, "Pages"), "Page")
        ]
        self.annotations = self._annotations()

    def path(self, location: str, base: str | None = None) -> str:
        """A location in the package: from its root if it begins with "/", else from `base`."""
        if location.startswith("/"):
            return location.lstrip("/")
        folder = posixpath.dirname(base if base is not None else self.root)
        joined = posixpath.normpath(posixpath.join(folder, location))
        if not self.package.has(joined) and self.package.has(location):
            return location
        return joined

    def _resources(self, part: str) -> None:
        if not self.package.has(part):
            return
        root = self.package.xml(part)
        base = posixpath.join(posixpath.dirname(part), root.get("BaseLoc") or "")
        for element in root.iter():
            name, key = name_of(element), element.get("ID") or ""
            if name == "MultiMedia":
                file = text_of(child(element, "MediaFile"))
                self.media[key] = self.path(file, posixpath.join(base, "x"))
            elif name == "Font":
                file = text_of(child(element, "FontFile"))
                if file:
                    self.fonts[key] = self.path(file, posixpath.join(base, "x"))
            elif name == "CompositeGraphicUnit":
                self.units[key] = element

    def _annotations(self) -> dict[str, str]:
        """Page ID → part with the annotations of that page."""
        location = text_of(child(self._tree, "Annotations"))
        part = self.path(location) if location else ""
        if not part or not self.package.has(part):
            return {}
        return {
            element.get("PageID") or "": self.path(text_of(child(element, "FileLoc")), part)
            for element in children(self.package.xml(part), "Page")
        }

    def size(self, page: etree._Element) -> tuple[float, float]:
        """Width and height of a page in points."""
        box = _area(child(page, "Area")) or self.area or (0.0, 0.0, 210.0, 297.0)
        return box[2] * POINTS, box[3] * POINTS

    def objects(self, page: OfdPage) -> list[Drawn]:
        """What is drawn on a page, in order: templates, layers, annotations."""
        root = self.package.xml(page.part)
        box = _area(child(root, "Area")) or self.area or (0.0, 0.0, 210.0, 297.0)
        # the page's own origin may lie off zero
        start: Matrix = (POINTS, 0, 0, POINTS, -box[0] * POINTS, -box[1] * POINTS)
        under: list[Drawn] = []
        over: list[Drawn] = []
        for element in children(root, "Template"):
            part, order = self.templates.get(element.get("TemplateID") or "", ("", ""))
            if part and self.package.has(part):
                target = under if (element.get("ZOrder") or order) != "Foreground" else over
                target += self._layers(self.package.xml(part), start)
        found = [*under, *self._layers(root, start), *over]
        part = self.annotations.get(page.key, "")
        if part and self.package.has(part):
            for annotation in children(self.package.xml(part), "Annot"):
                if (annotation.get("Visible") or "true").lower() == "false":
                    continue
                for appearance in children(annotation, "Appearance"):
                    found += self._walk(appearance, _into(appearance, start), 0)
        return found[:_MANY]

    def _layers(self, root: etree._Element, matrix: Matrix) -> list[Drawn]:
        found: list[Drawn] = []
        for layer in children(child(root, "Content"), "Layer"):
            found += self._walk(layer, matrix, 0)
        return found

    def _walk(self, parent: etree._Element, matrix: Matrix, depth: int) -> list[Drawn]:
        if depth > _DEPTH:
            return []
        found: list[Drawn] = []
        for element in parent:
            kind = name_of(element)
            if kind == "PageBlock":
                found += self._walk(element, matrix, depth + 1)
            elif kind == "CompositeObject":
                unit = self.units.get(element.get("ResourceID") or "")
                content = child(unit, "Content")
                if content is not None:
                    found += self._walk(content, _into(element, matrix), depth + 1)
            elif kind in ("TextObject", "ImageObject", "PathObject"):
                found.append(Drawn(element, kind, _into(element, matrix), _box(element, matrix)))
            if len(found) > _MANY:
                break
        return found


def _into(element: etree._Element, matrix: Matrix) -> Matrix:
    """From the space inside an object to the page: its CTM, then its Boundary's corner."""
    boundary = numbers(element.get("Boundary"))
    left, top = (boundary[0], boundary[1]) if len(boundary) >= 2 else (0.0, 0.0)
    values = numbers(element.get("CTM"))
    own: Matrix = (
        (values[0], values[1], values[2], values[3], values[4], values[5])
        if len(values) >= 6
        else IDENTITY
    )
    return times(times(own, (1, 0, 0, 1, left, top)), matrix)


def _box(element: etree._Element, matrix: Matrix) -> tuple[float, float, float, float]:
    values = numbers(element.get("Boundary"))
    if len(values) < 4:
        return (0.0, 0.0, 0.0, 0.0)
    left, top, width, height = values[:4]
    (x0, y0), (x1, y1) = moved(matrix, left, top), moved(matrix, left + width, top + height)
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _area(element: etree._Element | None) -> tuple[float, float, float, float] | None:
    values = numbers(text_of(child(element, "PhysicalBox")))
    if len(values) < 4 or not (1 < values[2] < 20_000 and 1 < values[3] < 20_000):
        return None
    return values[0], values[1], values[2], values[3]


def documents(package: Package) -> tuple[list[OfdDocument], bool]:
    """All documents of the package, and whether it is signed; seals are put on their pages."""
    root = package.xml("OFD.xml")
    found: list[OfdDocument] = []
    # GM/T 0099 signs the package as a whole, besides the signatures of a document
    signed = package.has("OFDEntries.xml") and any(
        part.lower().endswith("signedvalue.dat") for part in package.parts
    )
    for body in children(root, "DocBody"):
        location = text_of(child(body, "DocRoot")).lstrip("/")
        if not location:
            continue
        document = OfdDocument(package, location)
        found.append(document)
        signatures = text_of(child(body, "Signatures"))
        if signatures:
            signed = _seals(document, signatures.lstrip("/")) or signed
    if not found:
        raise DamagedFile("an OFD without a document", where=package.name)
    return found, signed


def _seals(document: OfdDocument, part: str) -> bool:
    """Put the seals on their pages; True if there is any signature."""
    package = document.package
    if not package.has(part):
        part = document.path(part)
        if not package.has(part):
            return False
    any_signature = False
    pages = {page.key: page for page in document.pages}
    for signature in children(package.xml(part), "Signature"):
        any_signature = True
        location = document.path(signature.get("BaseLoc") or "", part)
        if not package.has(location):
            continue
        info = child(package.xml(location), "SignedInfo")
        seal = document.path(text_of(child(info, "Seal", "BaseLoc")), location)
        value = posixpath.join(posixpath.dirname(location), "SignedValue.dat")
        for stamp in children(info, "StampAnnot"):
            page = pages.get(stamp.get("PageRef") or "")
            box = numbers(stamp.get("Boundary"))
            if page is None or len(box) < 4:
                continue
            left, top, width, height = (part_ * POINTS for part_ in box[:4])
            place = (left, top, left + width, top + height)
            page.seals.append(place)
            for picture in (seal, value):
                if package.has(picture):
                    page.stamps.append((picture, place))
                    break
    return any_signature
