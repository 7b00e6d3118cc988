"""Originals by their SHA-256: written once, never changed, wholly there or not at all."""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..durable import sync_folder
from ..errors import BlobDamaged

_CHUNK = 1 << 20
_NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class BlobStore:
    """Files under `root`, each named by its SHA-256 in a folder of its first two digits."""

    root: Path

    def path(self, sha256: str) -> Path:
        """Where this content stands, or would stand."""
        if not _NAME.fullmatch(sha256):
            raise ValueError(f"not a SHA-256: {sha256!r}")
        return self.root / sha256[:2] / sha256

    def put_file(self, source: Path) -> str:
        """Copy a file in and return its SHA-256; content already there is not written again.

        Written under a temporary name, flushed to disk, then renamed: a power cut leaves either
        the whole blob or none.
        """
        with source.open("rb") as stream:
            return self._put(stream)

    def put_bytes(self, content: bytes) -> str:
        """As `put_file`, of what stands in memory."""
        return self._put(io.BytesIO(content))

    def _put(self, stream: BinaryIO) -> str:
        temporary = self.root / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        handle, name = tempfile.mkstemp(dir=temporary)
        try:
            with os.fdopen(handle, "wb") as target:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            sha256 = digest.hexdigest()
            final = self.path(sha256)
            if final.exists():
                return sha256
            final.parent.mkdir(exist_ok=True)
            Path(name).chmod(0o444)
            Path(name).replace(final)
            sync_folder(final.parent)
            return sha256
        finally:
            Path(name).unlink(missing_ok=True)

    def verify(self, sha256: str) -> None:
        """Hash the blob again; `BlobDamaged` if it is gone or not what its name says."""
        path = self.path(sha256)
        if not path.is_file():
            raise BlobDamaged(
                "the stored original is missing", where=sha256, advice="restore it from a backup"
            )
        if hash_file(path) != sha256:
            raise BlobDamaged(
                "the stored original has changed", where=sha256, advice="restore it from a backup"
            )

    def __iter__(self) -> Iterator[str]:
        """Every blob's SHA-256, in order."""
        for folder in sorted(self.root.iterdir()) if self.root.is_dir() else []:
            if len(folder.name) == 2:
                for path in sorted(folder.iterdir()):
                    if _NAME.fullmatch(path.name):
                        yield path.name

    def discard(self, sha256: str) -> None:
        """Delete a blob that no record names any more."""
        self.path(sha256).unlink(missing_ok=True)


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
