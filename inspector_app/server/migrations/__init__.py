"""Upgrades of the server's database: one file per schema number in `versions`, run by Alembic in one transaction.

The newest revision and the tables of `server/store.py` are the same schema; a test compares them on both databases.
`scripts/server_revision.py` writes the next file from their difference.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

FIRST = "0001"
VERSIONS = [Path(__file__).parent / "versions"]
"""Folders of the revisions; the number stands in the name of the file."""


def upgrade(connection: Connection) -> None:
    """Bring a database, or an empty one, to the newest schema; on a connection that is in a transaction already."""
    from alembic import command  # noqa: PLC0415 - slow to import and rarely needed

    whole = config()
    whole.attributes["connection"] = connection
    if current(connection) == FIRST and not inspect(connection).has_table("alembic_version"):
        command.stamp(whole, FIRST)
    command.upgrade(whole, "head")


def current(connection: Connection) -> str | None:
    """The schema of a database; nothing when it is empty. One made before schemas were counted has the first."""
    tables = inspect(connection)
    if tables.has_table("alembic_version"):
        found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        return found
    return FIRST if tables.has_table("sync_counter") else None


def known() -> frozenset[str]:
    """Every schema that this program can read or upgrade."""
    return frozenset(path.name[1:5] for folder in VERSIONS for path in folder.glob("v????_*.py"))


def newest() -> str:
    """The schema of this program."""
    return max(known())


def config() -> "Config":
    """Where Alembic finds the files; what it has to say goes to nobody."""
    from alembic.config import Config  # noqa: PLC0415

    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("path_separator", "os")
    made.set_main_option("version_locations", os.pathsep.join(map(str, VERSIONS)))
    made.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    return made
