"""Connections of the server's database: what SQLite and PostgreSQL are told on each, and how long they may wait."""

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

CONNECTIONS = 8
"""Connections that one process keeps; a few more for a moment. PostgreSQL must allow twelve for every process."""
_MORE = 4
_PATIENCE_S = 10
_PRAGMAS = ("journal_mode = WAL", "synchronous = FULL", "mmap_size = 0", "trusted_schema = OFF", "temp_store = MEMORY")
_SETTINGS = {
    # what is acknowledged is on the disk, whatever the cluster or the URL says (sync.md b.15)
    "synchronous_commit": "on",
    # a push waits for another one, not for ever; one that its process left behind gives the lock back
    "lock_timeout": "20s",
    "statement_timeout": "60s",
    "idle_in_transaction_session_timeout": "60s",
    "client_min_messages": "error",
}
_NETWORK = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
_AGAIN = frozenset({"40001", "40P01"})
"""SQLSTATEs of a transaction that PostgreSQL rolled back to let another one pass: serialization failure and deadlock."""


def sqlite(path: Path) -> Engine:
    """An engine over a file, with the settings of sync.md b.15."""

    def connect() -> Any:
        connection = dbapi2.connect(str(path), check_same_thread=False, isolation_level=None, timeout=30)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    engine = create_engine(
        "sqlite://",
        creator=connect,
        module=dbapi2,
        poolclass=QueuePool,
        pool_size=CONNECTIONS,
        max_overflow=_MORE,
        pool_timeout=_PATIENCE_S,
        pool_reset_on_return="rollback",
        hide_parameters=True,
    )
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def postgresql(url: str) -> Engine:
    """An engine over a database. Options of the URL count, save for what keeps commits durable."""
    whole = make_url(url)
    if whole.drivername in {"postgresql", "postgres"}:
        whole = whole.set(drivername="postgresql+psycopg")
    said = str(whole.query.get("options", ""))
    settings = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
    return create_engine(
        whole.difference_update_query(["options"]),
        connect_args={"application_name": "inspector-server", **_NETWORK, "options": f"{said} {settings}".strip()},
        pool_size=CONNECTIONS,
        max_overflow=_MORE,
        pool_timeout=_PATIENCE_S,
        pool_recycle=1800,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def unhurried(connection: Connection) -> None:
    """Let this transaction last as long as a copy of everything takes."""
    if connection.dialect.name == "postgresql":
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.exec_driver_sql(f"SET LOCAL {name} = 0")


def may_try_again(error: SQLAlchemyError) -> bool:
    """Whether the database undid a transaction for the sake of another one, so that doing it once more is right."""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _AGAIN


def sync_to_disk(path: Path) -> None:
    """Make the name of a new file last, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
