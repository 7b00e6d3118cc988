"""TXT in any encoding, set page by page."""

from __future__ import annotations

from pathlib import Path

from ..errors import DamagedFile, HostileFile
from .encodings import Decoded, decode
from .flow import Break, FlowFile, Item, Paragraph, set_pages
from .kinds import FileKind
from .limits import Limits

ROWS = 50
"""Lines on a page, unless the text has form feeds."""


def read_bytes(path: Path, name: str, limits: Limits) -> bytes:
    """The whole file; raises HostileFile above `text_bytes`."""
    size = path.stat().st_size
    if size > limits.text_bytes:
        raise HostileFile(
            f"{size:,} bytes of text, allowed are {limits.text_bytes:,}",
            where=name,
            advice="part it into several files",
        )
    return path.read_bytes()


def decoded(data: bytes, name: str, declared: str | None = None) -> Decoded:
    """The text; raises DamagedFile if it is none."""
    found = decode(data, declared=declared)
    if found is None:
        raise DamagedFile(
            "text in an unknown encoding", where=name, advice="save it as UTF-8 or as PDF"
        )
    return found


def encoding_notes(found: Decoded) -> tuple[str, ...]:
    """What a reader should know of how the text was decoded."""
    notes = [] if found.encoding == "utf-8" else [f"encoding: {found.encoding}"]
    if found.lost:
        notes.append(f"broken-characters: {found.lost}")
    return tuple(notes)


def open_text(path: Path, name: str, limits: Limits) -> FlowFile:
    """Pages end at form feeds, else after `ROWS` lines; blank lines part blocks."""
    found = decoded(read_bytes(path, name, limits), name)
    text = found.text.replace("\r\n", "\n").replace("\r", "\n").replace("\x1a", "")
    # two columns at least: one blank parts words, not the cells of a table
    text = text.replace("\x00", "").replace("\t", " \t").expandtabs(4)
    items: list[Item] = []
    fed = "\f" in text.strip("\f\n ")
    for number, page in enumerate(text.strip("\f").split("\f")):
        if number:
            items.append(Break())
        blank = True
        for line in page.rstrip("\n").split("\n"):
            items.append(Paragraph(line, joined=not blank))
            blank = not line.strip()
    sheets = set_pages(items, known_breaks=fed, rows=None if fed else ROWS)
    return FlowFile(FileKind.TEXT, sheets, notes=encoding_notes(found))
