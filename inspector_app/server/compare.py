"""Whether a laptop's rows are the server's: digests per entity and bucket, and the rows of a bucket once more (sync.md b.5)."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, text

from inspector_app.models import equality
from inspector_app.models.base import moment_text
from inspector_app.server import store
from inspector_app.server.journal import Refused
from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal


def compare(
    connection: Connection, message: wire.Digests, *, epoch: str, now: datetime, regions: Collection[str] = ()
) -> wire.Compared:
    """Which buckets differ. `regions` are those whose rows the person may see; none means all. Raises Refused."""
    _same_history(message.epoch, epoch)
    differ: dict[str, tuple[str, ...]] = {}
    looked_at = 0
    for kind, theirs in message.entities.items():
        if kind not in equality.KINDS:  # of a newer laptop: there is nothing of it here
            differ[kind] = tuple(sorted(theirs))
            continue
        sums, count = equality.heard_sums(kind, _rows(connection, kind, regions), without=message.without)
        ours = equality.shown(sums)
        looked_at += count
        if wrong := tuple(sorted(each for each in ours.keys() | theirs.keys() if ours.get(each) != theirs.get(each))):
            differ[kind] = wrong
    head = connection.execute(select(store.counter.c.rev)).scalar_one()
    return wire.Compared(head=head, rows=looked_at, differ=differ, server_time=moment_text(now))


def rows(connection: Connection, message: wire.Buckets, *, epoch: str, regions: Collection[str] = ()) -> str:
    """The rows of some buckets, as the text of a page without operations. Raises Refused."""
    _same_history(message.epoch, epoch)
    asked = text(f"{_BUCKETS}{' AND (region IS NULL OR region IN :regions)' if regions else ''} ORDER BY rev").bindparams(
        bindparam("buckets", expanding=True), *([bindparam("regions", expanding=True)] if regions else [])
    )
    given = {"entity": message.entity, "buckets": list(message.buckets)} | ({"regions": list(regions)} if regions else {})
    found = connection.execute(asked, given).all()
    head = connection.execute(select(store.counter.c.rev)).scalar_one()
    spliced = ",".join([each.text for each in found])
    return f'{{"epoch":"{epoch}","after":{head},"cursor":{head},"more":false,"rows":[{spliced}],"operations":[]}}'


_BUCKETS = (
    "SELECT '[\"' || entity || '\",\"' || id || '\",' || CAST(rev AS TEXT) || ',' || CAST(deleted AS TEXT) || ','"
    " || data || ',' || sources || ']' AS text FROM sync_row WHERE entity = :entity AND substr(id, length(id) - 1) IN :buckets"
)


def _rows(connection: Connection, kind: str, regions: Collection[str]) -> Iterator[tuple[str, int, str, str]]:
    columns = store.row.c
    asked = select(columns.id, columns.deleted, columns.data, columns.sources).where(columns.entity == kind)
    if regions:
        asked = asked.where(columns.region.is_(None) | columns.region.in_(regions))
    found: Any = connection.execution_options(yield_per=5000).execute(asked)
    for part in found.partitions(5000):
        yield from part


def _same_history(theirs: str, ours: str) -> None:
    if theirs != ours:
        raise Refused(409, Refusal.EPOCH_CHANGED)
