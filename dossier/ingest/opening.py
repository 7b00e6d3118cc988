"""One door for every kind of file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import DamagedFile, EmptyFile, EncryptedFile, UnsupportedFile
from .html import open_html
from .images import PictureFile
from .kinds import FileKind, Sniffed, mismatch, sniff
from .limits import Limits
from .names import readable
from .ofd import OfdFile
from .office_file import open_office, open_word
from .pages import OpenFile
from .pdf import PdfFile
from .plaintext import open_text
from .rtf import open_rtf

# what LibreOffice shall take the file for: decided by content, like everything here
_OFFICE_SUFFIXES = {"DOC": ".doc", "WPS": ".wps", "OpenDocument": ".odt", "Word XML": ".xml"}


def open_file(
    path: Path,
    *,
    name: str | None = None,
    passwords: Sequence[str] = (),
    limits: Limits | None = None,
) -> OpenFile:
    """Open a file by what it contains; its extension only earns a note when it lies.

    `name` is shown in messages and notes (default: the file's own). `passwords` are tried on
    encrypted files after the empty one. Raises subclasses of FileRefused: EmptyFile, DamagedFile,
    EncryptedFile, HostileFile, UnsupportedFile, ProgramMissing.
    """
    limits = limits or Limits()
    shown = name if name is not None else readable(path.name)
    try:
        size = path.stat().st_size
        if size == 0:
            raise EmptyFile("the file is empty", where=shown, advice="hand it over again")
        found = sniff(path, shown)
    except OSError as error:
        raise DamagedFile(
            f"cannot be read ({error.strerror})", where=shown, advice="check its permissions"
        ) from error
    opened = _reader(found, path, shown, passwords, limits)
    note = mismatch(shown, found)
    if note is not None:
        opened.notes = (note, *opened.notes)
    return opened


def _reader(
    found: Sniffed, path: Path, name: str, passwords: Sequence[str], limits: Limits
) -> OpenFile:
    if found.encrypted:
        raise EncryptedFile(f"{found.label}", where=name, advice="save it again without a password")
    match found.kind:
        case FileKind.PDF:
            return PdfFile(path, name, passwords, limits)
        case FileKind.IMAGE:
            return PictureFile(path, name, limits)
        case FileKind.DOCX:
            return open_word(path, name, limits)
        case FileKind.OFD:
            return OfdFile(path, name, limits)
        case FileKind.TEXT:
            return open_text(path, name, limits)
        case FileKind.HTML:
            return open_html(path, name, limits)
        case FileKind.RTF:
            return open_rtf(path, name, limits)
        case FileKind.OFFICE:
            return open_office(path, _OFFICE_SUFFIXES[found.label], name, limits)
        case FileKind.ZIP:
            raise UnsupportedFile(
                "a ZIP, not a document", where=name, advice="add it as a deposit of its own"
            )
    raise UnsupportedFile(
        f"{found.label}: there is no reader for this", where=name, advice=found.advice
    )
