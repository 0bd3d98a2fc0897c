"""Where this file stands with the central server: what the status bar says."""

from dataclasses import dataclass
from datetime import datetime

from inspector_app.models.driver import Asking


@dataclass(frozen=True, slots=True)
class Standing:
    """`waiting` counts own changes not sent, `conflicts` what a person must settle; `server` is empty before enrolment."""

    server: str
    last_sync: datetime | None
    waiting: int
    conflicts: int


def standing(asking: Asking) -> Standing:
    """The counts of the status bar; a register that belongs to no server has nothing to send."""
    server = asking.value("SELECT value FROM fact WHERE name = 'server'")
    if not server:
        return Standing("", None, 0, 0)
    synced = asking.value("SELECT at FROM sync_receipt ORDER BY n DESC LIMIT 1")
    return Standing(
        server,
        datetime.fromisoformat(synced) if synced else None,
        waiting_count(asking),
        conflict_count(asking),
    )


def waiting_count(asking: Asking) -> int:
    """How many own changes are not sent yet."""
    # the first two conditions are the words of the partial index
    counted: int = asking.value(
        "SELECT COUNT(*) FROM operation WHERE state <> 'acked' AND state <> 'heard' AND state = 'pending'"
    )
    return counted


def conflict_count(asking: Asking) -> int:
    """How many conflicts are open."""
    counted: int = asking.value("SELECT COUNT(*) FROM conflict WHERE state = 'open'")
    return counted
