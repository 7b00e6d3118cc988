"""The clean fictional case with test templates, on each database."""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from drafted_cases import put_all, take_in_case

from dossier import Archive


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with one case, test templates and offices: only to be copied."""
    home = tmp_path_factory.mktemp("once")
    with Archive.create(home / "archive") as made:
        take_in_case(made, home)
        put_all(made)
    return home / "archive"


@pytest.fixture(scope="session")
def made_once_on_a_server(
    postgres_server: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, str]:
    """The same with its records on PostgreSQL, and the name of the database."""
    import psycopg

    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(host=postgres_server, user="tester", dbname="postgres") as connection:
        connection.autocommit = True
        connection.execute(f'CREATE DATABASE "{name}"')
    home = tmp_path_factory.mktemp("once")
    url = f"postgresql://tester@/{name}?host={postgres_server}"
    with Archive.create(home / "archive", records=url) as made:
        take_in_case(made, home)
        put_all(made)
    return home / "archive", name


def _copy_on_file(request: pytest.FixtureRequest, target: Path) -> None:
    once: Path = request.getfixturevalue("made_once")
    shutil.copytree(once, target)
    connection = sqlite3.connect(target / "records.sqlite3")
    connection.execute("UPDATE settings SET value = ? WHERE key = 'home'", (str(target),))
    connection.commit()
    connection.close()


def _copy_on_server(request: pytest.FixtureRequest, target: Path) -> None:
    import psycopg

    server: str = request.getfixturevalue("postgres_server")
    once, base = request.getfixturevalue("made_once_on_a_server")
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(host=server, user="tester", dbname="postgres") as connection:
        connection.autocommit = True
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{base}"')
    with psycopg.connect(host=server, user="tester", dbname=name) as connection:
        connection.execute("UPDATE settings SET value = %s WHERE key = 'home'", (str(target),))
    shutil.copytree(once, target)
    config = target / "archive.toml"
    config.write_text(config.read_text("utf-8").replace(base, name), "utf-8")


_COPIES: dict[str, Callable[[pytest.FixtureRequest, Path], None]] = {
    "sqlite": _copy_on_file,
    "postgresql": _copy_on_server,
}


@pytest.fixture(params=sorted(_COPIES))
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """An archive with one case, test templates and offices, to do with as the test likes."""
    _COPIES[request.param](request, tmp_path / "archive")
    with Archive.open(tmp_path / "archive") as opened:
        yield opened
