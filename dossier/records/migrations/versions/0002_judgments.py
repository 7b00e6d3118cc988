"""judgments, and an outbox that speaks of them too"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "judgments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("court", sa.String(length=200), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=False),
        sa.Column("form", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("card", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judgments")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_judgments_source")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("judgments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_judgments_form"), ["form"], unique=False)

    # what waits in the outbox now are pages
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.alter_column("page_id", new_column_name="item_id", existing_type=sa.Integer())
        batch_op.add_column(
            sa.Column("kind", sa.String(length=10), nullable=False, server_default="page")
        )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.alter_column("kind", server_default=None, existing_type=sa.String(length=10))


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE kind <> 'page'")
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_column("kind")
        batch_op.alter_column("item_id", new_column_name="page_id", existing_type=sa.Integer())

    with op.batch_alter_table("judgments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_judgments_form"))

    op.drop_table("judgments")
