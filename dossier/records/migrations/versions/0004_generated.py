"""documents made from templates, counters of their numbers, and what a dossier's facts hang on"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("organ", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("organ", "kind", "year", name=op.f("pk_counters")),
    )
    op.create_table(
        "generated",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("series", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("template", sa.String(length=100), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("template_sha256", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=True),
        sa.Column("number_form", sa.String(length=200), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("typed", sa.JSON(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
            name=op.f("fk_generated_dossier_id_dossiers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["files.id"], name=op.f("fk_generated_file_id_files"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generated")),
        sa.UniqueConstraint(
            "dossier_id", "series", "version", name=op.f("uq_generated_dossier_id")
        ),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("generated", schema=None) as batch_op:
        for column in ("number_form", "request", "sha256"):
            batch_op.create_index(batch_op.f(f"ix_generated_{column}"), [column], unique=False)

    # added in place: a batch would copy these tables, and dropping the old dossiers would take
    # everything that hangs on them along
    op.add_column(
        "dossiers", sa.Column("revision", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column(
        "files", sa.Column("generated", sa.Boolean(), nullable=False, server_default=sa.false())
    )


def downgrade() -> None:
    op.execute("DELETE FROM files WHERE generated")
    op.drop_column("files", "generated")
    op.drop_column("dossiers", "revision")
    with op.batch_alter_table("generated", schema=None) as batch_op:
        for column in ("sha256", "request", "number_form"):
            batch_op.drop_index(batch_op.f(f"ix_generated_{column}"))

    op.drop_table("generated")
    op.drop_table("counters")
