"""Alembic's environment: the connection is handed in by the store, which opens and ends the transaction."""

from alembic import context

given = context.config.attributes
context.configure(connection=given["connection"], target_metadata=given.get("metadata"))
context.run_migrations()
