"""Upgrades of the register's file: one file per schema number in `versions`, run by Alembic in one transaction."""

from pathlib import Path

from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Bring an older register to the newest schema, on a connection that is already in a transaction."""
    from alembic import command  # noqa: PLC0415 - slow to import and rarely needed
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def stamp(connection: Connection, schema: int) -> None:
    """Note the schema of a register that was made new, in Alembic's own table."""
    connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT NOT NULL PRIMARY KEY) STRICT")
    connection.exec_driver_sql("INSERT INTO alembic_version VALUES (?)", (f"{schema:04}",))
