"""The server's own receipt of each sync: what it counted at every push, beside what the laptop says it counted itself."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, text

from inspector_app.models.base import moment_text
from inspector_app.server import store
from inspector_app.sync import wire

_NAMES = {"held": "held", "conflict": "conflicts", "rejected": "refused", "REFUSED": "refused"}
_MOVED = frozenset({"PROPOSED", "DISPUTED"})
_COUNTED = text(
    "INSERT INTO sync_tally (round_id, first_seq, device_id, counted) VALUES (:round_id, :first_seq, :device_id, :counted)"
    " ON CONFLICT (round_id, first_seq) DO UPDATE SET device_id = excluded.device_id, counted = excluded.counted"
)


def count(connection: Connection, message: wire.Push, verdicts: Mapping[str, wire.Verdict], *, device_id: str) -> wire.Tally:
    """Note, in the transaction of a push, what became of its operations; a push that comes twice is counted once."""
    counted = tallied(message, verdicts)
    values = {
        "round_id": message.round_id, "first_seq": message.first_seq, "device_id": device_id,
        "counted": counted.model_dump_json(),
    }  # fmt: skip
    connection.execute(_COUNTED, values)
    return counted


def tallied(message: wire.Push, verdicts: Mapping[str, wire.Verdict]) -> wire.Tally:
    """What became of the operations of a push, by its verdicts."""
    fates: Counter[str] = Counter()
    ours = {each.op_id for each in message.operations} if verdicts else set()
    for op_id, verdict in verdicts.items():
        if op_id not in ours:  # an answer that was asked for again is counted in the sync that sent it
            continue
        fate = verdict.event if verdict.status == "applied" and verdict.event else verdict.status
        if fate in _MOVED:
            fates[fate.lower()] += 1
        elif fate in _NAMES:
            fates[_NAMES[fate]] += 1
    sent = len(message.operations)
    return wire.Tally(sent=sent, accepted=sent - fates["held"] - fates["conflicts"] - fates["refused"], **fates)


def close(connection: Connection, claim: wire.Claim, *, device_id: str, person: str, now: datetime) -> wire.Confirmed:
    """Add up what was counted in a sync, keep it beside the laptop's claim, and say whether both agree.

    A claim that comes twice is answered from what was kept. Raises Malformed for the sync of another device.
    """
    kept = connection.execute(select(store.receipt).where(store.receipt.c.round_id == claim.round_id)).one_or_none()
    pushes = connection.execute(
        select(store.tally.c.device_id, store.tally.c.counted).where(store.tally.c.round_id == claim.round_id)
    ).all()
    if any(each.device_id != device_id for each in (*pushes, *((kept,) if kept else ()))):
        raise wire.Malformed("round_id")
    if kept is not None:
        counted = wire.Tally.model_validate_json(kept.counted)
        return wire.Confirmed(tally=counted, equal=bool(kept.is_equal), server_time=moment_text(now))
    total: Counter[str] = Counter()
    for each in pushes:
        total.update(json.loads(each.counted))
    counted = wire.Tally(**total)
    equal = counted == claim.tally
    connection.execute(
        insert(store.receipt),
        {
            "round_id": claim.round_id, "device_id": device_id, "person": person, "stream_id": claim.stream_id,
            "at": moment_text(now), "counted": counted.model_dump_json(), "claimed": claim.model_dump_json(),
            "is_equal": int(equal),
        },
    )  # fmt: skip
    connection.execute(delete(store.tally).where(store.tally.c.round_id == claim.round_id))
    return wire.Confirmed(tally=counted, equal=equal, server_time=moment_text(now))
