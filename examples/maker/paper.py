"""Lays blocks out on A4 sheets and knows where every character stands.

Lengths are points (1/72 inch), origin top left. Measures follow the usual form of Chinese legal
documents: A4, title in 2号, body in 3号 or 4号, pitch 26 to 30 points, indent of two characters.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .fonts import advance
from .markup import HAND, Block, plain, signatures

WIDTH, HEIGHT = 595.28, 841.89
INK_TOP, INK_BOTTOM = 0.85, 0.10
"""How far a full ideograph reaches above and below its baseline, in em."""

_NO_START = set("，。；：、？！）》”’〕】…%％—")
_NO_END = set("（《“‘〔【")
_WORD = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,:/-+*·")


@dataclass(frozen=True)
class Glyph:
    char: str
    x: float
    y: float
    """baseline"""
    size: float
    face: str
    ink: str
    width: float

    @property
    def box(self) -> tuple[float, float, float, float]:
        return (
            self.x,
            self.y - INK_TOP * self.size,
            self.x + self.width,
            self.y + INK_BOTTOM * self.size,
        )


@dataclass(frozen=True)
class Row:
    """One line of text; kind: print, hand (a signature), stamp (page number), table."""

    glyphs: tuple[Glyph, ...]
    kind: str = "print"
    cell: tuple[int, int, int] | None = None
    """table, row, column"""

    @property
    def text(self) -> str:
        return "".join(g.char for g in self.glyphs)


@dataclass(frozen=True)
class Stamp:
    """A round seal; centre, radius, arc text, text below the star."""

    x: float
    y: float
    radius: float
    text: str
    below: str = ""


@dataclass
class Sheet:
    """One page ready to be drawn."""

    rows: list[Row] = field(default_factory=list)
    rules: list[tuple[float, float, float, float, float]] = field(default_factory=list)
    seals: list[Stamp] = field(default_factory=list)
    thumbs: list[tuple[float, float]] = field(default_factory=list)
    pictures: list[tuple[float, float, float, float, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Style:
    size: float = 15.0
    pitch: float = 28.0
    face: str = "song"
    left: float = 82.0
    right: float = 74.0
    top: float = 92.0
    bottom: float = 84.0
    titlesize: float = 22.0
    organsize: float = 19.0
    cellsize: float = 12.5


@dataclass(frozen=True)
class _Atom:
    char: str
    face: str
    ink: str

    @property
    def em(self) -> float:
        return advance(self.face, self.char)


def _atoms(text: str, face: str, ink: str = "black") -> list[_Atom]:
    atoms: list[_Atom] = []
    for number, part in enumerate(HAND.split(text)):
        by_hand = number % 2 == 1
        atoms += [_Atom(c, "hand" if by_hand else face, "blue" if by_hand else ink) for c in part]
    return atoms


def _fill(atoms: list[_Atom], size: float, width: float, indent: float) -> list[list[_Atom]]:
    """Break into lines: no closing mark at a line's start, no opening one at its end, no number
    cut in two."""
    lines: list[list[_Atom]] = []
    start = 0
    room = width - indent
    while start < len(atoms):
        used = 0.0
        stop = start
        while stop < len(atoms) and used + atoms[stop].em * size <= room + 0.01:
            used += atoms[stop].em * size
            stop += 1
        if stop < len(atoms):
            stop = _good_break(atoms, start, stop)
        lines.append(atoms[start : max(stop, start + 1)])
        start = max(stop, start + 1)
        room = width
    return lines


def _good_break(atoms: list[_Atom], start: int, stop: int) -> int:
    first = stop
    while stop > start + 1:
        before, after = atoms[stop - 1].char, atoms[stop].char
        inside_word = before in _WORD and after in _WORD
        if not inside_word and after not in _NO_START and before not in _NO_END:
            return stop
        stop -= 1
    return first


class Layout:
    """Sets the blocks of one document; `sheets` are its pages."""

    def __init__(self, blocks: list[Block], style: Style | None = None) -> None:
        self.style = style or Style()
        self.sheets: list[Sheet] = []
        self.strip = ""
        self.tables = 0
        self.y = 0.0
        self._new_sheet()
        for block in blocks:
            self._set(block)
        self._close_strips()

    # --- pages ------------------------------------------------------------------------------

    def _new_sheet(self) -> None:
        self.sheets.append(Sheet())
        self.y = self.style.top

    @property
    def sheet(self) -> Sheet:
        return self.sheets[-1]

    @property
    def floor(self) -> float:
        return HEIGHT - self.style.bottom - (26 if self.strip else 0)

    @property
    def width(self) -> float:
        return WIDTH - self.style.left - self.style.right

    def _room(self, height: float) -> None:
        if self.y + height > self.floor and self.y > self.style.top:
            self._new_sheet()

    def _close_strips(self) -> None:
        if not self.strip:
            return
        for number, sheet in enumerate(self.sheets, 1):
            self._strip(sheet, number)

    def _strip(self, sheet: Sheet, number: int) -> None:
        text = self.strip.replace("{p}", str(number)).replace("{n}", str(len(self.sheets)))
        left, _, right = text.partition("||")
        y = HEIGHT - self.style.bottom + 6
        label, _, name = left.partition("|")
        x = self._run(sheet, label, self.style.left, y, 12.5)
        if name:
            self._scrawl(sheet, name, x + 4, y, 17)
            sheet.thumbs.append((x + 14 + 17 * len(name), y - 6))
        if right:
            wide = sum(a.em for a in _atoms(right, self.style.face)) * 12.5
            self._run(sheet, right, WIDTH - self.style.right - wide, y, 12.5)

    # --- text -------------------------------------------------------------------------------

    def _run(
        self,
        sheet: Sheet,
        text: str | list[_Atom],
        x: float,
        y: float,
        size: float,
        *,
        face: str | None = None,
        stretch: float = 0.0,
        kind: str = "print",
        cell: tuple[int, int, int] | None = None,
    ) -> float:
        atoms = _atoms(text, face or self.style.face) if isinstance(text, str) else text
        glyphs = []
        for atom in atoms:
            width = atom.em * size
            glyphs.append(Glyph(atom.char, x, y, size, atom.face, atom.ink, width))
            x += width + stretch
        while glyphs and glyphs[0].char in " \u3000":
            glyphs.pop(0)
        while glyphs and glyphs[-1].char in " \u3000":
            glyphs.pop()
        if glyphs:
            sheet.rows.append(Row(tuple(glyphs), kind, cell))
        return x

    def _scrawl(self, sheet: Sheet, text: str, x: float, y: float, size: float) -> None:
        atoms = [_Atom(c, "hand", "pen") for c in text]
        self._run(sheet, atoms, x, y, size, stretch=-1.0, kind="hand")

    def _lines(
        self, text: str, *, indent: float = 0.0, align: str = "left", size: float | None = None,
        face: str | None = None, pitch: float | None = None,
    ) -> None:  # fmt: skip
        size = size or self.style.size
        pitch = pitch or max(self.style.pitch, size * 1.45)
        lines = _fill(_atoms(text, face or self.style.face), size, self.width, indent)
        for number, line in enumerate(lines):
            self._room(pitch)
            wide = sum(a.em for a in line) * size
            first = indent if number == 0 else 0.0
            slack = self.width - first - wide
            x = self.style.left + first
            stretch = 0.0
            if align == "centre":
                x = self.style.left + slack / 2
            elif align == "right":
                x = self.style.left + slack
            elif number < len(lines) - 1 and len(line) > 1 and slack < 4 * size:
                stretch = slack / (len(line) - 1)
            baseline = self.y + pitch / 2 + size * 0.37
            self._run(self.sheet, line, x, baseline, size, stretch=stretch)
            self.y += pitch

    # --- blocks -----------------------------------------------------------------------------

    def _set(self, block: Block) -> None:
        style = self.style
        match block.kind:
            case "para":
                self._lines(block.text, indent=2 * style.size)
            case "flush":
                self._lines(block.text)
            case "organ":
                self._lines(block.text, align="centre", size=style.organsize)
            case "title":
                self._lines(block.text, align="centre", size=style.titlesize, face="bold",
                            pitch=style.titlesize * 1.75)  # fmt: skip
                self.y += style.pitch * 0.25
            case "no" | "right":
                self._lines(block.text, align="right")
            case "centre":
                self._lines(block.text, align="centre")
            case "head":
                self._lines(block.text, indent=2 * style.size, face="hei")
            case "gap":
                self.y += style.pitch * float(block.text or 1)
            case "page":
                self._new_sheet()
            case "style":
                face = block.options.get("face", style.face)
                numbers = {k: float(v) for k, v in block.options.items() if k != "face"}
                fresh = len(self.sheets) == 1 and self.y == style.top
                self.style = replace(style, face=face, **numbers)
                if fresh:
                    self.y = self.style.top
            case "strip":
                self.strip = block.text
            case "sign" | "rsign":
                self._signatures(block.text, right=block.kind == "rsign")
            case "seal":
                self._seal(block.text)
            case "table":
                self._table(block)
            case "photo":
                self._photo(block.text)
            case _:
                raise ValueError(block.kind)

    def _signatures(self, text: str, *, right: bool) -> None:
        style = self.style
        self._room(style.pitch)
        signed = signatures(text)
        share = self.width / max(1, len(signed))
        baseline = self.y + style.pitch / 2 + style.size * 0.37
        for number, (label, name, thumb) in enumerate(signed):
            x = style.left + number * share
            if right:
                x = style.left + self.width * 0.5
            x = self._run(self.sheet, label, x, baseline, style.size)
            if name:
                size = style.size * 1.3
                self._scrawl(self.sheet, name, x + 3, baseline + 1, size)
                if thumb:
                    self.sheet.thumbs.append((x + 10 + (size - 1) * len(name), baseline - 7))
        self.y += style.pitch

    def _seal(self, text: str) -> None:
        organ, date, *more = [part.strip() for part in text.split("|")]
        style = self.style
        hidden = "only" in more
        below = next((m for m in more if m != "only"), "")
        self._room(style.pitch * 3)
        self.y += style.pitch * 0.6
        top = self.y
        right = WIDTH - style.right
        for line in ([] if hidden else [organ]) + [date]:
            wide = sum(a.em for a in _atoms(line, style.face)) * style.size
            baseline = self.y + style.pitch / 2 + style.size * 0.37
            self._run(self.sheet, line, min(right - 28 - wide / 2, right - wide - 28)
                      if wide > 150 else right - 40 - wide, baseline, style.size)  # fmt: skip
            self.y += style.pitch
        centre = right - 40 - 62
        self.sheet.seals.append(Stamp(centre, (top + self.y) / 2 - 4, 60, organ, below))
        self.y += style.pitch * 0.4

    def _photo(self, text: str) -> None:
        kind, caption, height = [part.strip() for part in text.split("|")]
        high = float(height)
        self._room(high + self.style.pitch)
        left = self.style.left + self.width * 0.06
        self.sheet.pictures.append((left, self.y, self.width * 0.88, high, kind))
        self.y += high + 2
        self._lines(caption, align="centre", size=13)

    # --- tables -----------------------------------------------------------------------------

    def _table(self, block: Block) -> None:
        style = self.style
        shares = [float(part) for part in block.text.split(",")]
        whole = sum(shares)
        edges = [style.left]
        for share in shares:
            edges.append(edges[-1] + self.width * share / whole)
        size, pad = style.cellsize, 4.0
        pitch = size * 1.5
        table = self.tables
        self.tables += 1
        for number, row in enumerate(block.rows):
            cells = _merge(row, len(shares))
            filled = [
                [part for piece in (text or " ").split("//") for part in
                 (_fill(_atoms(piece, style.face), size, edges[last] - edges[first] - 2 * pad, 0)
                  or [[]])]
                for text, first, last in cells
            ]  # fmt: skip
            high = max(max(len(lines) for lines in filled) * pitch + 2 * pad, 25.0)
            self._room(high)
            self._grid_row(edges, cells, high)
            for (_, first, last), lines in zip(cells, filled, strict=True):
                y = self.y + (high - len(lines) * pitch) / 2
                inner = edges[last] - edges[first]
                for line in lines:
                    wide = sum(a.em for a in line) * size
                    centred = len(lines) == 1 and wide < inner - 2 * pad
                    x = edges[first] + ((inner - wide) / 2 if centred else pad)
                    self._run(self.sheet, line, x, y + pitch / 2 + size * 0.37, size,
                              kind="table", cell=(table, number, first))  # fmt: skip
                    y += pitch
            self.y += high
        self.y += style.pitch * 0.3

    def _grid_row(self, edges: list[float], cells: list[tuple[str, int, int]], high: float) -> None:
        rules = self.sheet.rules
        for y in (self.y, self.y + high):
            rules.append((edges[0], y, edges[-1], y, 0.8))
        for _, first, _ in cells:
            rules.append((edges[first], self.y, edges[first], self.y + high, 0.8))
        rules.append((edges[-1], self.y, edges[-1], self.y + high, 0.8))


def _merge(row: tuple[str, ...], columns: int) -> list[tuple[str, int, int]]:
    """Cells as text, first edge, last edge; `<` belongs to the cell on its left."""
    if len(row) != columns:
        raise ValueError(f"{len(row)} cells in a table of {columns}: {row}")
    cells: list[tuple[str, int, int]] = []
    for column, text in enumerate(row):
        if text == "<" and cells:
            cells[-1] = (cells[-1][0], cells[-1][1], column + 1)
        else:
            cells.append((text, column, column + 1))
    return cells


def page_number(sheet: Sheet, number: int) -> None:
    """The volume's page number, stamped at the top right."""
    x, y, size = WIDTH - 62.0, 44.0, 15.0
    glyphs = []
    for char in str(number):
        width = advance("hei", char) * size
        glyphs.append(Glyph(char, x, y, size, "hei", "pen", width))
        x += width
    sheet.rows.insert(0, Row(tuple(glyphs), "stamp"))


def text_of(blocks: list[Block]) -> str:
    """A document as plain text: for TXT files and checks."""
    out: list[str] = []
    for block in blocks:
        match block.kind:
            case "style" | "strip" | "page" | "gap" | "photo":
                continue
            case "table":
                out += ["\t".join(c for c in row if c != "<") for row in block.rows]
            case "sign" | "rsign":
                out.append(
                    "    ".join(f"{label}{name}" for label, name, _ in signatures(block.text))
                )
            case "seal":
                organ, date, *more = [part.strip() for part in block.text.split("|")]
                out += [date] if "only" in more else [organ, date]
            case "para":
                out.append("　　" + plain(block.text))
            case _:
                out.append(plain(block.text))
    return "\n".join(out) + "\n"
