"""The published tally and the overview, from the register to frozen rows."""

from collections.abc import Iterator

from benchmarks.data import Data, raw
from benchmarks.figures import Figure, ms, race
from inspector_app.models.queries.overview import overview, published, tally
from inspector_app.models.register import Register

_BY_SITE = "SELECT s.code, y.year, y.types FROM site_year y JOIN site s ON s.id = y.site_id WHERE s.deleted = 0"
_READ = "waste types of every site, read raw"


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """Both at every size, and what `status --json` adds, which is as long as the register.

    The floor reads the counters by hand, the peer counts the same by covering indexes.
    """
    for size in sizes:
        with data.opened(size) as register, raw(data.register(size)) as floor:
            for name, ask in (
                ("tally", lambda r=register: _asked(r, tally)),
                ("overview", lambda r=register: _asked(r, overview)),
            ):
                ours, counters, counted = race(
                    ask,
                    lambda db=floor: db.execute("SELECT kind, key, count, mass_g FROM counter").fetchall(),
                    lambda db=floor: db.execute(
                        "SELECT status, COUNT(*) FROM site INDEXED BY ix_site_status_code WHERE deleted = 0 GROUP BY status"
                    ).fetchall(),
                    rounds=rounds * 3,
                )
                yield Figure(
                    name,
                    ms(ours),
                    "ms",
                    size=size,
                    floor=ms(counters),
                    floor_name="kept counters, raw",
                    peer=ms(counted),
                    peer_name="one GROUP BY on a covering index",
                    at_most=20,
                    constant=True,
                )
            ours, bare = race(
                lambda r=register: _asked(r, published),
                lambda db=floor: db.execute(_BY_SITE).fetchall(),
                rounds=rounds,
            )
            yield Figure("tally with every site (status --json)", ms(ours), "ms", size=size, floor=ms(bare), floor_name=_READ)


def _asked(register: Register, query: object) -> object:
    with register.reading() as session:
        return query(session)  # type: ignore[operator]
