"""The pushes of a register, made of its operation log: as a round sends them, and as a file of unsent work carries them."""

import json
from collections.abc import Iterable
from typing import NamedTuple

from inspector_app.models import exchange
from inspector_app.models.exchange import Outgoing
from inspector_app.models.transactions import Open
from inspector_app.sync import wire

_PUSH_BYTES = 6 * 2**20


class Parcel(NamedTuple):
    """The next operations after a number, if any, and the hash of the chain there."""

    out: Outgoing | None
    after: int
    end: str


def parcel(session: Open, after: int) -> Parcel:
    """As many operations after a number as one push takes."""
    out = exchange.outgoing(session, after=after, most=wire.OPERATIONS_PER_PUSH, bytes_at_most=_PUSH_BYTES)
    return Parcel(out, after, str(exchange.link(session, after)))


def text(
    epoch: str,
    stream_id: str,
    sent: Parcel,
    ask: Iterable[str] = (),
    round_id: str | None = None,
    *,
    clock_offset_ms: int,
) -> str:
    """The JSON of a push, spliced from what is stored. Without `round_id` it belongs to no sync and to no receipt.

    `clock_offset_ms` is by how much this laptop's clock was ahead of the server's when it was last told.
    """
    out, after, end = sent
    operations = ",".join(out.texts) if out else ""
    first, prev, last = (out.first_seq, out.prev_hash, out.last_hash) if out else (after + 1, end, end)
    named = f',"round_id":"{round_id}"' if round_id else ""
    return (
        f'{{"epoch":"{epoch}","stream_id":"{stream_id}","schema":{wire.VOCABULARY},"clock_offset_ms":{clock_offset_ms},'
        f'"first_seq":{first},"prev_hash":"{prev}","last_hash":"{last}",'
        f'"operations":[{operations}],"ask":{json.dumps(list(ask))}{named}}}'
    )
