"""Bringing an older schema to the present one. Alembic is loaded only where there is need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def revisions() -> frozenset[str]:
    """All that this library knows."""
    with _config() as config:
        script = ScriptDirectory.from_config(config)
        return frozenset(revision.revision for revision in script.walk_revisions())


def upgrade(connection: Connection) -> None:
    """To the newest revision, in the transaction of `connection`."""
    with _config() as config:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _config() -> Iterator[Config]:
    with as_file(files(__package__) / "migrations") as folder:
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        yield config
