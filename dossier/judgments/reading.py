"""Records of a corpus one after the other: JSONL and JSON, plain or compressed, folders, ZIPs.

Corpora come from anywhere: nothing here holds more than one line, and whatever is wrong with a line
is said and the next one read.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, cast

from ..errors import DamagedFile, HostileFile, UnsupportedFile
from ..ingest.encodings import decode

LINES = (".jsonl", ".ndjson")
WHOLE = (".json", ".txt")
PACKED = (".xz", ".gz", ".bz2")


@dataclass(frozen=True, slots=True)
class ImportLimits:
    """Bounds for hostile corpora.

    `line_bytes`     one line, or one JSON or text file
    `text_length`    characters of one judgment
    `unpacked_bytes` of all that is read
    `ratio`          unpacked to packed size of one file, above `ratio_floor` bytes
    `packing_memory` bytes that unpacking an .xz may take
    """

    line_bytes: int = 64 * 1024**2
    text_length: int = 2_000_000
    unpacked_bytes: int = 500 * 1024**3
    ratio: float = 400.0
    ratio_floor: int = 256 * 1024**2
    packing_memory: int = 256 * 1024**2


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in the corpus, or what is wrong with it.

    `place`  file and line ("a.jsonl:17")
    `name`   name of the file, where the record is a whole file: its id if it has no other
    """

    place: str
    fields: dict[str, Any] | None = None
    name: str = ""
    wrong: str = ""


class Reader:
    """Reads a corpus; `read_bytes` of `total_bytes` are behind us, as they lie on disk."""

    def __init__(self, path: Path, limits: ImportLimits) -> None:
        self._path = path
        self._limits = limits
        if path.is_dir():
            found = (each for each in path.rglob("*") if each.is_file() and not each.is_symlink())
            self.files = sorted(each for each in found if _kind(each.name) or _is_zip(each.name))
            if not self.files:
                raise UnsupportedFile("no .jsonl, .json or .txt in this folder", where=str(path))
        else:
            self.files = [path]
            if not (_kind(path.name) or _is_zip(path.name)):
                raise UnsupportedFile(
                    "not a corpus of judgments",
                    where=path.name,
                    advice="JSONL, JSON or TXT, plain or as .xz, .gz, .bz2, .zip, or a folder",
                )
        self.total_bytes = sum(each.stat().st_size for each in self.files)
        self.read_bytes = 0
        self._unpacked = 0

    def __iter__(self) -> Iterator[Record]:
        for file in self.files:
            before = self.read_bytes
            name = file.name if file == self._path else file.relative_to(self._path).as_posix()
            try:
                yield from self._file(file, name)
            except _UNREADABLE as error:
                # what came before the damage is in; the rest of this file is lost
                yield Record(name, wrong=f"cannot be read further: {_said(error)}")
            except HostileFile as error:
                yield Record(name, wrong=error.what)
            self.read_bytes = before + file.stat().st_size

    def _file(self, file: Path, name: str) -> Iterator[Record]:
        with file.open("rb") as raw:
            if not _is_zip(name):
                yield from self._stream(raw, name, file.stat().st_size, raw)
                return
            with zipfile.ZipFile(raw) as archive:
                for member in archive.infolist():
                    if member.is_dir() or not _kind(member.filename):
                        continue
                    place = f"{name}/{member.filename}"
                    if member.flag_bits & 1:
                        yield Record(place, wrong="encrypted")
                        continue
                    with archive.open(member) as inside:
                        yield from self._stream(inside, place, member.compress_size, raw)

    def _stream(
        self, packed: IO[bytes], name: str, packed_size: int, raw: BinaryIO
    ) -> Iterator[Record]:
        with ExitStack() as stack:
            stream = stack.enter_context(closing(_unpacked(packed, name, self._limits)))
            counted = _Counted(stream, packed_size, self._limits, self, raw)
            if _kind(name) in LINES:
                yield from _lines(counted, name, self._limits)
            else:
                yield from _whole(counted, name, self._limits)

    def passed(self, size: int) -> None:
        """So many more bytes were unpacked."""
        self._unpacked += size
        if self._unpacked > self._limits.unpacked_bytes:
            raise HostileFile(f"more than {self._limits.unpacked_bytes} bytes unpacked")


_UNREADABLE = (
    OSError, EOFError, lzma.LZMAError, zlib.error, zipfile.BadZipFile, NotImplementedError,
    DamagedFile,
)  # fmt: skip


def _said(error: BaseException) -> str:
    return error.what if isinstance(error, DamagedFile) else str(error) or type(error).__name__


def _suffixes(name: str) -> tuple[str, str]:
    path = PurePosixPath(name.casefold())
    packed = path.suffix if path.suffix in PACKED else ""
    return (PurePosixPath(path.stem).suffix if packed else path.suffix), packed


def _kind(name: str) -> str:
    """ ".jsonl" …, "" if it is none of ours."""
    kind, _ = _suffixes(name)
    return kind if kind in LINES or kind in WHOLE else ""


def _is_zip(name: str) -> bool:
    return name.casefold().endswith(".zip")


def stem(path: Path) -> str:
    """A file's name without any of our endings."""
    name = path.name
    while not path.is_dir() and PurePosixPath(name).suffix.casefold() in (
        *LINES, *WHOLE, *PACKED, ".zip",
    ):  # fmt: skip
        name = PurePosixPath(name).stem
    return name


def _unpacked(stream: IO[bytes], name: str, limits: ImportLimits) -> IO[bytes]:
    match _suffixes(name)[1]:
        case ".xz":
            return io.BufferedReader(_Xz(stream, limits.packing_memory), 1 << 20)
        case ".gz":
            return io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=stream)))
        case ".bz2":
            return bz2.BZ2File(stream)
    return stream


class _Xz(io.RawIOBase):
    """An .xz stream with a bound on memory, which `lzma.open` lacks."""

    def __init__(self, stream: IO[bytes], memory: int) -> None:
        self._stream = stream
        self._memory = memory
        self._coder = lzma.LZMADecompressor(memlimit=memory)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while True:
            if self._coder.eof:
                # streams may follow each other, with zeros between
                self._rest = (self._coder.unused_data + self._rest).lstrip(b"\0")
                if not self._rest:
                    self._rest = self._stream.read(1 << 16)
                    self._rest = self._rest.lstrip(b"\0")
                    if not self._rest:
                        return 0
                self._coder = lzma.LZMADecompressor(memlimit=self._memory)
            if self._coder.needs_input and not self._rest:
                self._rest = self._stream.read(1 << 16)
                if not self._rest:
                    raise EOFError("the file ends in the middle of its compressed data")
            data = self._coder.decompress(self._rest, max_length=len(buffer))
            self._rest = b""
            if data:
                buffer[: len(data)] = data
                return len(data)


class _Counted:
    """A stream that knows how much came out of how little."""

    def __init__(
        self, stream: IO[bytes], packed: int, limits: ImportLimits, reader: Reader, raw: BinaryIO
    ) -> None:
        self._stream = stream
        self._limits = limits
        self._most = max(limits.ratio_floor, int(packed * limits.ratio))
        self._seen = 0
        self._reader = reader
        self._raw = raw
        self._base = reader.read_bytes

    def _count(self, data: bytes) -> bytes:
        self._seen += len(data)
        if self._seen > self._most:
            raise HostileFile(
                f"unpacks to more than {self._limits.ratio:.0f} times its size: not a corpus"
            )
        self._reader.passed(len(data))
        self._reader.read_bytes = self._base + self._raw.tell()
        return data

    def readline(self, size: int) -> bytes:
        return self._count(self._stream.readline(size))

    def read(self, size: int) -> bytes:
        return self._count(self._stream.read(size))


def _lines(stream: _Counted, name: str, limits: ImportLimits) -> Iterator[Record]:
    number, encoding = 0, ""
    while line := stream.readline(limits.line_bytes + 1):
        number += 1
        place = f"{name}:{number}"
        if len(line) > limits.line_bytes:
            while line and not line.endswith(b"\n"):
                line = stream.readline(1 << 20)
            yield Record(place, wrong=f"longer than {limits.line_bytes} bytes")
            continue
        if number == 1:
            if line.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in line[:200]:
                raise DamagedFile("UTF-16, or not text: save it as UTF-8")
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        text, encoding = _decoded(line, encoding)
        if text is None:
            yield Record(place, wrong="not text in UTF-8 or GB18030")
            continue
        yield _parsed(text, place)


def _decoded(line: bytes, encoding: str) -> tuple[str | None, str]:
    """One line, in the encoding that the lines before had, or the one it fits."""
    if line.isascii():  # says nothing of the next line
        return line.decode("ascii"), encoding
    for each in dict.fromkeys([encoding or "utf-8", "utf-8"]):
        try:
            return line.decode(each), each
        except UnicodeDecodeError:
            continue
    if encoding == "utf-8":  # a torn line in a UTF-8 file is not suddenly GB18030
        return None, encoding
    found = decode(line)
    if found is None or found.lost or found.encoding.startswith("utf-16"):
        return None, encoding
    return found.text, found.encoding


def _parsed(text: str, place: str) -> Record:
    try:
        value = json.loads(text)
    except ValueError as error:
        return Record(place, wrong=f"not JSON: {_json_error(error)}")
    except RecursionError:
        return Record(place, wrong="not JSON: nested too deeply")
    if not isinstance(value, dict):
        return Record(place, wrong="not a JSON object")
    return Record(place, value)


def _json_error(error: ValueError) -> str:
    # its own message may quote the line
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    return "a number too long"


def _whole(stream: _Counted, name: str, limits: ImportLimits) -> Iterator[Record]:
    """A JSON file (an object, or an array of them) or the text of one judgment."""
    chunks: list[bytes] = []
    size = 0
    while chunk := stream.read(1 << 20):
        chunks.append(chunk)
        size += len(chunk)
        if size > limits.line_bytes:
            yield Record(name, wrong=f"longer than {limits.line_bytes} bytes: make it JSONL")
            return
    found = decode(b"".join(chunks))
    chunks.clear()
    if found is None:
        yield Record(name, wrong="empty, or not text")
        return
    if _kind(name) == ".txt":
        title = PurePosixPath(name).name.removesuffix(".txt")
        yield Record(name, {"title": title, "text": found.text}, name=name)
        return
    try:
        value = json.loads(found.text)
    except ValueError as error:
        advice = ": call it .jsonl" if _json_error(error).startswith("Extra data") else ""
        yield Record(name, wrong=f"not JSON: {_json_error(error)}{advice}")
        return
    except RecursionError:
        yield Record(name, wrong="not JSON: nested too deeply")
        return
    if isinstance(value, dict):
        yield Record(name, value, name=name)
        return
    for at, each in enumerate(value if isinstance(value, list) else [value], 1):
        place = f"{name}[{at}]"
        if isinstance(each, dict):
            yield Record(place, each)
        else:
            yield Record(place, wrong="not a JSON object")
