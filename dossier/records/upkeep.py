"""Letting go of blobs that no record names any more."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select

from .blobs import BlobStore
from .database import Database
from .schema import FileRow


def discard_unused(database: Database, blobs: BlobStore, hashes: Iterable[str]) -> None:
    """Delete those of these blobs that no file of any dossier names.

    Call it after the commit that let go of them: a blob without a record is harmless, the
    reverse is not.
    """
    with database.write() as session:
        database.hold_blobs(session)
        for sha256 in hashes:
            used = select(FileRow.id).where(
                or_(FileRow.sha256 == sha256, FileRow.working_sha256 == sha256)
            )
            if session.scalars(used.limit(1)).first() is None:
                blobs.discard(sha256)
