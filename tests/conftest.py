"""What tests of several rooms share: a real PostgreSQL, a Chinese font, the sample cases."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from dossier import Archive, IngestReport

# the same strings each time, so that what was green stays green; `HYPOTHESIS_PROFILE=explore
# pytest …` looks for new ones
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

ROOT = Path(__file__).parent.parent
CASES = ROOT / "examples" / "cases"


@pytest.fixture(scope="session")
def samples_taken_in(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Archive, IngestReport]]:
    """The six sample dossiers as recognised from their scans. It takes minutes: tests with it are
    in the xdist group `samples`, and what changes an archive changes a copy."""
    from whole_way import CASE_NAMES, source

    with Archive.create(tmp_path_factory.mktemp("samples") / "archive") as archive:
        report = archive.add([source(case) for case in CASE_NAMES], ocr="fast")
        yield archive, report


def _postgres_programs() -> Path | None:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).parent
    # Debian keeps server programs off the PATH
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL of our own on a socket in a temporary folder; yields the socket's folder."""
    programs = _postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL server programs are not installed (Debian: postgresql)")
    user = None
    if os.geteuid() == 0:  # the server refuses to run as root
        try:
            pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("running as root and there is no user postgres to start the server")
        user = "postgres"
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path must be short
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run(
            [str(programs / command[0]), *command[1:]],
            check=True, user=user, cwd=folder, stdout=subprocess.DEVNULL, timeout=60,
        )  # fmt: skip

    run("initdb", "-D", str(data), "-U", "tester", "-A", "trust", "-E", "UTF8", "--no-sync")
    run(
        "pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"),
        "-o", f"-k {folder} -c listen_addresses='' -c fsync=off", "start",
    )  # fmt: skip
    yield str(folder)
    run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """A fresh, empty database."""
    import psycopg

    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(host=postgres_server, user="tester", dbname="postgres") as connection:
        connection.autocommit = True
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"postgresql://tester@/{name}?host={postgres_server}"


@pytest.fixture(params=["sqlite", "postgresql"])
def records_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The same test on both databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/records.sqlite3"
    url: str = request.getfixturevalue("postgres_url")
    return url
