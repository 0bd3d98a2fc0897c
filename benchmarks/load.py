"""A load of many sites with one operation each, as an import writes them, in rows per second."""

import itertools
from collections.abc import Iterator

from benchmarks.data import Data
from benchmarks.figures import Figure, seconds, told_race
from inspector_app.models import changes
from inspector_app.models.register import Register

_FIELDS = ("code", "name_ru", "region", "lat", "lon")


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """An empty register takes the rows in one transaction; the floor inserts the bare rows into the same indexed table."""
    for size in sizes:
        number = itertools.count()

        def ours(size: int = size, number: Iterator[int] = number) -> float:
            register = Register.create(data.scratch(f"load-{next(number)}"), kind="demo", person="Bench")
            rows = ({"id": register._new_id(), **_row(n)} for n in range(size))  # noqa: SLF001 - the register makes identities
            rate = _rate(size, lambda: _load(register, rows))
            register.close()
            data.scratch("load")
            return rate

        def floor(size: int = size, number: Iterator[int] = number) -> float:
            register = Register.create(data.scratch(f"load-{next(number)}"), kind="demo", person="Bench")
            rows = [(f"{n:036}", *_row(n).values()) for n in range(size)]
            rate = _rate(size, lambda: _insert(register, rows))
            register.close()
            data.scratch("load")
            return rate

        found, bare = told_race(ours, floor, rounds=max(1, rounds // 3), warm=0 if size >= 100_000 else 1)
        yield Figure(
            "sites loaded",
            found,
            "rows/s",
            size=size,
            floor=bare,
            floor_name="bare insert with indexes, commit",
            at_least=20_000,
        )


def _row(n: int) -> dict[str, object]:
    return dict(zip(_FIELDS, (f"S-{n:06}", f"Учебный объект {n}", "47", 43.6 + n % 100 / 1000, 51.1), strict=True))


def _load(register: Register, rows: Iterator[dict[str, object]]) -> None:
    with register.writing("Import sites", bulk=True) as session:
        changes.bulk_create(session, "site", rows)


def _insert(register: Register, rows: list[tuple[object, ...]]) -> None:
    with register.transactions.writer.connect() as connection:
        driver = connection.connection.driver_connection
        driver.execute("DROP TRIGGER keep_site_insert")
        driver.execute("DROP TRIGGER keep_site_search_insert")
        driver.execute("BEGIN")
        driver.executemany(f"INSERT INTO site (id, {', '.join(_FIELDS)}) VALUES (?, ?, ?, ?, ?, ?)", rows)
        driver.execute("COMMIT")


def _rate(count: int, work: object) -> float:
    return count / seconds(work)  # type: ignore[arg-type]
