"""Opening the database: SQLite (WAL) in the archive, or a server's PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from ..errors import ArchiveVersion
from .schema import SettingRow

_BUSY_SECONDS = 60
_MIGRATING = 20230508
"""Key of the lock under which only one process at a time upgrades a PostgreSQL schema."""


class Database:
    """Sessions on one database, brought to the present schema when it is opened."""

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        if self.url.drivername == "postgresql":
            self.url = self.url.set(drivername="postgresql+psycopg")
        # parameters are page texts and names: they do not belong into error messages
        self._engine = create_engine(self.url, hide_parameters=True)
        if self._engine.dialect.name == "sqlite":
            _prepare_sqlite(self._engine)
        # SQLite: a transaction that will write takes the write lock at its start, so that two
        # writers wait for each other instead of failing in the middle
        self._writing = self._engine.execution_options(dossier_write=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session in one transaction: committed at the end, rolled back on any error."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            yield session

    def hold_blobs(self, session: Session) -> None:
        """Until this transaction ends, nobody else adds records of blobs or discards blobs."""
        session.get(SettingRow, "home", with_for_update=True)

    def migrate(self) -> None:
        """Bring the schema to this library's version; `ArchiveVersion` if it is newer."""
        # looking needs no lock: opening must not wait for a batch that writes
        with self._engine.connect() as connection:
            present = _revision(connection)
        if present == newest_revision():
            return
        from . import migrating  # Alembic takes a seventh of a second

        if present is not None and present not in migrating.revisions():
            raise ArchiveVersion(
                f"the records have version {present}, which this library does not know",
                where=self.url.render_as_string(),
                advice="install a newer edossier",
            )
        with self._writing.connect() as connection, connection.begin():
            if connection.dialect.name == "postgresql":  # SQLite: BEGIN IMMEDIATE
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))
            migrating.upgrade(connection)

    def close(self) -> None:
        self._engine.dispose()


def newest_revision() -> str:
    """The revision that this library writes: files of migrations begin with theirs."""
    names = (each.name for each in (files(__package__) / "migrations" / "versions").iterdir())
    return max(name[:4] for name in names if name[:4].isdecimal())


def _revision(connection: Connection) -> str | None:
    """Of the schema that is there, None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(raw: Any, _entry: ConnectionPoolEntry) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves, below
        cursor = raw.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL: a committed document survives a power cut, not only a crash
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("dossier_write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
