"""Rows that a supervisor asks about, kind by kind: the condition of each has a partial index and counters of its own.

The list of what needs attention (queries/attention.py) finds the oldest rows by the index and their number in the counters,
so that neither costs more in a larger register. A condition that changes needs a migration, for its index stands in the file.
"""

from dataclasses import dataclass

from inspector_app.domain.removal import TOLERANCE


@dataclass(frozen=True, slots=True)
class Watched:
    """Rows of `table` that fulfil `where`, the oldest by `since` first; counted under `kind` and `key`.

    `where` and `key` are SQL over the bare names of `columns`, without parameters: these serve no index with a condition.
    """

    kind: str
    table: str
    columns: tuple[str, ...]
    where: str
    since: str
    key: str


LEAKING = Watched(
    kind="leaking",
    table="pcb_item",
    columns=("condition", "operation", "deleted"),
    where="condition = 'LEAKING' AND operation NOT IN ('REMOVED', 'DESTROYED') AND deleted = 0",
    since="leak_since",
    key="condition",
)
CLAIMED = Watched(
    kind="claimed",
    table="status_event",
    columns=("state", "deleted"),
    where="state IN ('PROPOSED', 'DISPUTED') AND deleted = 0",
    since="effective_on",
    key="state",
)
ON_THE_WAY = Watched(
    kind="on_the_way",
    table="removal_batch",
    columns=("state", "loaded_at", "deleted"),
    where="state IN ('LOADED', 'IN_TRANSIT') AND loaded_at IS NOT NULL AND deleted = 0",
    since="loaded_at",
    key="substr(loaded_at, 1, 10)",
)
DIFFERING = Watched(
    kind="differing",
    table="removal_batch",
    columns=("state", "net_g", "received_g", "deleted"),
    where=(
        f"state = 'RECEIVED' AND net_g > 0 AND abs(received_g - net_g) * 100 > net_g * {round(TOLERANCE * 100)} AND deleted = 0"
    ),
    since="received_on",
    key="CASE WHEN received_g < net_g THEN 'DIFFERENCE' ELSE 'SURPLUS' END",
)
WITHOUT_FORCE = Watched(
    kind="without_force",
    table="court_decision",
    columns=("in_force_on", "decided_on", "result", "deleted"),
    where="in_force_on IS NULL AND result <> 'REFUSED' AND deleted = 0",
    since="decided_on",
    key="decided_on",
)
NOT_VISITED = Watched(
    kind="not_visited",
    table="inspection",
    columns=("state", "planned_on", "deleted"),
    where="state = 'DRAFT' AND planned_on IS NOT NULL AND deleted = 0",
    since="planned_on",
    key="planned_on",
)
WATCHED = (LEAKING, CLAIMED, ON_THE_WAY, DIFFERING, WITHOUT_FORCE, NOT_VISITED)
