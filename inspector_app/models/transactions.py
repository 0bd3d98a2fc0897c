"""The transactions of one register: `reading`, `writing`, `hearing`; the only place that commits.

`models/register.py` holds the file; this one brings SQLAlchemy and is loaded with the first question that wants it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, insert
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool
from sqlcipher3 import dbapi2

from inspector_app.domain.errors import InspectorError
from inspector_app.domain.people import Role
from inspector_app.domain.rights import listed
from inspector_app.models import changes, derived, driver, exchange, migrations, newer, reference
from inspector_app.models.base import Base
from inspector_app.models.bulk import Load
from inspector_app.models.people import Fact
from inspector_app.models.waste import WasteType


class Open(driver.Answers, Session):
    """An open look at the register, or an open transaction."""

    def _driver(self) -> Any:
        return self.connection().connection.driver_connection


class Transactions:
    """The engines of one register file."""

    def __init__(
        self,
        path: Path,
        connect: Callable[[], Any],
        *,
        now: Callable[[], datetime],
        today: Callable[[], date],
        new_id: Callable[[], str],
    ) -> None:
        """`connect` opens a connection of the bare driver to the file."""
        self._path = path
        self._connect = connect
        self._now = now
        self._today = today
        self._new_id = new_id
        self.readers = self._engine("BEGIN", pool_size=4)
        self.writer = self._engine("BEGIN IMMEDIATE", pool_size=1)

    def close(self) -> None:
        """Let go of the file."""
        self.readers.dispose()
        self.writer.dispose()

    def lay(self, *, application: int, schema: int, facts: dict[str, str]) -> None:
        """Make the tables of a new register, with the classifier in them."""
        with _explained(self._path), self.writer.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA application_id = {application}")
            connection.exec_driver_sql(f"PRAGMA user_version = {schema}")
            Base.metadata.create_all(connection)
            migrations.stamp(connection, schema)
            derived.install(connection)
            connection.execute(insert(WasteType), reference.waste_types())
            connection.execute(Fact.__table__.insert(), [{"name": n, "value": v} for n, v in facts.items()])  # type: ignore[attr-defined]
            connection.commit()

    def upgrade(self, *, schema: int) -> None:
        """Run the migrations in one transaction; a failed one leaves the file as it was."""
        with _explained(self._path), self.writer.connect() as connection:
            derived.uninstall(connection)
            migrations.upgrade(connection)
            newer.adopt(connection)
            derived.install(connection, anew=True)
            connection.exec_driver_sql(f"PRAGMA user_version = {schema}")
            connection.commit()

    @contextmanager
    def reading(self) -> Iterator[Open]:
        """A look at one consistent state of the register. `session.info['today']` is the day."""
        with _explained(self._path), Open(self.readers, autoflush=False) as session:
            session.info["today"] = self._today()
            yield session

    @contextmanager
    def writing(self, command: str, *, bulk: bool = False) -> Iterator[Open]:
        """All of it or none of it, as one transaction of the operation log under the name of what the person did.

        `bulk` is for loads of thousands of rows: once they are many beside what is there, triggers are dropped and derived
        values made anew at the end (models/bulk.py).
        """
        with self._alone(bulk=bulk) as session:
            run = session.connection().connection.driver_connection
            who = dict(session.rows("SELECT name, value FROM fact WHERE name IN ('person', 'role', 'regions')"))
            changes.prepare(
                session,
                driver=run,
                author=who.get("person", ""),
                role=who.get("role", str(Role.INSPECTOR)),
                regions=listed(who.get("regions", "")),
                command=command,
                at=self._now(),
                new_id=self._new_id,
                txn_id=self._new_id(),
            )
            session.info["today"] = self._today()
            session.info["path"] = self._path
            load = session.info["load"] = Load(session.connection())
            yield session
            session.flush()
            load.finish()
            if not bulk:
                changes.verify(session)
            session.commit()

    @contextmanager
    def hearing(self, *, bulk: bool = False, alive: Callable[[], None] | None = None) -> Iterator[Open]:
        """One transaction in which the server's word is written (models/heard.py); it makes no operations.

        `bulk` as in `writing`. `alive` is asked often while statements run; what it raises takes all of it back. Nobody but
        the exchange with the server opens it. Raises exchange.Unfit.
        """
        with _stoppable(alive) as listen, self._alone(bulk=bulk, watched=False) as session:
            listen(session)
            connection = session.connection()
            session.info.update(heard=True, at=self._now(), driver=connection.connection.driver_connection)
            load = Load(connection)
            if bulk:
                load.put_away()
            yield session
            session.flush()
            load.finish()
            changes.forget(connection)
            try:
                session.commit()
            except IntegrityError as error:  # a row points to one that never came
                session.info["driver"].rollback()  # a commit that failed leaves the transaction open
                raise exchange.Unfit(str(error.orig)) from error

    @contextmanager
    def _alone(self, *, bulk: bool, watched: bool = True) -> Iterator[Open]:
        """A session in the only transaction that writes; `watched`, it remembers which rows it writes, but never in bulk."""
        with _explained(self._path), self.writer.connect() as connection:
            run: Any = connection.connection.driver_connection
            if bulk:
                changes.disarm(connection)
                run.execute(f"PRAGMA cache_size = {driver.CACHE_OF_A_LOAD}")
            elif watched:
                changes.arm(connection)
            try:
                with Open(connection, expire_on_commit=False) as session:
                    session.connection()
                    run.execute("PRAGMA defer_foreign_keys = ON")  # rows of one transaction come in any order
                    yield session
            finally:
                if run.in_transaction:  # SQLite keeps open what it would not commit; SQLAlchemy takes it for ended
                    run.rollback()
                if bulk:
                    run.execute(f"PRAGMA cache_size = {driver.CACHE}")

    def _engine(self, begin: str, *, pool_size: int) -> Engine:
        """Connections whose transactions open before the first SELECT, so that all reads see one state."""
        engine = create_engine(
            "sqlite://",
            creator=self._connect,
            module=dbapi2,
            poolclass=QueuePool,
            pool_size=pool_size,
            max_overflow=0,
            pool_reset_on_return="rollback",
        )
        event.listen(engine, "begin", lambda connection: connection.connection.driver_connection.execute(begin))
        return engine


_LISTEN_STEPS = 200_000
"""Steps of SQLite's machine between two looks at whether a person wants to stop: some milliseconds."""


@contextmanager
def _stoppable(alive: Callable[[], None] | None) -> Iterator[Callable[[Open], None]]:
    """Hands out what makes the statements of a session end when `alive` raises; that error comes out then, not SQLite's."""
    stopped: list[BaseException] = []
    armed: list[Any] = []

    def ask() -> int:
        try:
            if alive is not None and not stopped:
                alive()
        except BaseException as error:  # noqa: BLE001 - SQLite has the stack; it is raised below
            stopped.append(error)
            return 1
        return 0

    def listen(session: Open) -> None:
        if alive is not None:
            run: Any = session.connection().connection.driver_connection
            run.set_progress_handler(ask, _LISTEN_STEPS)
            armed.append(run)

    try:
        yield listen
    except OperationalError:
        if stopped:
            raise stopped[0] from None
        raise
    finally:
        for run in armed:
            run.set_progress_handler(None, 0)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """As `driver.explained`, for errors that SQLAlchemy wraps."""
    try:
        with driver.explained(path):
            yield
    except InspectorError:
        raise
    except DatabaseError as error:
        raise driver.reason(path, str(error.orig)) or error from error
