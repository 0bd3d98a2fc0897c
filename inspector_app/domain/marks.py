"""Every status has one mark, told apart by shape and by colour: the same in table, map, legend, chart, report and filter.

Colours are those of Okabe and Ito, distinct for the colour-blind; shapes carry the meaning alone on black-and-white paper.
"""

from dataclasses import dataclass
from typing import Literal

from inspector_app.domain.ownership import Bucket, Status

Shape = Literal["circle", "diamond", "square", "triangle", "half-triangle", "pentagon", "cross", "ring", "dot"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A shape and its colour; `quarters` says how much of a ring is filled (1 to 4)."""

    shape: Shape
    colour: str
    quarters: int = 0


DISPUTED = Mark("cross", "#D55E00")
NEWER = Mark("ring", "#7F8A96")

MARKS: dict[Status, Mark] = {
    Status.DISCOVERED: Mark("ring", "#7F8A96", 1),
    Status.OWNER_SEARCH: Mark("ring", "#7F8A96", 2),
    Status.CLAIM_FILED: Mark("ring", "#7F8A96", 3),
    Status.DECIDED: Mark("ring", "#7F8A96", 4),
    Status.OWNER_FOUND: Mark("dot", "#7F8A96"),
    Status.COURT_REFUSED: Mark("dot", "#7F8A96"),
    Status.COMMUNAL: Mark("dot", "#7F8A96"),
    Status.UNDER_INSPECTION: Mark("pentagon", "#CC79A7"),
    Status.PENDING_REMOVAL: Mark("triangle", "#E69F00"),
    Status.FOR_SALE: Mark("triangle", "#E69F00"),
    Status.REMOVING: Mark("half-triangle", "#E69F00"),
    Status.REMOVED: Mark("circle", "#009E73"),
    Status.SOLD: Mark("diamond", "#56B4E9"),
    Status.TRANSFERRED_LEB: Mark("square", "#0072B2"),
}


def status_mark(status: Status) -> Mark:
    """The mark of a status; one of a newer program has that of what is not known."""
    return MARKS.get(status, NEWER)


BUCKET_MARKS: dict[Bucket, Mark] = {
    Bucket.REMOVED: MARKS[Status.REMOVED],
    Bucket.SOLD: MARKS[Status.SOLD],
    Bucket.TRANSFERRED: MARKS[Status.TRANSFERRED_LEB],
    Bucket.PENDING_REMOVAL: MARKS[Status.PENDING_REMOVAL],
    Bucket.UNDER_INSPECTION: MARKS[Status.UNDER_INSPECTION],
}

SEVERITY: tuple[Status, ...] = (
    Status.UNDER_INSPECTION,
    Status.PENDING_REMOVAL,
    Status.FOR_SALE,
    Status.REMOVING,
    Status.SOLD,
    Status.TRANSFERRED_LEB,
    Status.REMOVED,
    Status.DECIDED,
    Status.CLAIM_FILED,
    Status.OWNER_SEARCH,
    Status.DISCOVERED,
    Status.OWNER_FOUND,
    Status.COURT_REFUSED,
    Status.COMMUNAL,
)
"""Which status a cluster shows first; a disputed site comes before all of them (map.md 0.9)."""
