"""Letting go of blobs that no record names any more."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from .blobs import BlobStore
from .database import Database
from .schema import FileRow, GeneratedRow


def discard_unused(database: Database, blobs: BlobStore, hashes: Iterable[str]) -> None:
    """Delete those of these blobs that no file and no generated document names.

    Call it after the commit that let go of them: a blob without a record is harmless, the
    reverse is not.
    """
    with database.write() as session:
        database.hold_blobs(session)
        for sha256 in hashes:
            of_file = select(FileRow.id).where(
                or_(FileRow.sha256 == sha256, FileRow.working_sha256 == sha256)
            )
            made = select(GeneratedRow.id).where(GeneratedRow.sha256 == sha256)
            if all(session.scalars(query.limit(1)).first() is None for query in (of_file, made)):
                blobs.discard(sha256)


def unused_blobs(session: Session, blobs: BlobStore) -> list[str]:
    """Blobs that no file and no generated document names at this moment."""
    named: set[str] = set(session.scalars(select(GeneratedRow.sha256)))
    for row in session.execute(select(FileRow.sha256, FileRow.working_sha256)):
        named.update(row)
    return [sha256 for sha256 in blobs if sha256 not in named]


_HOUR = 3600.0


def sweep(database: Database, blobs: BlobStore, work: Path) -> int:
    """Delete what interrupted batches left behind and nobody names, if it is an hour old.

    Blobs without a record, half-written blobs, and read pages whose file never came in. Returns
    how many.
    """
    limit = time.time() - _HOUR
    with database.read() as session:
        unnamed = unused_blobs(session, blobs)
    gone = 0
    for leftover in [*blobs.root.glob("tmp/*"), *work.glob("pages/*")]:
        if leftover.stat().st_mtime < limit:
            shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink()
            gone += 1
    old = [sha256 for sha256 in unnamed if blobs.path(sha256).stat().st_mtime < limit]
    discard_unused(database, blobs, old)
    return gone + sum(not blobs.path(sha256).exists() for sha256 in old)
