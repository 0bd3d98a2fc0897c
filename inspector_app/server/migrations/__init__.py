"""Upgrades of the server's database: one file per schema number in `versions`, run by Alembic in one transaction.

The newest revision and the tables of `server/store.py` are the same schema; a test compares them on both databases.
`scripts/server_revision.py` writes the next file from their difference.
"""

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

FIRST = "0001"


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring a database, or an empty one, to a schema; on a connection that is in a transaction already."""
    whole = config()
    whole.attributes["connection"] = connection
    if current(connection) == FIRST and not inspect(connection).has_table("alembic_version"):
        command.stamp(whole, FIRST)
    command.upgrade(whole, to)


def current(connection: Connection) -> str | None:
    """The schema of a database; nothing when it is empty. One made before schemas were counted has the first."""
    found = MigrationContext.configure(connection).get_current_revision()
    return FIRST if found is None and inspect(connection).has_table("sync_counter") else found


@lru_cache(1)
def newest() -> str:
    """The schema of this program."""
    (head,) = ScriptDirectory.from_config(config()).get_heads()
    return head


@lru_cache(1)
def known() -> frozenset[str]:
    """Every schema that this program can read or upgrade."""
    return frozenset(each.revision for each in ScriptDirectory.from_config(config()).walk_revisions())


def config() -> Config:
    """Where Alembic finds the files; what it has to say goes to nobody."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("file_template", "v%%(rev)s_%%(slug)s")
    return made
