"""Where this file stands with the central server: what the status bar says."""

from dataclasses import dataclass
from datetime import datetime

from inspector_app.models.driver import Asking

COUNTED_AT_MOST = 100_000
"""Changes that wait are counted so far: beyond that a person needs no number, and counting would cost more each time."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is between this file and its server; `server` is empty before enrolment.

    `waiting` counts own changes not sent (COUNTED_AT_MOST + 1 for more), `held` those that wait for another record or, as
    `put_off` of them do, for an update of the server, `refused` those that the server refused and nobody has looked at,
    `conflicts` what a person must settle, `legal` those among them about legal facts, `files` photos and papers of
    `files_bytes` that are not at the server and lie here.
    """

    server: str
    last_sync: datetime | None
    waiting: int
    conflicts: int
    held: int = 0
    refused: int = 0
    legal: int = 0
    files: int = 0
    put_off: int = 0
    files_bytes: int = 0

    @property
    def is_clear(self) -> bool:
        """Whether nothing at all is left to send or to decide."""
        return not (self.waiting or self.held or self.refused or self.conflicts or self.files)


def standing(asking: Asking) -> Standing:
    """The counts of the status bar; a register that belongs to no server has nothing to send."""
    server = asking.value("SELECT value FROM fact WHERE name = 'server'")
    if not server:
        return Standing("", None, 0, 0)
    synced = asking.value("SELECT at FROM sync_receipt ORDER BY n DESC LIMIT 1")
    legal = asking.value("SELECT COUNT(*) FROM conflict WHERE state = 'open' AND kind = 'legal'")
    ((files, files_bytes),) = asking.rows(_FILES, (COUNTED_AT_MOST,))
    return Standing(
        server,
        datetime.fromisoformat(synced) if synced else None,
        waiting_count(asking),
        conflict_count(asking),
        held=asking.value(f"SELECT COUNT(*) {_OPEN} AND state = 'held'"),
        refused=refused_count(asking),
        legal=legal,
        files=files,
        files_bytes=files_bytes,
        put_off=asking.value(f"SELECT COUNT(*) {_OPEN} AND state = 'held' AND json_extract(result, '$.reason') = 'WordsWait'"),
    )


_OPEN = "FROM operation WHERE state <> 'acked' AND state <> 'heard'"  # the words of the partial index
_WAITING = f"SELECT COUNT(*) FROM (SELECT 1 {_OPEN} AND state = 'pending' LIMIT ?)"  # noqa: S608 - our own words


# files of which the queue knows, and those that were recorded since it was made: their records wait to be sent as well
_FILES = f"""
SELECT COUNT(*), COALESCE(SUM(size), 0) FROM (
    SELECT sha256, size FROM file_transfer WHERE state <> 'verified' AND state IN ('waiting', 'sending')
    UNION
    SELECT sha256, size FROM (
        SELECT COALESCE(json_extract(body, '$.data.sha256'), json_extract(body, '$.changes.sha256[1]')) AS sha256,
            COALESCE(json_extract(body, '$.data.size'), json_extract(body, '$.changes.size[1]')) AS size
        FROM (SELECT entity, body {_OPEN} AND state = 'pending' LIMIT ?) WHERE entity IN ('photo', 'document')
    ) WHERE sha256 IS NOT NULL AND sha256 NOT IN (SELECT sha256 FROM file_transfer)
)"""  # noqa: S608 - our own words


def waiting_count(asking: Asking) -> int:
    """How many own changes are not sent yet; COUNTED_AT_MOST + 1 when there are more than are counted."""
    counted: int = asking.value(_WAITING, (COUNTED_AT_MOST + 1,))
    return counted


def refused_count(asking: Asking) -> int:
    """How many own changes the server refused since a person last said that he has seen them."""
    seen = int(asking.value("SELECT value FROM fact WHERE name = 'refused_seen'") or 0)
    counted: int = asking.value(f"SELECT COUNT(*) {_OPEN} AND state = 'rejected' AND n > ?", (seen,))
    return counted


def conflict_count(asking: Asking) -> int:
    """How many conflicts are open."""
    counted: int = asking.value("SELECT COUNT(*) FROM conflict WHERE state = 'open'")
    return counted
