"""Writes the next revision of the server's database from what `server/store.py` has and the revisions do not have yet.

Usage: python scripts/server_revision.py "What the tables are for"

Read what it writes before it is committed: an index over an expression, and what must be done to rows, nobody writes for you.
"""

import argparse
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import text

from inspector_app.server import migrations
from inspector_app.server.store import Store, metadata


def main() -> None:
    """Compare on an empty SQLite file and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("message")
    message = parser.parse_args().message
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'empty.db'}")
        with store.writing() as connection:
            migrations.upgrade(connection)
            config = migrations.config()
            config.attributes.update(connection=connection, metadata=metadata)
            number = int(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()) + 1
            made = command.revision(config, message, autogenerate=True, rev_id=f"{number:04}")
        store.close()
    print(made.path)


if __name__ == "__main__":
    main()
