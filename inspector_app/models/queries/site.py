"""All that the page of one site shows."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from inspector_app.domain.inspection import InspectionKind, InspectionState, RiskClass
from inspector_app.domain.pcb import ConcentrationClass, EquipmentCondition, EquipmentType
from inspector_app.domain.removal import BatchState
from inspector_app.domain.waste import Outcome, PhysicalState, show_code
from inspector_app.i18n import Words
from inspector_app.models.documents import Photo
from inspector_app.models.inspections import Inspection
from inspector_app.models.queries.facts import Outlook, outlooks
from inspector_app.models.queries.glance import DocumentRow, EventRow, documents, events, site_row
from inspector_app.models.queries.inspections import Picture
from inspector_app.models.queries.sites import SiteRow
from inspector_app.models.removal import BatchLine, RemovalBatch
from inspector_app.models.sites import Programme, Site, SiteProgramme
from inspector_app.models.transactions import Open
from inspector_app.models.waste import PcbItem, WasteItem, WasteType


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One waste item of the inventory. Masses are grams."""

    id: str
    line_no: int
    code: str
    hazardous: bool
    own_name: str | None
    name_en: str | None
    name_ru: str | None
    name_kk: str | None
    state: PhysicalState | None
    hazards: tuple[str, ...]
    y_codes: tuple[str, ...]
    packaging: str | None
    packages: int | None
    place: str | None
    outcome: Outcome
    inventory_g: int
    removed_g: int
    remaining_g: int

    @property
    def shown_code(self) -> str:
        """The code as the classifier prints it."""
        return show_code(self.code, hazardous=self.hazardous)

    def name(self, words: Words) -> str:
        """The local name, or that of the classifier in a language."""
        return self.own_name or words.pick(self.name_en, self.name_ru, self.name_kk)


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One removal batch of the site. `mass_g` is the sum of its lines, grams."""

    id: str
    no: str
    state: BatchState
    loaded_at: datetime | None
    manifest_no: str | None
    carrier: str | None
    destination: str | None
    received_on: date | None
    certificate_no: str | None
    lines: int
    mass_g: int


@dataclass(frozen=True, slots=True)
class PcbRow:
    """One piece of PCB equipment of the site. Mass is grams."""

    id: str
    label: str
    equipment: EquipmentType
    maker: str | None
    serial_no: str | None
    total_g: int | None
    concentration: ConcentrationClass
    condition: EquipmentCondition
    storage: str | None


@dataclass(frozen=True, slots=True)
class InspectionRow:
    """One visit to the site."""

    id: str
    no: str
    kind: InspectionKind
    state: InspectionState
    visited_on: date | None
    inspector: str
    risk: RiskClass | None
    signed_at: datetime | None


@dataclass(frozen=True, slots=True)
class SitePage:
    """What the register knows of one site, beside its history."""

    row: SiteRow
    description: str | None
    former_owner: str | None
    activity: str | None
    cadastral_no: str | None
    coordinate_text: str | None
    boundary: Any
    area_m2: int | None
    radiological: bool
    suspended: str | None
    programmes: tuple[tuple[str | None, str | None, str | None], ...]
    events: tuple[EventRow, ...]
    items: tuple[ItemRow, ...]
    batches: tuple[BatchRow, ...]
    pcb: tuple[PcbRow, ...]
    inspections: tuple[InspectionRow, ...]
    documents: tuple[DocumentRow, ...]
    photos: tuple[Picture, ...]
    outlooks: tuple[Outlook, ...]


def site_page(session: Open, *, site_id: str) -> SitePage | None:
    """Everything on the page of a site, or nothing when it is gone."""
    row = site_row(session, site_id)
    if row is None:
        return None
    own: tuple[Any, ...] = (
        Site.description, Site.former_owner, Site.activity, Site.cadastral_no, Site.coordinate_text, Site.boundary,
        Site.area_m2, Site.radiological, Site.suspended,
    )  # fmt: skip
    facts = session.execute(select(*own).where(Site.id == site_id)).mappings().one()
    return SitePage(
        row,
        **facts,
        programmes=_programmes(session, site_id),
        events=tuple(events(session, site_id=site_id)),
        items=_items(session, site_id),
        batches=_batches(session, site_id),
        pcb=_pcb(session, site_id),
        inspections=_inspections(session, site_id),
        documents=tuple(documents(session, site_id=site_id)),
        photos=_photos(session, site_id),
        outlooks=outlooks(session, site_id, on=session.info["today"]),
    )


def _programmes(session: Open, site_id: str) -> tuple[tuple[str | None, str | None, str | None], ...]:
    question = (
        select(Programme.name_en, Programme.name_ru, Programme.name_kk)
        .join(SiteProgramme, SiteProgramme.programme_id == Programme.id)
        .where(SiteProgramme.site_id == site_id, SiteProgramme.deleted.is_(False), Programme.deleted.is_(False))
    )
    return tuple((row[0], row[1], row[2]) for row in session.execute(question.order_by(Programme.code)))


def _items(session: Open, site_id: str) -> tuple[ItemRow, ...]:
    columns: tuple[Any, ...] = (
        WasteItem.id, WasteItem.line_no, WasteItem.code, WasteType.hazardous, WasteItem.name, WasteType.name_en,
        WasteType.name_ru, WasteType.name_kk, WasteItem.state, WasteItem.hazards, WasteItem.y_codes, WasteItem.packaging,
        WasteItem.packages, WasteItem.place, WasteItem.outcome, WasteItem.accepted_g + WasteItem.corrected_g,
        WasteItem.removed_g, WasteItem.remaining_g,
    )  # fmt: skip
    question = select(*columns).outerjoin(WasteType, WasteType.code == WasteItem.code)
    question = question.where(WasteItem.site_id == site_id, WasteItem.deleted.is_(False)).order_by(WasteItem.line_no)
    rows: list[Any] = [list(row) for row in session.execute(question)]
    for row in rows:
        row[3], row[9], row[10] = bool(row[3]), tuple(row[9]), tuple(row[10])
    return tuple(ItemRow(*row) for row in rows)


def _batches(session: Open, site_id: str) -> tuple[BatchRow, ...]:
    lines = (
        select(BatchLine.batch_id, func.count().label("lines"), func.sum(BatchLine.mass_g).label("mass_g"))
        .where(BatchLine.site_id == site_id, BatchLine.deleted.is_(False))
        .group_by(BatchLine.batch_id)
        .subquery()
    )
    columns: tuple[Any, ...] = (
        RemovalBatch.id, RemovalBatch.no, RemovalBatch.state, RemovalBatch.loaded_at, RemovalBatch.manifest_no,
        RemovalBatch.carrier, RemovalBatch.destination, RemovalBatch.received_on, RemovalBatch.certificate_no,
        func.coalesce(lines.c.lines, 0), func.coalesce(lines.c.mass_g, 0),
    )  # fmt: skip
    question = select(*columns).outerjoin(lines, lines.c.batch_id == RemovalBatch.id)
    question = question.where(RemovalBatch.site_id == site_id, RemovalBatch.deleted.is_(False))
    return tuple(BatchRow(*row) for row in session.execute(question.order_by(RemovalBatch.no.desc())))


def _pcb(session: Open, site_id: str) -> tuple[PcbRow, ...]:
    columns: tuple[Any, ...] = (
        PcbItem.id, PcbItem.label, PcbItem.equipment, PcbItem.maker, PcbItem.serial_no, PcbItem.total_g, PcbItem.concentration,
        PcbItem.condition, PcbItem.storage,
    )  # fmt: skip
    question = select(*columns).where(PcbItem.site_id == site_id, PcbItem.deleted.is_(False))
    return tuple(PcbRow(*row) for row in session.execute(question.order_by(PcbItem.label)))


def _inspections(session: Open, site_id: str) -> tuple[InspectionRow, ...]:
    columns: tuple[Any, ...] = (
        Inspection.id, Inspection.no, Inspection.kind, Inspection.state, Inspection.visited_on, Inspection.inspector,
        Inspection.risk, Inspection.signed_at,
    )  # fmt: skip
    question = select(*columns).where(Inspection.site_id == site_id, Inspection.deleted.is_(False))
    return tuple(InspectionRow(*row) for row in session.execute(question.order_by(Inspection.visited_on.desc())))


def _photos(session: Open, site_id: str) -> tuple[Picture, ...]:
    columns: tuple[Any, ...] = tuple(getattr(Photo, name) for name in Picture.__slots__)
    question = select(*columns).where(Photo.site_id == site_id, Photo.deleted.is_(False))
    return tuple(Picture(*row) for row in session.execute(question.order_by(Photo.taken_at, Photo.n)))
