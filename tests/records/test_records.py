"""Records on SQLite and on a real PostgreSQL, migrations, and the outbox."""

from __future__ import annotations

import subprocess
import sys
import threading
from functools import partial
from importlib.resources import files
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import IntegrityError

from dossier.errors import ArchiveVersion
from dossier.records import Database, DossierRow, FileRow, PageRow, outbox
from dossier.records.database import newest_revision
from dossier.records.schema import Row


@pytest.fixture
def database(records_url: str):
    database = Database(records_url)
    database.migrate()
    yield database
    database.close()


def _file(dossier_id: int, sha256: str = "a" * 64) -> FileRow:
    return FileRow(
        dossier_id=dossier_id, name="拘留证.pdf", volume="诉讼文书卷", sha256=sha256,
        working_sha256=sha256, working_kind="pdf", size=5_000_000_000, kind="pdf",
        signed=False, page_count=1, reading="", notes=["extension-mismatch"],
    )  # fmt: skip


def test_migrations_give_exactly_the_schema_of_the_models(database: Database) -> None:
    engine = create_engine(database.url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, Row.metadata) == []
    engine.dispose()


def test_a_database_of_a_newer_library_is_refused_with_advice(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ArchiveVersion, match=r"9999.*newer edossier"):
        database.migrate()


def test_chinese_names_large_files_and_json_come_back_as_they_went_in(database: Database) -> None:
    with database.write() as session:
        dossier = DossierRow(name="马某某盗窃案", origin="/卷宗")
        session.add(dossier)
        session.flush()
        session.add(_file(dossier.id))
    with database.read() as session:
        row = session.scalars(select(FileRow)).one()
        assert (row.name, row.volume, row.size) == ("拘留证.pdf", "诉讼文书卷", 5_000_000_000)
        assert row.notes == ["extension-mismatch"]


def test_an_error_in_a_transaction_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        session.add(DossierRow(name="甲", origin=""))
        session.flush()
        raise RuntimeError
    with database.read() as session:
        assert session.scalars(select(DossierRow)).all() == []


def test_one_content_stands_once_in_a_dossier(database: Database) -> None:
    with database.write() as session:
        dossier = DossierRow(name="甲", origin="")
        session.add(dossier)
        session.flush()
        session.add(_file(dossier.id))
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(_file(1))


def test_deleting_a_dossier_takes_its_files_and_pages_along(database: Database) -> None:
    with database.write() as session:
        dossier = DossierRow(name="甲", origin="")
        session.add(dossier)
        session.flush()
        file = _file(dossier.id)
        session.add(file)
        session.flush()
        session.add(
            PageRow(
                dossier_id=dossier.id, file_id=file.id, number=0, layer=b"", text="",
                confidence=1, origin="native",
            )
        )  # fmt: skip
        session.flush()
        session.delete(dossier)
    with database.read() as session:
        assert session.scalars(select(PageRow)).all() == []
        assert session.scalars(select(FileRow)).all() == []


def test_two_writers_wait_for_each_other(database: Database) -> None:
    """40 read-then-write transactions from 4 threads: none fails, none is lost."""
    with database.write() as session:
        session.add(DossierRow(name="甲", origin="0"))

    def count_up() -> None:
        for _ in range(10):
            with database.write() as session:
                row = session.get_one(DossierRow, 1, with_for_update=True)
                row.origin = str(int(row.origin) + 1)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert session.get_one(DossierRow, 1).origin == "40"


def test_a_reader_is_not_blocked_by_an_open_write(database: Database) -> None:
    with database.write() as session:
        session.add(DossierRow(name="甲", origin=""))
    with database.write() as writing:
        writing.add(DossierRow(name="乙", origin=""))
        writing.flush()
        with database.read() as reading:
            assert [row.name for row in reading.scalars(select(DossierRow))] == ["甲"]


def test_outbox_tells_each_consumer_once_until_done(database: Database) -> None:
    with database.write() as session:
        outbox.enqueue(session, [1], outbox.PUT)  # nobody listens yet
        assert outbox.register(session, "search")
        assert not outbox.register(session, "search")
        assert outbox.register(session, "similarity")
        outbox.enqueue(session, [1, 2], outbox.PUT)
        outbox.enqueue(session, [1], outbox.DELETE)
    with database.write() as session:
        changes = outbox.pending(session, "search")
        assert [(c.item_id, c.action) for c in changes] == [(1, "put"), (2, "put"), (1, "delete")]
        outbox.done(session, changes[:2])
    with database.read() as session:
        assert [c.action for c in outbox.pending(session, "search")] == ["delete"]
        assert len(outbox.pending(session, "similarity")) == 3


def test_outbox_entry_goes_with_a_transaction_that_fails(database: Database) -> None:
    with database.write() as session:
        outbox.register(session, "search")
    with pytest.raises(RuntimeError), database.write() as session:
        outbox.enqueue(session, [7], outbox.PUT)
        raise RuntimeError
    with database.read() as session:
        assert outbox.pending(session, "search") == []


def test_the_newest_revision_is_that_of_alembic() -> None:
    config = Config()
    config.set_main_option("script_location", str(files("dossier.records") / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == newest_revision()


def test_alembic_is_loaded_only_where_it_is_needed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/records.sqlite3"
    opening = (
        "import sys; from dossier.records import Database; "
        f"Database({url!r}).migrate(); print('alembic' in sys.modules)"
    )
    run = partial(subprocess.run, [sys.executable, "-c", opening], check=True, capture_output=True)
    assert run().stdout.strip() == b"True"
    assert run().stdout.strip() == b"False"
