"""The folder of a tantivy index: our own marker, and whether the files are whole.

tantivy closes every segment file with a footer that holds the CRC-32 of what stands before it, but
never checks it, and a changed byte gives wrong answers or ends the process. So the marker
`dossier-index.json` keeps size and time of the files we wrote: on opening, files that still have
both are trusted, all others (an index that was copied, merged in the background or changed) are
read once and compared with their footer.
"""

from __future__ import annotations

import json
import os
import re
import struct
import zlib
from contextlib import suppress
from pathlib import Path

import tantivy
from pydantic import BaseModel, ConfigDict, ValidationError

from ..errors import ArchiveExists, IndexDamaged, IndexVersion

MARKER = "dossier-index.json"
META = "meta.json"
ENGINE = "tantivy"
FORM = 1
"""Number of the form in which this module writes. Higher it with every change of the fields or of
`dossier.search.analysis`."""

REBUILD = "rebuild the index from the records"
_PARTS = ("term", "idx", "pos", "store", "fast", "fieldnorm")
_FOOTER = struct.Struct("<II")
_MAGIC = 1337
_BLOCK = 1 << 20


def index_format() -> int:
    """Number of tantivy's own file format."""
    version = str(vars(tantivy).get("__version__", ""))  # its types do not have it
    found = re.search(r"index_format v([0-9]+)", version)
    return int(found[1]) if found else 0


class Marker(BaseModel):
    """What `dossier-index.json` holds.

    `files`    name → size in bytes and time of change in ns
    `segments` identity → number of entries, deleted ones included
    `schema_`  CRC-32 of the fields as tantivy describes them
    """

    model_config = ConfigDict(extra="forbid")

    engine: str
    form: int
    index_format: int
    files: dict[str, tuple[int, int]] = {}
    segments: dict[str, int] = {}
    schema_: int = 0


class _Deletes(BaseModel):
    num_deleted_docs: int
    opstamp: int


class _Segment(BaseModel):
    segment_id: str
    max_doc: int
    deletes: _Deletes | None = None

    def names(self) -> list[str]:
        stem = self.segment_id.replace("-", "")
        names = [f"{stem}.{part}" for part in _PARTS]
        if self.deletes is not None:
            names.append(f"{stem}.{self.deletes.opstamp}.del")
        return names


class _Meta(BaseModel):
    """The parts of tantivy's `meta.json` that we look at."""

    segments: list[_Segment]
    schema_: list[object]

    @classmethod
    def read(cls, folder: Path) -> _Meta:
        try:
            data = json.loads((folder / META).read_bytes())
            return cls(segments=data["segments"], schema_=data["schema"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise damaged(folder, f"{META} cannot be read") from error

    def fingerprint(self) -> int:
        return zlib.crc32(json.dumps(self.schema_, sort_keys=True).encode())


def damaged(folder: Path, what: str) -> IndexDamaged:
    return IndexDamaged(f"search index damaged: {what}", where=str(folder), advice=REBUILD)


def prepare(folder: Path) -> None:
    """An empty folder for a new index."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ArchiveExists("something already stands here", where=str(folder))
    folder.mkdir(parents=True, exist_ok=True)


def mark(folder: Path) -> None:
    """Write the marker for what stands in the folder now."""
    meta = _Meta.read(folder)
    files = {}
    for segment in meta.segments:
        for name in segment.names():
            state = (folder / name).stat()
            files[name] = (state.st_size, state.st_mtime_ns)
    marker = Marker(
        engine=ENGINE,
        form=FORM,
        index_format=index_format(),
        files=files,
        segments={segment.segment_id: segment.max_doc for segment in meta.segments},
        schema_=meta.fingerprint(),
    )
    draft = folder / f"{MARKER}.{os.getpid()}"
    draft.write_text(marker.model_dump_json(), encoding="utf-8")
    draft.replace(folder / MARKER)


def check(folder: Path) -> None:
    """Raises IndexVersion for an index of another form, IndexDamaged if a file is not whole."""
    marker = _read_marker(folder)
    meta = _Meta.read(folder)
    if meta.fingerprint() != marker.schema_:
        raise damaged(folder, f"{META} does not describe our fields")
    read = 0
    for segment in meta.segments:
        if marker.segments.get(segment.segment_id, segment.max_doc) != segment.max_doc:
            raise damaged(folder, f"{META} gives a wrong number of entries")
        for name in segment.names():
            read += _check_file(folder, name, marker.files.get(name))
    if read:
        # so that the next one need not read them all again: after a copy or a restoration
        with suppress(OSError):
            mark(folder)


def _read_marker(folder: Path) -> Marker:
    try:
        data = json.loads((folder / MARKER).read_bytes())
        found = (data["engine"], data["form"], data["index_format"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise damaged(folder, f"{MARKER} is missing or cannot be read") from error
    ours = (ENGINE, FORM, index_format())
    if found != ours:
        told = "/".join(str(part)[:20] for part in found)
        raise IndexVersion(
            f"the search index has form {told}, this library writes {'/'.join(map(str, ours))}",
            where=str(folder),
            advice=REBUILD,
        )
    try:
        return Marker.model_validate(data)
    except ValidationError as error:
        raise damaged(folder, f"{MARKER} cannot be read") from error


def _check_file(folder: Path, name: str, known: tuple[int, int] | None) -> bool:
    """Whether the whole file had to be read to know that it is as it was written."""
    try:
        state = (folder / name).stat()
        if known == (state.st_size, state.st_mtime_ns):
            return False
        whole = (known is None or known[0] == state.st_size) and _sum_fits(folder / name)
    except FileNotFoundError as error:
        raise FileNotFoundError(name) from error
    except OSError as error:
        raise damaged(folder, f"{name} cannot be read") from error
    if not whole:
        raise damaged(folder, f"{name} has changed")
    return True


def _sum_fits(path: Path) -> bool:
    """Whether a segment file has the CRC-32 that its footer tells."""
    size = path.stat().st_size
    if size < _FOOTER.size:
        return False
    with path.open("rb") as file:
        file.seek(size - _FOOTER.size)
        length, magic = _FOOTER.unpack(file.read(_FOOTER.size))
        body = size - _FOOTER.size - length
        if magic != _MAGIC or body < 0:
            return False
        file.seek(body)
        try:
            told = json.loads(file.read(length))["crc"]
        except (ValueError, KeyError, TypeError):
            return False
        file.seek(0)
        found, left = 0, body
        while left > 0:
            block = file.read(min(_BLOCK, left))
            if not block:
                return False
            found, left = zlib.crc32(block, found), left - len(block)
    return bool(found == told)
