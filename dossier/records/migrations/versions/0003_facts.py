"""facts of cases as they were last made, and what people said about them"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "fact_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
            name=op.f("fk_fact_corrections_dossier_id_dossiers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fact_corrections")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("fact_corrections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_fact_corrections_dossier_id"), ["dossier_id"], unique=False
        )

    op.create_table(
        "facts",
        sa.Column("dossier_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("card", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossiers.id"],
            name=op.f("fk_facts_dossier_id_dossiers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("dossier_id", name=op.f("pk_facts")),
    )


def downgrade() -> None:
    op.drop_table("facts")
    with op.batch_alter_table("fact_corrections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fact_corrections_dossier_id"))

    op.drop_table("fact_corrections")
