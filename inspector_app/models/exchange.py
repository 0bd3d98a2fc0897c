"""What a register remembers of its exchange with the server: pages not applied yet, conflicts, receipts, and named facts."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, LargeBinary, Text, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from inspector_app.domain.merge import ConflictState, MergeClass
from inspector_app.models.base import Base, CodeText, Flag, JsonText, MomentText, index
from inspector_app.models.changes import GENESIS


class Unfit(Exception):
    """What was received cannot be rows of a register."""


class Stage(Base):
    """A page as it came, compressed, until all pages are there and are applied at once."""

    __tablename__ = "stage"

    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    rows: Mapped[int] = mapped_column(Integer)
    body: Mapped[bytes] = mapped_column(LargeBinary)


class NewerRow(Base):
    """A row of a kind that only a newer program knows, as the server sent it; taken over when this program knows it too."""

    __tablename__ = "newer_row"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    entity: Mapped[str] = mapped_column(Text)
    site_id: Mapped[str | None] = mapped_column(Text)
    rev: Mapped[int] = mapped_column(Integer)
    deleted: Mapped[int] = mapped_column(Integer)
    data: Mapped[Any] = mapped_column(JsonText)
    sources: Mapped[Any] = mapped_column(JsonText)

    __table_args__ = (index("site_id"), {"sqlite_strict": True})


class Conflict(Base):
    """Two values for one field, of which the server keeps the first until a person decides; made by the server."""

    __tablename__ = "conflict"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    entity: Mapped[str] = mapped_column(Text)
    row_id: Mapped[str] = mapped_column(Text)
    site_id: Mapped[str | None] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    kind: Mapped[MergeClass] = mapped_column(CodeText(MergeClass))
    base: Mapped[Any] = mapped_column(JsonText, nullable=True)
    standing: Mapped[Any] = mapped_column(JsonText, nullable=True)
    standing_op: Mapped[str] = mapped_column(Text)
    standing_author: Mapped[str | None] = mapped_column(Text)
    standing_at: Mapped[datetime | None] = mapped_column(MomentText)
    standing_received_at: Mapped[datetime | None] = mapped_column(MomentText)
    standing_offset_ms: Mapped[int | None] = mapped_column(Integer)
    proposed: Mapped[Any] = mapped_column(JsonText, nullable=True)
    op_id: Mapped[str] = mapped_column(Text)
    author: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime] = mapped_column(MomentText)
    received_at: Mapped[datetime | None] = mapped_column(MomentText)
    offset_ms: Mapped[int | None] = mapped_column(Integer)  # by how much the clock of the author's laptop was ahead
    state: Mapped[ConflictState] = mapped_column(CodeText(ConflictState))
    choice: Mapped[str | None] = mapped_column(Text)  # mine, theirs or other: whose value was kept
    reason: Mapped[str | None] = mapped_column(Text)
    settled_by: Mapped[str | None] = mapped_column(Text)
    rev: Mapped[int] = mapped_column(Integer)

    __table_args__ = (index("row_id"), index("site_id"), index("state"), {"sqlite_strict": True})


class SyncReceipt(Base):
    """What one sync did; shown on the Sync page and printable."""

    __tablename__ = "sync_receipt"

    n: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[datetime] = mapped_column(MomentText)
    outcome: Mapped[dict[str, Any]] = mapped_column(JsonText)


class FileTransfer(Base):
    """Where the bytes of a document or photo are: on this laptop, on the server, and how far they have come between.

    `state` is about the server: waiting, sending, verified (it has said so, in this `epoch`) or missing (neither it nor
    this laptop has them). `thumbnail` is waiting, verified or none. `here` says whether the original lies on this laptop.
    """

    __tablename__ = "file_transfer"

    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    entity: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    mime: Mapped[str | None] = mapped_column(Text)
    here: Mapped[bool] = mapped_column(Flag)
    state: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(Integer, server_default="0")
    tries: Mapped[int] = mapped_column(Integer, server_default="0")
    next_try_at: Mapped[str | None] = mapped_column(Text)
    last_error: Mapped[str | None] = mapped_column(Text)
    thumbnail: Mapped[str] = mapped_column(Text)
    thumbnail_here: Mapped[bool] = mapped_column(Flag, server_default="0")
    epoch: Mapped[str | None] = mapped_column(Text)
    verified_at: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        index("size", sqlite_where=text("state <> 'verified'")),
        {"sqlite_strict": True},
    )


FACTS = frozenset({
    "server", "device_id", "device_no", "key_store", "stream_id", "epoch", "cursor", "stage_cursor", "clock_offset_ms", "anew",
    "regions", "fetch", "fetch_cursor", "schema", "compared", "compared_at", "refused_seen", "unheard", "audit_seq",
    "audit_hash", "proved_seq", "proved_hash", "sealing_key",
})  # fmt: skip
"""Names of facts that the exchange keeps, beside person, role and kind."""


_PUT_FACT = "INSERT INTO fact (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


def put_facts(session: Session, values: Mapping[str, object]) -> None:
    """Write named facts, each over what it said before."""
    named = [(name, str(value)) for name, value in values.items()]
    session.connection().exec_driver_sql(_PUT_FACT, named)


def facts(session: Session) -> dict[str, str]:
    """All named facts."""
    return dict(session.connection().exec_driver_sql("SELECT name, value FROM fact").all())


@dataclass(frozen=True, slots=True)
class Outgoing:
    """Operations in the order of the log, as the JSON in which they travel, with the links of their chain."""

    first_seq: int
    prev_hash: str
    last_hash: str
    ids: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def last_seq(self) -> int:
        """The number of the last one."""
        return self.first_seq + len(self.ids) - 1


# one text for each operation: to read ten columns and to put them together here takes twice as long
_OUTGOING = (
    """SELECT op_id, '{"op_id":"' || op_id || '","txn_id":"' || txn_id || '","command":' || json_quote(command)"""
    """ || ',"entity":"' || entity || '","id":"' || row_id || '","kind":"' || kind || '","body":' || body"""
    """ || ',"occurred_at":"' || occurred_at || '","author":' || json_quote(author) || '}' AS said"""
    " FROM operation WHERE seq >= ? ORDER BY seq LIMIT ?"
)


def outgoing(session: Session, *, after: int, most: int, bytes_at_most: int) -> Outgoing | None:
    """Own operations after a number; at most so many, and so much text (but always one). Nothing when there are none."""
    # by the driver: SQLAlchemy's rows cost as much again as reading
    found: Any = session.connection().connection.driver_connection.execute(_OUTGOING, (after + 1, most))  # type: ignore[union-attr]
    rows: list[Any] = []
    size = 0
    while size <= bytes_at_most and (some := found.fetchmany(500)):
        for row in some:
            size += len(row[1]) + 1
            if rows and size > bytes_at_most:
                break
            rows.append(row)
    found.close()
    if not rows:
        return None
    ids, texts = zip(*rows, strict=True)
    before, last = link(session, after), link(session, after + len(ids))
    return Outgoing(after + 1, str(before), str(last), ids, texts)


def link(session: Session, seq: int) -> str | None:
    """The hash of an own operation by its number; what every chain begins with for 0, nothing when there is none."""
    if seq == 0:
        return GENESIS
    found: str | None = session.connection().exec_driver_sql("SELECT hash FROM operation WHERE seq = ?", (seq,)).scalar()
    return found


def last_seq(session: Session) -> int:
    """The number of the newest own operation."""
    return session.connection().exec_driver_sql("SELECT MAX(seq) FROM operation").scalar() or 0


# the first two conditions are those of the index over the few operations that are not settled
_OPEN = "FROM operation WHERE state <> 'acked' AND state <> 'heard' AND state = "


def first_unanswered(session: Session) -> int | None:
    """The number of the oldest own operation to which this history of the server gave no answer; nothing when there is none."""
    run = session.connection().exec_driver_sql
    found = [run(f"SELECT MIN(seq) {_OPEN} 'pending'").scalar(), run("SELECT value FROM fact WHERE name = 'unheard'").scalar()]
    return min([int(each) for each in found if each is not None], default=None)


def hear_again(session: Session, after: int) -> None:
    """What the log says of own operations after a number is the word of another history of the server: ask again."""
    first = min(after + 1, first_unanswered(session) or after + 1)
    put_facts(session, {"unheard": first})


def heard_all(session: Session) -> None:
    """This history of the server has answered everything."""
    session.connection().exec_driver_sql("DELETE FROM fact WHERE name = 'unheard'")


_NEWEST = "SELECT json_extract(outcome, '$.stream_id', '$.epoch') FROM sync_receipt ORDER BY n DESC LIMIT 1"


def is_told(session: Session, *, stream_id: str, epoch: str) -> bool:
    """Whether a sync of this stream with this history of the server came to its end.

    Whatever has an answer is on the server then; otherwise it may know nothing of the stream.
    """
    found = session.connection().exec_driver_sql(_NEWEST).scalar()
    return found is not None and json.loads(found) == [stream_id, epoch]


def held(session: Session) -> list[str]:
    """Own operations that the server holds back."""
    return list(session.connection().exec_driver_sql(f"SELECT op_id {_OPEN} 'held' ORDER BY seq").scalars())


def put_off(session: Session, first_seq: int, last_seq: int) -> int:
    """How many own operations between two numbers the server holds until it is updated (sync.md b.12)."""
    asked = f"SELECT COUNT(*) {_OPEN} 'held' AND seq BETWEEN ? AND ? AND json_extract(result, '$.reason') = 'WordsWait'"
    counted: int = session.connection().exec_driver_sql(asked, (first_seq, last_seq)).scalar_one()
    return counted


def refused_rows(session: Session) -> list[tuple[str, str]]:
    """Entity and id of every own new row that the server refused."""
    found = session.connection().exec_driver_sql(f"SELECT entity, row_id {_OPEN} 'rejected' AND kind = 'create'")
    return [(entity, row_id) for entity, row_id in found]


_FATES = (
    "SELECT state, json_extract(result, '$.event'), COUNT(*) FROM operation"
    " WHERE seq BETWEEN ? AND ? AND (state <> 'acked' OR result IS NOT NULL) GROUP BY 1, 2"
)
_NAMES = {
    ("held", None): "held",
    ("conflict", None): "conflicts",
    ("rejected", None): "refused",
    ("acked", "PROPOSED"): "proposed",
    ("acked", "DISPUTED"): "disputed",
    ("acked", "REFUSED"): "refused",
}


def fates(session: Session, first_seq: int, last_seq: int) -> Counter[str]:
    """What the log says became of own operations between two numbers, in the words of a receipt; accepted ones unnamed."""
    found: Counter[str] = Counter()
    for state, event, count in session.connection().exec_driver_sql(_FATES, (first_seq, last_seq)):
        name = _NAMES.get((state, event if state == "acked" else None))
        if name is not None:
            found[name] += count
    return found


def not_handed_in(session: Session, *, epoch: str, most: int = 20) -> list[tuple[int, str, dict[str, Any]]]:
    """Receipts of this history of the server that it does not have yet: number, instant and content; among the newest."""
    asked = "SELECT n, at, outcome FROM sync_receipt ORDER BY n DESC LIMIT ?"
    found = [(n, at, json.loads(outcome)) for n, at, outcome in session.connection().exec_driver_sql(asked, (most,))]
    return [
        each for each in found if each[2].get("round_id") and each[2].get("epoch") == epoch and not each[2].get("handed_in")
    ]


def note_handed_in(session: Session, answers: Mapping[int, bool]) -> None:
    """Keep, by the number of the receipt, that the server has it, and whether it counted the same."""
    values = [("true" if equal else "false", n) for n, equal in answers.items()]
    session.connection().exec_driver_sql(
        "UPDATE sync_receipt SET outcome = json_set(outcome, '$.confirmed', json(?), '$.handed_in', json('true')) WHERE n = ?",
        values,
    )
