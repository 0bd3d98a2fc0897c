"""What the form of an inspection shows: the visit with all that hangs on it, its site, and the equipment that stands there."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from inspector_app.models.inspections import Inspection
from inspector_app.models.queries.inspections import (
    Found,
    Picture,
    Reading,
    Visit,
    find_inspection,
    findings,
    pictures,
    readings,
)
from inspector_app.models.queries.papers import SitePaper, Waste, inventory, site_of
from inspector_app.models.queries.pcb import Equipment, equipment


@dataclass(frozen=True, slots=True)
class Act:
    """One inspection as its form shows it. `amended_by` is the number of the amendment that came after it."""

    visit: Visit
    site: SitePaper
    found: tuple[Found, ...]
    readings: tuple[Reading, ...]
    pictures: tuple[Picture, ...]
    equipment: tuple[Equipment, ...]
    inventory: tuple[Waste, ...]
    amended_by: str | None


def act(session: Session, *, inspection_id: str) -> Act:
    """An inspection by its id. Raises NotFound."""
    visit = find_inspection(session, inspection_id)
    return Act(
        visit=visit,
        site=site_of(session, visit.site_id),
        found=findings(session, visit.id),
        readings=readings(session, visit.id),
        pictures=pictures(session, visit.id),
        equipment=equipment(session, site_id=visit.site_id),
        inventory=inventory(session, visit.site_id),
        amended_by=session.scalar(
            select(Inspection.no).where(Inspection.amends_id == visit.id, Inspection.deleted.is_(False)).limit(1)
        ),
    )
