"""What papers say of a site: its identity, the court, its documents and the waste in its inventory."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from inspector_app.domain.errors import NotFound
from inspector_app.domain.ownership import CourtResult, DocumentType, EventState, OwnershipType, Status
from inspector_app.domain.waste import Outcome, PackagingCondition, PhysicalState, QuantityMethod
from inspector_app.i18n import N_, Words
from inspector_app.models.documents import Document
from inspector_app.models.queries.records import asked, records
from inspector_app.models.sites import CourtDecision, Site, StatusEvent
from inspector_app.models.waste import QuantityEstimate, WasteItem, WasteType


@dataclass(frozen=True, slots=True)
class SitePaper:
    """A site as papers name it. Degrees WGS 84, masses in grams."""

    id: str
    code: str
    register_no: str | None
    name_en: str | None
    name_ru: str | None
    name_kk: str | None
    region: str
    kato: str | None
    address: str | None
    cadastral_no: str | None
    former_owner: str | None
    activity: str | None
    lat: float
    lon: float
    coordinate_text: str | None
    source_crs: str | None
    accuracy_m: float | None
    boundary: Any
    area_m2: int | None
    discovered_on: date | None
    description: str | None
    radiological: bool
    suspended: str | None
    status: Status
    status_since: date | None
    state_owned_since: date | None
    disputed: bool
    items: int
    inventory_g: int
    removed_g: int
    sold_g: int
    transferred_g: int
    remaining_g: int
    pcb_items: int

    def name(self, words: Words) -> str:
        """The name in a language, or the code."""
        return words.pick(self.name_en, self.name_ru, self.name_kk) or self.code


@dataclass(frozen=True, slots=True)
class Decided:
    """A court decision."""

    court: str
    case_no: str
    claimant: str | None
    decided_on: date
    in_force_on: date | None
    result: CourtResult
    ownership: OwnershipType | None
    listed: list[str]


@dataclass(frozen=True, slots=True)
class Held:
    """A document of a site."""

    id: str
    type: DocumentType
    no: str
    issued_on: date
    issuer: str | None
    title: str | None
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A status event of the accepted chain."""

    to_status: Status
    effective_on: date
    basis: list[str]
    historical: bool
    note: str | None


@dataclass(frozen=True, slots=True)
class Waste:
    """A waste item with the names of its type. Masses in grams; `low_g` and `high_g` bound the accepted estimate."""

    id: str
    line_no: int
    code: str
    legacy_code: str | None
    name: str | None
    state: PhysicalState | None
    hazards: list[str]
    y_codes: list[str]
    un_no: str | None
    adr_class: str | None
    packing_group: str | None
    packaging: str | None
    packages: int | None
    packaging_condition: PackagingCondition | None
    place: str | None
    outcome: Outcome
    accepted_g: int
    corrected_g: int
    removed_g: int
    sold_g: int
    transferred_g: int
    remaining_g: int
    hazardous: bool
    type_en: str | None
    type_ru: str | None
    type_kk: str | None
    method: QuantityMethod | None = None
    low_g: int | None = None
    high_g: int | None = None

    def title(self, words: Words) -> str:
        """The local name, or the name of the type in a language."""
        return self.name or words.pick(self.type_en, self.type_ru, self.type_kk)


TYPE_NAMES = (
    func.coalesce(WasteType.hazardous, 0).label("hazardous"),
    WasteType.name_en.label("type_en"),
    WasteType.name_ru.label("type_ru"),
    WasteType.name_kk.label("type_kk"),
)
"""Columns of the classifier that go with an item, by an outer join: an unknown code is allowed (domain.md 2.1)."""


def find_site(session: Session, code: str) -> SitePaper:
    """The site of a code or of a register number. Raises NotFound."""
    for column in (Site.code, Site.register_no):
        if found := records(session, SitePaper, Site, column == code):
            return found[0]
    raise NotFound(what=N_("site"), code=code)


def site_of(session: Session, site_id: str) -> SitePaper:
    """The site of an id. Raises NotFound."""
    if found := records(session, SitePaper, Site, Site.id == site_id):
        return found[0]
    raise NotFound(what=N_("site"), code=site_id)


def decisions(session: Session, site_id: str) -> tuple[Decided, ...]:
    """Court decisions, in the order of their days."""
    return records(session, Decided, CourtDecision, CourtDecision.site_id == site_id, order=CourtDecision.decided_on)


def documents(session: Session, site_id: str) -> tuple[Held, ...]:
    """Documents, in the order of their days."""
    return records(session, Held, Document, Document.site_id == site_id, order=(Document.issued_on, Document.n))


def stages(session: Session, site_id: str) -> tuple[Stage, ...]:
    """The accepted chain of status events, oldest first."""
    where = (StatusEvent.site_id == site_id, StatusEvent.state == EventState.ACCEPTED)
    return records(session, Stage, StatusEvent, *where, order=(StatusEvent.position, StatusEvent.n))


def inventory(session: Session, site_id: str) -> tuple[Waste, ...]:
    """Waste items with the names of their types and how the accepted quantity was found, in the order of their lines."""
    statement = (
        asked(Waste, WasteItem, *TYPE_NAMES)
        .outerjoin(WasteType, WasteType.code == WasteItem.code)
        .where(WasteItem.site_id == site_id)
        .order_by(WasteItem.line_no, WasteItem.n)
    )
    estimates = {
        row.item_id: row
        for row in session.execute(
            select(QuantityEstimate.item_id, QuantityEstimate.method, QuantityEstimate.low_g, QuantityEstimate.high_g).where(
                QuantityEstimate.item_id.in_(select(WasteItem.id).where(WasteItem.site_id == site_id)),
                QuantityEstimate.accepted.is_(True),
                QuantityEstimate.deleted.is_(False),
            )
        )
    }
    found = []
    for row in session.execute(statement).mappings():
        estimate = estimates.get(row["id"])
        extra = {} if estimate is None else {"method": estimate.method, "low_g": estimate.low_g, "high_g": estimate.high_g}
        found.append(Waste(**row, **extra))
    return tuple(found)
