"""Records of an older library are brought to the present form with everything in them."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, select, text

import dossier.records
from dossier.records import Database, DossierRow, FileRow


def test_dossiers_of_before_templates_keep_their_files(records_url: str) -> None:
    database = Database(records_url)
    engine = create_engine(database.url)
    config = Config()
    folder = Path(str(dossier.records.__file__)).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        connection.execute(
            text(
                "INSERT INTO dossiers (name, origin, stale, added_at) "
                "VALUES ('甲', '', false, '2023-05-08 00:00:00')"
            )
        )
        connection.execute(
            text(
                "INSERT INTO files (dossier_id, name, sha256, working_sha256, working_kind, size, "
                "kind, signed, page_count, reading, notes, added_at) VALUES (1, '拘留证.pdf', "
                "'a', 'a', 'pdf', 1, 'pdf', false, 1, '', '[]', '2023-05-08 00:00:00')"
            )
        )
    engine.dispose()
    database.migrate()
    with database.read() as session:
        assert session.scalars(select(DossierRow)).one().revision == 0
        file = session.scalars(select(FileRow)).one()
        assert (file.name, file.generated) == ("拘留证.pdf", False)
    database.close()
