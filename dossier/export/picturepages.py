"""Pages that are one picture: the picture, and the invisible text on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dossier.model import Origin

from .geometry import image_placed, operands, upright_to_page
from .glyphless import InvisibleFonts
from .images import Embedded, ImageWriter
from .sink import PdfSink
from .textlayer import Overlay, invisible
from .values import ExportPage

_MAX_SIDE = 14_400.0
"""Largest page side in points readers must accept (ISO 32000-1, annex C)."""


@dataclass(slots=True)
class BuiltPage:
    """A page dictionary, complete but for its parent, and what to note about it: code, detail."""

    entries: dict[str, Any]
    notes: list[tuple[str, str]] = field(default_factory=list)


def picture_page(
    page: ExportPage, image: Embedded, images: ImageWriter, sink: PdfSink, fonts: InvisibleFonts
) -> BuiltPage:
    """A page of the layer's size, filled by the image."""
    layer = page.layer
    scale = min(1.0, _MAX_SIDE / max(layer.width, layer.height))
    width, height = layer.width * scale, layer.height * scale
    placed = image_placed(image.orientation, layer.rotation, width, height)
    resources: dict[str, Any] = {"/XObject": {"/Scan": images.write(image)}}
    overlay = Overlay(b"", {})
    if layer.origin is not Origin.NONE:
        overlay = invisible(layer.lines, upright_to_page(0, 0, width, height, 0), fonts)
    if overlay.fonts:
        resources["/Font"] = overlay.fonts
    content = overlay.drawing + f"q {operands(placed)} cm /Scan Do Q\n".encode("ascii")
    entries = {
        "/Type": "/Page",
        "/MediaBox": [0, 0, width, height],
        "/Resources": resources,
        "/Contents": sink.write_stream({}, content),
    }
    return BuiltPage(entries, [("image-reencoded", image.reencoded)] if image.reencoded else [])
