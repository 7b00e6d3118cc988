"""What a file is, decided by its content; the extension is only a hint."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from .encodings import Decoded, decode


class FileKind(StrEnum):
    """The kinds a reader or unpacker exists for."""

    PDF = "pdf"
    DOCX = "docx"
    IMAGE = "image"
    OFD = "ofd"
    TEXT = "text"
    HTML = "html"
    RTF = "rtf"
    OFFICE = "office"
    """What only LibreOffice reads: .doc, .wps, .odt."""
    ZIP = "zip"
    """A container: unpacked by `survey`, not opened as a page file."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Sniffed:
    """`kind`, its name for people (`label`: "JPEG"), and `advice` if no reader takes it."""

    kind: FileKind
    label: str
    advice: str | None = None
    encrypted: bool = False


HEAD = 8192

_IMAGES: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"\x00\x00\x00\x0cjP  \r\n\x87\n", "JPEG 2000"),
)

_RECORDING = "recordings are not documents: hand them over beside the dossier as a medium"
_ARCHIVE = "unpack it and add the folder, or pack it as ZIP"
_PROGRAM = "programs are never taken in"

_OTHERS: tuple[tuple[bytes, str, str], ...] = (
    (b"MZ", "a Windows program", _PROGRAM),
    (b"\x7fELF", "a program", _PROGRAM),
    (b"\xca\xfe\xba\xbe", "a program", _PROGRAM),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _ARCHIVE),
    (b"Rar!\x1a\x07", "a RAR archive", _ARCHIVE),
    (b"\x1f\x8b", "a gzip archive", _ARCHIVE),
    (b"BZh", "a bzip2 archive", _ARCHIVE),
    (b"\xfd7zXZ\x00", "an xz archive", _ARCHIVE),
    (b"\x1aE\xdf\xa3", "a video recording (Matroska)", _RECORDING),
    (b"ID3", "a sound recording (MP3)", _RECORDING),
    (b"\xff\xfb", "a sound recording (MP3)", _RECORDING),
    (b"\xff\xf3", "a sound recording (MP3)", _RECORDING),
    (b"OggS", "a sound recording (Ogg)", _RECORDING),
    (b"fLaC", "a sound recording (FLAC)", _RECORDING),
    (b"#!AMR", "a sound recording (AMR)", _RECORDING),
    (b"FLV\x01", "a video recording (FLV)", _RECORDING),
    (b"\x00\x00\x01\xba", "a video recording (MPEG)", _RECORDING),
    (b"\x00\x00\x01\xb3", "a video recording (MPEG)", _RECORDING),
    (b"0&\xb2u\x8ef\xcf\x11", "a recording (WMV/WMA)", _RECORDING),
    (b"SQLite format 3\x00", "a database", "export what belongs to the case as PDF"),
)

_EXTENSIONS: dict[FileKind, frozenset[str]] = {
    FileKind.PDF: frozenset({".pdf"}),
    FileKind.DOCX: frozenset({".docx", ".docm", ".dotx", ".dotm"}),
    FileKind.OFD: frozenset({".ofd"}),
    FileKind.TEXT: frozenset({".txt", ".text", ".log", ".csv", ".md", ".json", ".xml"}),
    FileKind.HTML: frozenset({".html", ".htm", ".xhtml"}),
    FileKind.RTF: frozenset({".rtf"}),
    FileKind.OFFICE: frozenset({".doc", ".dot", ".wps", ".wpt", ".odt", ".xml"}),
    FileKind.ZIP: frozenset({".zip"}),
}

_IMAGE_EXTENSIONS: dict[str, frozenset[str]] = {
    "JPEG": frozenset({".jpg", ".jpeg", ".jpe", ".jfif"}),
    "PNG": frozenset({".png"}),
    "TIFF": frozenset({".tif", ".tiff"}),
    "BMP": frozenset({".bmp", ".dib"}),
    "WebP": frozenset({".webp"}),
    "GIF": frozenset({".gif"}),
    "JPEG 2000": frozenset({".jp2", ".j2k", ".jpf", ".jpx"}),
    "AVIF": frozenset({".avif"}),
}

_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")
_HTML_START = re.compile(r"\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.I | re.S)
_HTML_TAG = re.compile(r"<(p|div|table|br|span|h[1-6]|td|meta)\b[^<>]*>", re.I)


def mismatch(name: str, sniffed: Sniffed) -> str | None:
    """The note for an extension that promises something else, or None."""
    found = _SUFFIX.search(name)
    if found is None:
        return None
    suffix = found.group().lower()
    if sniffed.kind is FileKind.IMAGE:
        right = _IMAGE_EXTENSIONS.get(sniffed.label, frozenset())
    else:
        right = _EXTENSIONS.get(sniffed.kind, frozenset())
    known = frozenset().union(*_EXTENSIONS.values(), *_IMAGE_EXTENSIONS.values())
    if suffix in right or suffix not in known:
        return None
    return f"extension-mismatch: {suffix} is {sniffed.label}"


def sniff(path: Path, name: str | None = None) -> Sniffed:
    """The kind of the file at `path`; `name` (default: its own) lends the extension as a hint.

    Never raises for odd content: what nobody can read is `FileKind.UNKNOWN` with advice. An empty
    file is UNKNOWN as well; `open_file` tells it apart.
    """
    suffix = Path(name or path.name).suffix.lower()
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _package(path)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return _compound(path)
    if b"%PDF-" in head[:1024]:
        return Sniffed(FileKind.PDF, "PDF")
    if head.lstrip().startswith(b"{\\rtf"):
        return Sniffed(FileKind.RTF, "RTF")
    for magic, label in _IMAGES:
        if head.startswith(magic):
            return Sniffed(FileKind.IMAGE, label)
    if head[:2] == b"BM" and len(head) > 26 and head[14:18] in _BITMAP_HEADERS:
        return Sniffed(FileKind.IMAGE, "BMP")
    if head[:4] == b"RIFF":
        return _riff(head)
    if head[4:8] == b"ftyp":
        return _base_media(head)
    for magic, label, advice in _OTHERS:
        if head.startswith(magic):
            return Sniffed(FileKind.UNKNOWN, label, advice)
    if head[257:262] == b"ustar":
        return Sniffed(FileKind.UNKNOWN, "a tar archive", _ARCHIVE)
    return _words(head, suffix)


_BITMAP_HEADERS = frozenset(size.to_bytes(4, "little") for size in (12, 40, 52, 56, 64, 108, 124))


def _riff(head: bytes) -> Sniffed:
    if head[8:12] == b"WEBP":
        return Sniffed(FileKind.IMAGE, "WebP")
    return Sniffed(FileKind.UNKNOWN, "a recording (WAV/AVI)", _RECORDING)


def _base_media(head: bytes) -> Sniffed:
    brand = head[8:12]
    if brand in (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"):
        return Sniffed(FileKind.UNKNOWN, "a HEIC photo", "save the photo as JPEG")
    if brand in (b"avif", b"avis"):
        return Sniffed(FileKind.IMAGE, "AVIF")
    return Sniffed(FileKind.UNKNOWN, "a recording (MP4/MOV/M4A)", _RECORDING)


def _package(path: Path) -> Sniffed:
    try:
        with zipfile.ZipFile(path) as package:
            names = {info.filename.replace("\\", "/") for info in package.infolist()}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        # a torn package still tells what it was by its first member
        return Sniffed(FileKind.ZIP, "ZIP")
    if "[Content_Types].xml" in names:
        if any(name.startswith("word/") for name in names):
            return Sniffed(FileKind.DOCX, "DOCX")
        if any(name.startswith("xl/") for name in names):
            return Sniffed(FileKind.UNKNOWN, "an Excel workbook", "save it as PDF")
        if any(name.startswith("ppt/") for name in names):
            return Sniffed(FileKind.UNKNOWN, "a PowerPoint file", "save it as PDF")
    if any(name.lower() == "ofd.xml" for name in names):
        return Sniffed(FileKind.OFD, "OFD")
    if "mimetype" in names and "content.xml" in names and "META-INF/manifest.xml" in names:
        return Sniffed(FileKind.OFFICE, "OpenDocument")
    return Sniffed(FileKind.ZIP, "ZIP")


def _compound(path: Path) -> Sniffed:
    """OLE2: told apart by the names in its directory, which are UTF-16."""
    with path.open("rb") as file:
        content = file.read(64 * 1024 * 1024)

    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in content

    if has("EncryptedPackage"):
        return Sniffed(FileKind.OFFICE, "an encrypted Office file", encrypted=True)
    if has("WordDocument"):
        return Sniffed(FileKind.OFFICE, "DOC")
    if has("WpsDocument") or has("MatOST"):
        return Sniffed(FileKind.OFFICE, "WPS")
    if has("Workbook") or has("Book"):
        return Sniffed(FileKind.UNKNOWN, "an Excel workbook", "save it as PDF")
    if has("PowerPoint Document"):
        return Sniffed(FileKind.UNKNOWN, "a PowerPoint file", "save it as PDF")
    if has("__substg1.0"):
        return Sniffed(FileKind.UNKNOWN, "an Outlook message", "save it as PDF")
    return Sniffed(FileKind.UNKNOWN, "an unknown OLE file", "save it as PDF or DOCX")


def _words(head: bytes, suffix: str) -> Sniffed:
    decoded: Decoded | None = decode(head, cut=len(head) == HEAD)
    if decoded is None or not decoded.text.strip("\ufeff\x00"):
        return Sniffed(FileKind.UNKNOWN, "of unknown content", "save it as PDF")
    text = decoded.text
    if 'progid="Word.Document"' in text or "mso-application" in text:
        return Sniffed(FileKind.OFFICE, "Word XML")
    if re.match(r"(From |MIME-Version:|Received:|Content-Type:\s*multipart)", text, re.I):
        return Sniffed(FileKind.UNKNOWN, "a mail or web archive", "save it as PDF")
    if _HTML_START.match(re.sub(r"^\s*<\?xml.*?\?>", "", text, flags=re.S)):
        return Sniffed(FileKind.HTML, "HTML")
    if suffix in (".html", ".htm", ".xhtml") and _HTML_TAG.search(text):
        return Sniffed(FileKind.HTML, "HTML")
    return Sniffed(FileKind.TEXT, "text")
