"""Loads of thousands of rows: what keeps derived values in step is put away, and they are made anew before the commit.

All of it happens in the one transaction of the load, rows, triggers and indexes alike: one that fails leaves nothing changed.
"""

from sqlalchemy import Connection

from inspector_app.models import derived
from inspector_app.models.entities import ENTITIES, table

FROM = 500
"""Rows below which a load is never worth it."""

_SHARE = 10  # counting a row anew costs a thirtieth of what the triggers cost, but every site and item is written again


_OVER_DERIVED = frozenset(
    index.name
    for entity in ENTITIES
    for index in table(entity).indexes
    if any(column.info.get("derived") for column in index.columns)
)


class Load:
    """A load in the making. Small beside what is there it goes through the triggers, and costs what it brings.

    Once it has brought a tenth of what was there, and no less than `FROM`, they are put away, and with them the indexes over
    derived columns: from then on it is cheaper to make every derived value anew.
    """

    def __init__(self, connection: Connection) -> None:
        """For one transaction of a connection."""
        self._connection = connection
        self._there: int | None = None
        self._brought = 0
        self._away = False
        self._indexes: list[str] = []

    def brings(self, rows: int) -> None:
        """So many rows more are about to be written."""
        self._brought += rows
        if self._away or self._brought < FROM:
            return
        if self._there is None:
            self._there = rows_of(self._connection)
        if pays(self._brought, self._there):
            self.put_away()

    def put_away(self) -> None:
        """Drop triggers and indexes until the end of the load."""
        run = self._connection.exec_driver_sql
        derived.uninstall(self._connection)
        found = run("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").all()
        for name, sql in found:
            if name in _OVER_DERIVED:
                self._indexes.append(sql)
                run(f"DROP INDEX {name}")
        self._away = True

    def finish(self) -> None:
        """Put back what was put away and make derived values anew; before the commit."""
        if self._away:
            derived.recompute(self._connection)
            for sql in self._indexes:
                self._connection.exec_driver_sql(sql)
            derived.install(self._connection)


def pays(rows: int, there: int) -> bool:
    """Whether a load is so large beside what is there that derived values are cheaper made anew than kept in step."""
    return rows >= FROM and rows * _SHARE >= there


def rows_of(connection: Connection) -> int:
    """About how many rows a register holds."""
    return sum(connection.exec_driver_sql(f"SELECT COALESCE(MAX(n), 0) FROM {entity}").scalar_one() for entity in ENTITIES)
