"""Annotations of a source page: drawn into the page, so that seals stay visible.

A derived copy cannot keep a signature valid. Its fields and scripts are left behind; what they
show (the seal) is drawn where it stood. Of links only web addresses are kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from .geometry import Affine, apply, operands

_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5
_MAX_ANNOTATIONS = 5000
_FIELDS_DEEP = 30


@dataclass(slots=True)
class Flattened:
    """`drawing`: operators; `forms`: resource name → appearance; `links`: annotations to keep."""

    drawing: bytes = b""
    forms: dict[str, PdfObject] = field(default_factory=dict)
    links: ArrayObject = field(default_factory=ArrayObject)


def flatten(original: PageObject, copy: Callable[[IndirectObject], PdfObject]) -> Flattened:
    """The visible appearances of the page's annotations (ISO 32000-1, 12.5.5).

    `copy` carries an appearance over into the export.
    """
    result = Flattened()
    annots = original.get("/Annots")
    annots = annots.get_object() if annots is not None else None
    if not isinstance(annots, ArrayObject):
        return result
    parts: list[str] = []
    for entry in list(list.__iter__(annots))[:_MAX_ANNOTATIONS]:
        annot = entry.get_object()
        if not isinstance(annot, DictionaryObject):
            continue
        if annot.get("/Subtype") == "/Link":
            link = _web_link(annot)
            if link is not None:
                result.links.append(link)
            continue
        flags = annot.get("/F", 0)
        if isinstance(flags, int) and flags & (_HIDDEN | _NO_VIEW):
            continue
        if annot.get("/Subtype") == "/Popup":
            continue
        appearance = _appearance(annot)
        if appearance is None:
            continue
        ref, form = appearance
        placed = _placement(annot, form)
        if placed is None:
            continue
        name = f"/DossierSeal{len(result.forms)}"
        result.forms[name] = copy(ref)
        parts.append(f"q {operands(placed)} cm {name} Do Q")
    if parts:
        result.drawing = ("\n".join(parts) + "\n").encode("ascii")
    return result


def _appearance(annot: DictionaryObject) -> tuple[IndirectObject, StreamObject] | None:
    """The normal appearance, in the state the annotation is in."""
    states = annot.get("/AP")
    states = states.get_object() if states is not None else None
    if not isinstance(states, DictionaryObject):
        return None
    ref = dict.get(states, "/N")
    found = ref.get_object() if ref is not None else None
    if isinstance(found, DictionaryObject) and not isinstance(found, StreamObject):
        ref = dict.get(found, annot.get("/AS"))
        found = ref.get_object() if ref is not None else None
    if isinstance(found, StreamObject) and isinstance(ref, IndirectObject):
        return ref, found
    return None


def _placement(annot: DictionaryObject, form: StreamObject) -> Affine | None:
    """The `cm` that puts the appearance into the annotation's rectangle."""
    try:
        rect = [float(value) for value in annot["/Rect"]]  # type: ignore[attr-defined]
        bbox = [float(value) for value in form["/BBox"]]  # type: ignore[attr-defined]
        matrix = [float(value) for value in form.get("/Matrix", [1, 0, 0, 1, 0, 0])]
        if len(rect) != 4 or len(bbox) != 4 or len(matrix) != 6:
            return None
    except (KeyError, TypeError, ValueError):
        return None
    a, b, c, d, e, f = matrix
    corners = [apply((a, b, c, d, e, f), x, y) for x in bbox[0::2] for y in bbox[1::2]]
    left, right = min(x for x, _ in corners), max(x for x, _ in corners)
    bottom, top = min(y for _, y in corners), max(y for _, y in corners)
    width, height = abs(rect[2] - rect[0]), abs(rect[3] - rect[1])
    if right - left <= 0 or top - bottom <= 0 or width <= 0 or height <= 0:
        return None  # an invisible signature has an empty rectangle
    across, up = width / (right - left), height / (top - bottom)
    return (
        across, 0, 0, up,
        min(rect[0], rect[2]) - left * across, min(rect[1], rect[3]) - bottom * up,
    )  # fmt: skip


def _web_link(annot: DictionaryObject) -> DictionaryObject | None:
    action = annot.get("/A")
    action = action.get_object() if action is not None else None
    if not isinstance(action, DictionaryObject) or action.get("/S") != "/URI":
        return None
    address, rect = action.get("/URI"), annot.get("/Rect")
    if not isinstance(rect, ArrayObject) or len(rect) != 4 or address is None:
        return None
    return DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Link"),
            NameObject("/Rect"): ArrayObject([value.get_object() for value in rect]),
            NameObject("/Border"): ArrayObject([NumberObject(0)] * 3),
            NameObject("/A"): DictionaryObject(
                {NameObject("/S"): NameObject("/URI"), NameObject("/URI"): address.get_object()}
            ),
        }
    )


def has_signature(reader: PdfReader) -> bool:
    """Whether any field of the file holds a digital signature."""
    form = reader.root_object.get("/AcroForm")
    form = form.get_object() if form is not None else None
    if not isinstance(form, DictionaryObject):
        return False
    fields = form.get("/Fields")
    return _signed(fields.get_object() if fields is not None else None, None, 0)


def _signed(fields: Any, inherited: Any, depth: int) -> bool:
    if not isinstance(fields, ArrayObject) or depth > _FIELDS_DEEP:
        return False
    for entry in list.__iter__(fields):
        item = entry.get_object()
        if not isinstance(item, DictionaryObject):
            continue
        kind = item.get("/FT", inherited)
        if kind == "/Sig" and item.get("/V") is not None:
            return True
        kids = item.get("/Kids")
        if kids is not None and _signed(kids.get_object(), kind, depth + 1):
            return True
    return False
