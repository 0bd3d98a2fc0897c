"""Inspections: their list, and one of them with everything that hangs on it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from inspector_app.domain.errors import NotFound
from inspector_app.domain.inspection import InspectionKind, InspectionState, MeasurementKind, RiskClass
from inspector_app.domain.ownership import Status
from inspector_app.domain.waste import PackagingCondition, QuantityMethod
from inspector_app.i18n import N_, Words
from inspector_app.models.documents import Photo
from inspector_app.models.inspections import Finding, Inspection, Measurement
from inspector_app.models.queries.papers import TYPE_NAMES
from inspector_app.models.queries.records import asked, records, told
from inspector_app.models.sites import Site
from inspector_app.models.waste import WasteType


@dataclass(frozen=True, slots=True)
class InspectionLine:
    """A visit in a list."""

    id: str
    site_id: str
    no: str
    kind: InspectionKind
    state: InspectionState
    planned_on: date | None
    visited_on: date | None
    inspector: str
    risk: RiskClass | None
    signed_at: datetime | None
    amends_id: str | None
    site_code: str
    site_en: str | None
    site_ru: str | None
    site_kk: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A waste found on a visit, with the names of its type. Mass in grams."""

    id: str
    site_id: str
    item_id: str | None
    code: str
    name: str | None
    mass_g: int | None
    method: QuantityMethod | None
    packaging: str | None
    packages: int | None
    condition: PackagingCondition | None
    note: str | None
    hazardous: bool
    type_en: str | None
    type_ru: str | None
    type_kk: str | None

    def title(self, words: Words) -> str:
        """The local name, or the name of the type in a language."""
        return self.name or words.pick(self.type_en, self.type_ru, self.type_kk)


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of a field instrument."""

    id: str
    kind: MeasurementKind
    value: float
    point: str | None
    lat: float | None
    lon: float | None
    measured_at: datetime
    device: str | None
    device_no: str | None
    calibrated_until: date | None


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo: its fingerprint and what is known of it."""

    id: str
    sha256: str
    mime: str
    name: str | None
    taken_at: datetime | None
    lat: float | None
    lon: float | None
    direction_deg: int | None
    caption: str | None


@dataclass(frozen=True, slots=True)
class Visit:
    """One inspection with everything that hangs on it; `previous` is the signed visit before it, with what it found."""

    id: str
    site_id: str
    no: str
    kind: InspectionKind
    state: InspectionState
    planned_on: date | None
    visited_on: date | None
    order_no: str | None
    inspector: str
    attendees: list[dict[str, str]]
    weather: str | None
    lat: float | None
    lon: float | None
    answers: dict[str, Any]
    facts: str | None
    conclusions: str | None
    measures: str | None
    recommendation: Status | None
    risk_contents: int | None
    risk_place: int | None
    risk: RiskClass | None
    signatures: list[dict[str, str]]
    signed_at: datetime | None
    content_sha256: str | None
    amends_id: str | None


@dataclass(frozen=True, slots=True)
class Amended:
    """The inspection that another one corrects."""

    id: str
    no: str
    content_sha256: str | None


def inspections(
    session: Session, *, site_id: str | None = None, state: InspectionState | None = None, limit: int = 500
) -> tuple[InspectionLine, ...]:
    """Visits, newest first; of one site or of all, in one state or in any."""
    names = (
        Site.code.label("site_code"),
        Site.name_en.label("site_en"),
        Site.name_ru.label("site_ru"),
        Site.name_kk.label("site_kk"),
    )
    statement = asked(InspectionLine, Inspection, *names).join(Site, Site.id == Inspection.site_id)
    if site_id is not None:
        statement = statement.where(Inspection.site_id == site_id)
    if state is not None:
        statement = statement.where(Inspection.state == state)
    statement = statement.order_by(Inspection.n.desc()).limit(limit)
    return told(session, InspectionLine, statement)


def find_inspection(session: Session, no: str) -> Visit:
    """The visit of a number, or of an id; of several revisions the newest. Raises NotFound."""
    found = records(session, Visit, Inspection, or_(Inspection.no == no, Inspection.id == no), order=Inspection.n.desc())
    if not found:
        raise NotFound(what=N_("inspection"), code=no)
    return found[0]


def amended(session: Session, visit: Visit) -> Amended | None:
    """What this visit corrects."""
    found = records(session, Amended, Inspection, Inspection.id == visit.amends_id) if visit.amends_id else ()
    return found[0] if found else None


def previous(session: Session, visit: Visit) -> Visit | None:
    """The signed visit to the same site before this one."""
    where = [
        Inspection.site_id == visit.site_id,
        Inspection.id != visit.id,
        Inspection.state == InspectionState.SIGNED,
        Inspection.id != (visit.amends_id or ""),
    ]
    if visit.visited_on is not None:
        where.append(Inspection.visited_on <= visit.visited_on)
    found = records(session, Visit, Inspection, *where, order=(Inspection.visited_on.desc(), Inspection.n.desc()))
    return found[0] if found else None


def findings(session: Session, inspection_id: str) -> tuple[Found, ...]:
    """What was found, in the order of writing."""
    statement = (
        asked(Found, Finding, *TYPE_NAMES)
        .outerjoin(WasteType, WasteType.code == Finding.code)
        .where(Finding.inspection_id == inspection_id)
        .order_by(Finding.n)
    )
    return told(session, Found, statement)


def readings(session: Session, inspection_id: str) -> tuple[Reading, ...]:
    """Readings of field instruments, in the order of time."""
    where = Measurement.inspection_id == inspection_id
    return records(session, Reading, Measurement, where, order=(Measurement.measured_at, Measurement.n))


def pictures(session: Session, inspection_id: str) -> tuple[Picture, ...]:
    """Photos of a visit, in the order of time."""
    return records(session, Picture, Photo, Photo.inspection_id == inspection_id, order=(Photo.taken_at, Photo.n))


def signed_numbers(session: Session, site_id: str | None = None) -> tuple[str, ...]:
    """Numbers of the signed inspections, for making many papers at once."""
    statement = select(Inspection.no).where(Inspection.state == InspectionState.SIGNED, Inspection.deleted.is_(False))
    if site_id is not None:
        statement = statement.where(Inspection.site_id == site_id)
    return tuple(session.scalars(statement.order_by(Inspection.n)))
