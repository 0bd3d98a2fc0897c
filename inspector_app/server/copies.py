"""A copy of the server's database, its proof, the way back and the way to a newer schema. Works beside running servers.

A copy is one SQLite file whatever the database is, so that a server may move from one to the other. It holds keys and
hashes of passwords: it is for its owner alone.
"""

import shutil
import tempfile
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from inspector_app.server import audit, engines, inventory, migrations
from inspector_app.server.audit import Deed
from inspector_app.server.store import NoServer, Store, facts


class BadCopy(Exception):
    """A copy that nobody should rely on; the server is as it was."""


def back_up(store: Store, dest: Path) -> None:
    """Copy everything as it is at one moment, prove the copy, and only then give it its name. Raises BadCopy."""
    if dest.exists():
        raise BadCopy(f"{dest} exists already; choose another name.")
    part = dest.with_name(dest.name + ".unproved")
    try:
        store.copy_to(part)
        prove(part)
        part.rename(dest)
        engines.sync_to_disk(dest.absolute().parent)
    finally:
        _remove(part)


def restore(store: Store, src: Path, scratch: Path) -> None:
    """Put a copy in the place of everything, after it was tried on a copy of its own in the folder `scratch`.

    A copy of an older program is upgraded there first. Raises BadCopy, or OtherSchema for a copy of a newer program; the
    server is then as it was.
    """
    here = store.facts()
    if store.is_sqlite and src.samefile(store.place):
        raise BadCopy(f"{src} is the server's own database, not a copy of it.")
    with tempfile.TemporaryDirectory(dir=scratch, prefix="restore-") as folder:
        tried = Path(folder) / "tried.db"
        for beside in ("", "-wal"):
            if (found := src.with_name(src.name + beside)).exists():
                shutil.copyfile(found, tried.with_name(tried.name + beside))
        try:
            copy = Store(f"sqlite:///{tried}")
            try:
                if copy.schema() != migrations.newest():
                    copy.upgrade()
                there = copy.facts()
            finally:
                copy.close()
        except (NoServer, DatabaseError) as error:
            raise BadCopy(f"{src} is no copy of a central server.") from error
        if here["demo"] != there["demo"]:
            raise BadCopy(f"{src} is of a demonstration and this server is not, or the other way round; they never mix.")
        prove(tried, name=src)
        put_back(store, tried)


def put_back(store: Store, copy: Path) -> None:
    """Put a good copy in the place of everything, and write down that it was done. Raises NoServer or OtherSchema."""

    def noted(writer: Connection, reader: Connection) -> None:
        said = {"epoch": facts(writer)["epoch"], "entry": audit.head(reader).seq}
        audit.note(writer, Deed.RESTORED, at=store.now(), said=said)

    store.take_from(copy, noted)


def prove(path: Path, *, name: Path | None = None) -> None:
    """Open a copy and check all of it. Raises BadCopy."""
    copy = Store(f"sqlite:///{path}")
    try:
        found = inventory.problems(copy)
    except DatabaseError as error:
        raise BadCopy(f"{name or path} is damaged: {error.orig}") from error
    finally:
        copy.close()
    if found:
        raise BadCopy(f"{name or path} is not good: {found[0]}")


def upgrade(store: Store, folder: Path) -> tuple[str, str, Path | None]:
    """Bring the database to this program's schema. An SQLite file is copied into the folder first.

    Answers the schema before and after, and where the copy lies. Raises NoServer, OtherSchema.
    """
    found, newest = store.schema(), migrations.newest()
    if found == newest:
        return found, newest, None
    kept = folder / f"before-schema-{newest}.db" if store.is_sqlite else None
    if kept is not None:
        store.copy_to(kept)
    said = {"before": found, "after": newest}
    store.upgrade(noted=lambda writer: audit.note(writer, Deed.UPGRADED, at=store.now(), said=said))
    return found, newest, kept


def _remove(part: Path) -> None:
    for beside in ("", "-wal", "-shm"):
        part.with_name(part.name + beside).unlink(missing_ok=True)
