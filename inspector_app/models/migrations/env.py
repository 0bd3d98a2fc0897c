"""Alembic's environment: the connection is handed in by the register, which opens and ends the transaction."""

from alembic import context

from inspector_app.models.base import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
