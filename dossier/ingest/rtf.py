"""RTF: text, table cells, page breaks, running heads and pictures.

Own reader: striprtf (0.0.35, looked at in 2026) ignores the charset of a document's default font
(Chinese comes out as Latin when the header says 1252), and drops running heads, footnotes, page
breaks and cell places.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from ..errors import HostileFile
from ..model import Cell
from .embedded import figure_of
from .flow import (
    PAGE_NUMBER,
    Break,
    FlowFile,
    Item,
    Paragraph,
    Running,
    set_pages,
)
from .kinds import FileKind
from .limits import Limits
from .plaintext import ROWS, read_bytes

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?"  # control word
    rb"|\\'([0-9a-fA-F]{2})"  # byte
    rb"|\\([^a-zA-Z])"  # control symbol
    rb"|([{}])"
    rb"|[\r\n]+"
    rb"|([^\\{}\r\n]+)"
)

_CHARSETS = {
    0: "cp1252", 2: "symbol", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "gb18030",
    136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256",
    186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip

_SKIPPED = frozenset(
    {"colortbl", "stylesheet", "info", "generator", "listtable", "listoverridetable", "rsidtbl",
     "themedata", "colorschememapping", "datastore", "latentstyles", "xmlnstbl", "filetbl",
     "revtbl", "fldinst", "bkmkstart", "bkmkend", "objdata", "blipuid", "nonshppict", "sp",
     "mmathPr", "pnseclvl", "wgrffmtfilter", "annotation", "atnid", "atnauthor", "panose",
     "falt", "picprop", "userprops", "docvar", "pgptbl", "ftnsep", "ftnsepc", "aftnsep"}
)  # fmt: skip
_RUNNING = {
    "header": "head", "headerl": "head", "headerr": "head", "headerf": "head",
    "footer": "foot", "footerl": "foot", "footerr": "foot", "footerf": "foot",
}  # fmt: skip
_SIGNS = {
    "tab": "\t", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“",
    "rdblquote": "”", "bullet": "•", "emspace": "　", "enspace": " ", "line": "\n",
}  # fmt: skip
_DEPTH = 500


@dataclass
class _State:
    """What a group of braces restores when it ends."""

    goal: str = "body"
    font: int | None = None
    unicode_skip: int = 1
    size: float = 12.0
    hidden: bool = False


@dataclass
class _Gathered:
    items: list[Item] = field(default_factory=list)
    head: list[Paragraph] = field(default_factory=list)
    foot: list[Paragraph] = field(default_factory=list)


def open_rtf(path: Path, name: str, limits: Limits) -> FlowFile:
    """Pages end at \\page, else by their length. Raises HostileFile for absurd nesting."""
    reader = _Reader(read_bytes(path, name, limits), name, limits)
    reader.run()
    found = reader.found
    running = Running(tuple(found.head), tuple(found.foot))
    sheets = set_pages(found.items, running=lambda _: running, rows=ROWS)
    return FlowFile(FileKind.RTF, sheets)


class _Reader:
    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        self._data = data
        self._name = name
        self._limits = limits
        self._page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._default_font: int | None = None
        self._state = _State()
        self._stack: list[_State] = []
        self._text: list[str] = []
        self._bytes = bytearray()
        self._skip = 0
        self._high: int | None = None
        self._picture: list[bytes] = []
        self._notes: list[str] = []
        self._align = "left"
        self._in_table = False
        self._table, self._row, self._column = -1, 0, 0
        self._cells: list[Paragraph] = []
        self.found = _Gathered()

    def run(self) -> None:
        first = True
        at = 0
        while found := _TOKEN.match(self._data, at):
            at = found.end()
            word, number, byte, symbol, brace, plain = found.groups()
            if brace == b"{":
                self._flush()
                if len(self._stack) > _DEPTH:
                    raise HostileFile("groups nested too deeply", where=self._name)
                self._stack.append(replace(self._state))
                first = True
                continue
            if brace == b"}":
                self._close()
            elif word is not None:
                value = int(number) if number is not None else None
                if word == b"bin" and value:
                    at += max(0, value)
                self._word(word.decode("ascii"), value, first)
            elif byte is not None:
                if self._skip:
                    self._skip -= 1
                else:
                    self._bytes.append(int(byte, 16))
            elif symbol is not None:
                self._symbol(symbol, first)
                if symbol == b"*":
                    continue
            elif plain is not None:
                self._plain(plain)
            first = False
        self._flush()
        self._paragraph(end=True)
        self._end_row()
        for note in self._notes:
            self.found.items.append(Paragraph(note, 10.0))

    # --- tokens ------------------------------------------------------------------------------

    def _symbol(self, symbol: bytes, first: bool) -> None:
        if symbol == b"*":
            if first:
                # a destination nobody has to know; those known say so by their word
                self._state.goal = "unknown" if self._state.goal != "skip" else "skip"
            return
        sign = {b"~": " ", b"_": "-", b"-": "", b"\n": "\n", b"\r": "\n"}.get(
            symbol, symbol.decode("latin-1")
        )
        if symbol in (b"\n", b"\r"):
            self._word("par", None, False)
        else:
            self._flush()
            self._put(sign)

    def _plain(self, data: bytes) -> None:
        if self._state.goal == "pict":
            self._picture.append(data)
            return
        if self._skip:
            cut = min(self._skip, len(data))
            self._skip -= cut
            data = data[cut:]
        self._bytes += data

    def _word(self, word: str, value: int | None, first: bool) -> None:
        state = self._state
        if word == "u" and value is not None:
            self._flush()
            self._unicode(value & 0xFFFF)
            self._skip = state.unicode_skip
            return
        if word in ("f", "af", "loch", "hich", "dbch"):
            self._flush()
            if word == "f":
                state.font = value or 0
            return
        self._flush()
        if word in _SKIPPED:
            state.goal = "skip"
        elif word == "fonttbl":
            state.goal = "fonts"
        elif word in _RUNNING and first:
            self._start_beside(_RUNNING[word])
        elif word == "footnote" and first:
            self._start_beside("note")
        elif word == "pict":
            state.goal = "pict" if state.goal not in ("skip",) else "skip"
            self._picture = []
        elif word in ("shppict", "shptxt", "shpinst", "shp", "fldrslt", "listtext", "pntext"):
            if state.goal == "unknown":
                state.goal = "body"
        elif state.goal == "fonts" and word == "fcharset":
            self._fonts[state.font or 0] = _CHARSETS.get(value or 0, self._page)
        elif word == "ansicpg":
            self._page = _encoding(value)
        elif word == "mac":
            self._page = "mac_roman"
        elif word == "deff":
            self._default_font = value
            state.font = value
        elif word == "uc":
            state.unicode_skip = max(0, min(value or 0, 16))
        elif word == "fs" and value:
            state.size = max(6.0, min(72.0, value / 2))
        elif word == "v":
            state.hidden = value != 0
        elif word == "plain":
            state.hidden, state.size, state.font = False, 12.0, self._default_font
        elif word in ("qc", "qr", "ql", "qj"):
            self._align = {"qc": "center", "qr": "right"}.get(word, "left")
        elif word == "pard":
            self._align, self._in_table = "left", False
        elif word == "intbl":
            self._in_table = True
        else:
            self._structure(word)

    def _structure(self, word: str) -> None:
        if word in _SIGNS:
            self._put(_SIGNS[word])
        elif word == "chpgn":
            self._put(PAGE_NUMBER)
        elif word in ("par", "sect"):
            self._paragraph(end=True)
        elif word in ("page", "pagebb") and self._state.goal == "body":
            self._paragraph(end=False)
            self.found.items.append(Break())
        elif word in ("cell", "nestcell"):
            self._cell()
        elif word in ("row", "nestrow"):
            self._end_row()

    # --- text --------------------------------------------------------------------------------

    def _unicode(self, code: int) -> None:
        if 0xD800 <= code < 0xDC00:
            self._high = code
            return
        if 0xDC00 <= code < 0xE000:
            if self._high is not None:
                code = 0x10000 + ((self._high - 0xD800) << 10) + (code - 0xDC00)
                self._high = None
            else:
                code = 0xFFFD
        self._put(chr(code))

    def _flush(self) -> None:
        if not self._bytes:
            return
        font = self._state.font if self._state.font is not None else self._default_font
        encoding = self._fonts.get(font if font is not None else -1, self._page)
        if encoding == "cp1252" and self._page == "gb18030":
            # Word marks Chinese written in a Latin font with the page of the document
            encoding = self._page
        data = bytes(self._bytes)
        self._bytes.clear()
        if encoding == "symbol":
            text = "".join(chr(0xF000 + byte) if byte > 127 else chr(byte) for byte in data)
        else:
            text = data.decode(encoding, "replace")
        self._put(text)

    def _put(self, text: str) -> None:
        if self._state.goal in ("body", "head", "foot", "note") and not self._state.hidden:
            self._text.append(text)

    def _start_beside(self, goal: str) -> None:
        if self._state.goal in ("skip", "unknown"):
            self._state.goal = "skip"
            return
        self._state.goal = goal
        # the paragraph around it goes on afterwards
        self._text.append("\x00")

    def _close(self) -> None:
        self._flush()
        goal = self._state.goal
        before = self._stack.pop() if self._stack else _State()
        if goal == "pict" and before.goal != "pict":
            self._end_picture(before.goal)
        if goal in ("head", "foot", "note") and before.goal != goal:
            self._end_beside(goal)
        self._state = before

    def _end_beside(self, goal: str) -> None:
        whole = "".join(self._text)
        before, _, text = whole.partition("\x00")
        self._text = [before]
        text = text.strip()
        if goal == "note":
            if text:
                self._notes.append(text)
            return
        target = self.found.head if goal == "head" else self.found.foot
        target += [Paragraph(part, 9.0) for part in text.split("\n") if part.strip()]

    def _paragraph(self, *, end: bool) -> None:
        if self._state.goal in ("head", "foot", "note"):
            self._text.append("\n")
            return
        if self._state.goal != "body":
            return
        text = "".join(self._text)
        if self._in_table:
            self._text = [text, "\n"] if end and text else [text]
            return
        self._text = []
        if self._cells:
            self._end_row()
        if text.strip():
            align = self._align
            self.found.items.append(
                Paragraph(
                    text,
                    self._state.size,
                    "center" if align == "center" else "right" if align == "right" else "left",
                )
            )
            self._table_ended()

    def _table_ended(self) -> None:
        self._row = 0

    def _cell(self) -> None:
        text = "".join(self._text).strip("\n")
        self._text = []
        if self._row == 0 and not self._cells:
            self._table += 1
        self._cells.append(
            Paragraph(text, self._state.size, cell=Cell(self._table, self._row, self._column))
        )
        self._column += 1

    def _end_row(self) -> None:
        if self._cells:
            self.found.items += self._cells
            self._cells = []
            self._row += 1
        self._column = 0

    # --- pictures ----------------------------------------------------------------------------

    def _end_picture(self, goal: str) -> None:
        data, self._picture = b"".join(self._picture), []
        if goal not in ("body", "unknown"):
            return
        digits = re.sub(rb"[^0-9a-fA-F]", b"", data)
        raw = bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))
        if not raw.startswith((b"\x89PNG", b"\xff\xd8\xff")):
            return
        figure = figure_of(raw, self._name, self._limits)
        if figure is not None:
            self.found.items.append(figure)


def _encoding(page: int | None) -> str:
    if page in (936, 54936):
        return "gb18030"
    name = f"cp{page}"
    try:
        codecs.lookup(name)
    except LookupError:
        return "cp1252"
    return name
