"""Alembic's entry: runs the migrations on the connection `Database.migrate` hands over."""

from alembic import context

from dossier.records.schema import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,  # SQLite cannot alter columns in place
)
with context.begin_transaction():
    context.run_migrations()
