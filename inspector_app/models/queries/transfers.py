"""How far documents and photos have come: for the Sync page, the command line and receipts."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from inspector_app.models.exchange import facts
from inspector_app.models.transfers import NAMED

SEND, FETCH = "send_originals", "fetch_originals"
"""Names of the facts that say when originals go and come: always, or when a person asks."""

ALWAYS, ASK = "always", "ask"


@dataclass(frozen=True, slots=True)
class FilesStanding:
    """Numbers of files by where they are; `send` and `fetch` say when originals travel.

    Of `total` files that records name, the server has confirmed `confirmed`; `waiting` of `waiting_bytes` lie here alone;
    `elsewhere` lie on other laptops; `away` of `away_bytes` are on the server and not here; `stuck` could not travel.
    """

    total: int
    confirmed: int
    waiting: int
    waiting_bytes: int
    elsewhere: int
    away: int
    away_bytes: int
    stuck: int
    send: str
    fetch: str


_COUNTS = (
    "SELECT count(*), coalesce(sum(t.state = 'verified'), 0),"
    " coalesce(sum(coalesce(t.state, 'waiting') IN ('waiting', 'sending')), 0),"
    " coalesce(sum(CASE WHEN coalesce(t.state, 'waiting') IN ('waiting', 'sending') THEN n.size END), 0),"
    " coalesce(sum(t.state = 'missing'), 0), coalesce(sum(t.state = 'verified' AND t.here = 0), 0),"
    " coalesce(sum(CASE WHEN t.state = 'verified' AND t.here = 0 THEN n.size END), 0),"
    f" coalesce(sum(t.last_error IS NOT NULL), 0) FROM ({NAMED}) n LEFT JOIN file_transfer t ON t.sha256 = n.sha256"
)


def files_standing(session: Session) -> FilesStanding:
    """Where the files of this register are."""
    counts: tuple[Any, ...] = tuple(session.connection().exec_driver_sql(_COUNTS).one())
    named = facts(session)
    return FilesStanding(*counts, send=named.get(SEND, ALWAYS), fetch=named.get(FETCH, ASK))  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where an original is that is not here: on the server, or with the person who recorded it, as far as is known."""

    on_server: bool
    author: str | None


def whereabouts(session: Session, *, sha256: str) -> Whereabouts:
    """Where the original of a photo is."""
    run = session.connection().exec_driver_sql
    state = run("SELECT state FROM file_transfer WHERE sha256 = ?", (sha256,)).scalar()
    author = run(
        "SELECT o.author FROM photo p JOIN operation o ON o.op_id = p.id WHERE p.sha256 = ? ORDER BY p.n LIMIT 1", (sha256,)
    ).scalar()
    return Whereabouts(state == "verified", author)
