"""Pages that exist only as text (DOCX, TXT, HTML, RTF, OFD): the text is drawn where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dossier.errors import UnsupportedFile
from dossier.model import Line, Seal

from .geometry import Affine, Track, apply, number, operands, upright_to_page
from .glyphless import InvisibleFonts
from .oldtext import BlankMaps
from .picturepages import BuiltPage
from .runs import Run, edges, gather
from .sink import PdfSink
from .textlayer import invisible_line, level_rows, text_matrix, tracked
from .values import ExportPage
from .visiblefonts import Face, Faces

_KINDS = {"docx", "text", "html", "rtf", "ofd", "office"}

_NARROWEST, _WIDEST = 0.75, 1.3
"""How far glyphs may be stretched before it looks wrong. Text set wider is drawn with gaps, and
its meaning goes to the invisible layer: readers would take the gaps for spaces."""


class Drawer:
    """Draws text pages with the fonts of the system, or a standard one that is not embedded."""

    def __init__(
        self,
        sink: PdfSink,
        fonts_unseen: InvisibleFonts,
        blanks: BlankMaps,
        fonts: Sequence[Path] | None,
    ) -> None:
        self._sink = sink
        self._invisible = fonts_unseen
        self._faces = Faces(sink, blanks, fonts)

    def finish(self) -> tuple[str, ...]:
        """Write the fonts that were used; returns their names."""
        return self._faces.finish()

    def build(self, page: ExportPage) -> BuiltPage:
        """The page drawn from its layer. Raises `UnsupportedFile` for a kind unknown here."""
        if page.kind not in _KINDS:
            raise UnsupportedFile(f"no way to export a {page.kind!r} page", where=page.where)
        layer = page.layer
        to_page = upright_to_page(0, 0, layer.width, layer.height, 0)
        used: dict[str, Any] = {}
        parts: list[str] = []
        missing: set[str] = set()
        for line, way in level_rows(tracked(layer.lines, to_page)):
            parts += self._line(line, way, used, missing)
        text = ["BT", *parts, "ET"] if parts else []
        frames = [_frame(seal, to_page) for seal in layer.seals]
        content = "\n".join([*text, *frames, ""]).encode("ascii")
        notes = [("drawn-from-text", page.kind)]
        if missing:
            codes = ", ".join(f"U+{ord(char):04X}" for char in sorted(missing)[:20])
            notes.append(("no-glyph", codes))
        return BuiltPage(
            {
                "/Type": "/Page",
                "/MediaBox": [0, 0, layer.width, layer.height],
                "/Resources": {"/Font": used},
                "/Contents": self._sink.write_stream({}, content),
            },
            notes,
        )

    def _line(self, line: Line, way: Track, used: dict[str, Any], missing: set[str]) -> list[str]:
        faces = [self._faces.face(char) for char in line.text]
        missing.update(char for char, face in zip(line.text, faces, strict=True) if face is None)
        places = edges(line, way.length, way.height)
        standard = self._faces.standard
        chosen = [face or standard for face in faces]
        natural = sum(face.width(char) for face, char in zip(chosen, line.text, strict=True))
        size = min(way.height, way.length / max(natural, 0.01))
        widths = [size * face.width(char) for face, char in zip(chosen, line.text, strict=True)]
        if line.spans:
            runs = gather(places, widths, way.height)
        else:
            # nobody knows where the characters stood: set them as the font wants
            runs = [Run(0, len(line.text), 1.0)]
            places = [0.0]
            for width in widths:
                places.append(places[-1] + width)
        plain = all(_fits(run, line.text) for run in runs) and all(
            face is not None and face.readable for face in faces
        )
        out = []
        if not plain:
            unseen = self._invisible.sized(way.height, way.height)
            used[unseen.resource] = unseen.ref
            out += ["3 Tr", invisible_line(line, way, unseen), "0 Tr 0 Tc"]
        for run in _by_face(runs, chosen):
            face = chosen[run.start]
            out += self._run(line, way, run, face, size, places, widths, plain)
            name, ref = face.resource(plain)
            used[name] = ref
        return out

    def _run(
        self,
        line: Line,
        way: Track,
        run: Run,
        face: Face,
        size: float,
        places: list[float],
        widths: list[float],
        plain: bool,
    ) -> list[str]:
        name, _ = face.resource(plain)
        start = text_matrix(way, size, face.ascent, face.descent)
        a, b, c, d, e, f = start
        matrix: Affine = (a, b, c, d, e + a * places[run.start], f + b * places[run.start])
        stretch = min(max(run.stretch, _NARROWEST), _WIDEST)
        gap = 0.0
        if run.stretch > _WIDEST:
            # glyphs as they are, the rest between them
            stretch = 1.0
            room = places[run.stop] - places[run.start] - sum(widths[run.start : run.stop])
            gap = room / (run.stop - run.start)
        code = face.encode(line.text[run.start : run.stop]).hex()
        spacing = "" if plain else f"{number(gap)} Tc "
        return [
            f"{name} {number(size)} Tf {operands(matrix)} Tm",
            f"{spacing}{number(100 * stretch)} Tz <{code}> Tj",
        ]


def _by_face(runs: list[Run], faces: list[Face]) -> list[Run]:
    """Runs cut where the font changes."""
    out: list[Run] = []
    for run in runs:
        start = run.start
        for i in range(run.start + 1, run.stop + 1):
            if i == run.stop or faces[i] is not faces[start]:
                out.append(Run(start, i, run.stretch))
                start = i
    return out


def _frame(seal: Seal, to_page: Affine) -> str:
    """A thin red frame where the original has a seal that cannot be drawn from text."""
    x0, y0 = apply(to_page, seal.box.left, seal.box.bottom)
    x1, y1 = apply(to_page, seal.box.right, seal.box.top)
    corner = f"{number(x0)} {number(y0)} {number(x1 - x0)} {number(y1 - y0)}"
    return f"q 0.8 0 0 RG 0.75 w [4 3] 0 d {corner} re S Q"


def _fits(run: Run, text: str) -> bool:
    """Whether the run looks right when stretched; blanks may be as wide as they like."""
    blank = not text[run.start : run.stop].strip()
    return blank or _NARROWEST <= run.stretch <= _WIDEST
