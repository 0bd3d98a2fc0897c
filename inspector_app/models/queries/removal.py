"""Removal: batches with their lines, contracts, tenders, and what left a site in which year."""

import json
from dataclasses import dataclass, fields
from datetime import date, datetime

from sqlalchemy import Integer, cast, func, or_, select
from sqlalchemy.orm import Session

from inspector_app.domain.errors import NotFound
from inspector_app.domain.removal import ARRIVED, BatchState, Funding, TenderResult, WeighMethod
from inspector_app.i18n import N_, Words
from inspector_app.models.queries.papers import TYPE_NAMES
from inspector_app.models.queries.records import asked, columns, records, told
from inspector_app.models.removal import BatchLine, Contract, RemovalBatch, SaleTender
from inspector_app.models.sites import Site
from inspector_app.models.waste import WasteItem, WasteType


@dataclass(frozen=True, slots=True)
class Agreement:
    """A contract on removal. Money in tenge."""

    id: str
    no: str
    signed_on: date
    contractor: str
    bin: str | None
    licence_no: str | None
    licence_until: date | None
    subject: str | None
    amount_kzt: int | None
    funding: Funding
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A removal batch. Masses in grams; `lines` and `lines_g` sum its lines."""

    id: str
    site_id: str
    contract_id: str | None
    no: str
    state: BatchState
    planned_on: date | None
    loaded_at: datetime | None
    manifest_no: str | None
    carrier: str | None
    carrier_bin: str | None
    vehicle: str | None
    trailer: str | None
    driver: str | None
    destination: str | None
    destination_licence: str | None
    licence_until: date | None
    operation: str | None
    gross_g: int | None
    tare_g: int | None
    net_g: int | None
    weigh_method: WeighMethod | None
    ticket_no: str | None
    scale_calibrated_until: date | None
    seals: str | None
    received_on: date | None
    received_g: int | None
    discrepancy_note: str | None
    certificate_no: str | None
    certificate_on: date | None
    note: str | None
    lines: int
    lines_g: int
    site_code: str


@dataclass(frozen=True, slots=True)
class Line:
    """What of one waste item goes with a batch. Mass in grams."""

    id: str
    item_id: str
    mass_g: int
    containers: int | None
    container_kind: str | None
    pcb_items: list[str]
    line_no: int
    code: str
    name: str | None
    hazards: list[str]
    y_codes: list[str]
    un_no: str | None
    adr_class: str | None
    packing_group: str | None
    hazardous: bool
    type_en: str | None
    type_ru: str | None
    type_kk: str | None

    def title(self, words: Words) -> str:
        """The local name, or the name of the type in a language."""
        return self.name or words.pick(self.type_en, self.type_ru, self.type_kk)


@dataclass(frozen=True, slots=True)
class Taken:
    """One 'waste type removed in a year' (INV-17): a waste item, a year, and what of it arrived then. Mass in grams."""

    year: int
    item_id: str
    line_no: int
    code: str
    name: str | None
    hazards: list[str]
    mass_g: int
    containers: int | None
    batches: tuple[str, ...]
    first_on: date
    last_on: date
    operation: str | None
    hazardous: bool
    type_en: str | None
    type_ru: str | None
    type_kk: str | None

    def title(self, words: Words) -> str:
        """The local name, or the name of the type in a language."""
        return self.name or words.pick(self.type_en, self.type_ru, self.type_kk)


@dataclass(frozen=True, slots=True)
class Tender:
    """A tender for the sale of a site's waste."""

    round: int
    announced_on: date
    result: TenderResult
    decided_on: date | None
    protocol_no: str | None
    price_kzt: int | None
    buyer: str | None
    id: str


_SUMS = (
    select(BatchLine.batch_id, func.count().label("lines"), func.sum(BatchLine.mass_g).label("lines_g"))
    .where(BatchLine.deleted.is_(False))
    .group_by(BatchLine.batch_id)
)


def batches(
    session: Session,
    *,
    site_id: str | None = None,
    state: BatchState | None = None,
    ids: tuple[str, ...] | None = None,
    limit: int | None = None,
) -> tuple[Batch, ...]:
    """Batches in the order of loading; of one site or of all, in one state or in any."""
    sums = _SUMS if site_id is None else _SUMS.where(BatchLine.site_id == site_id)
    sums = sums if ids is None else sums.where(BatchLine.batch_id.in_(ids))
    counted = sums.subquery()
    others = (
        func.coalesce(counted.c.lines, 0).label("lines"),
        func.coalesce(counted.c.lines_g, 0).label("lines_g"),
        Site.code.label("site_code"),
    )
    statement = (
        asked(Batch, RemovalBatch, *others)
        .outerjoin(counted, counted.c.batch_id == RemovalBatch.id)
        .join(Site, Site.id == RemovalBatch.site_id)
    )
    if site_id is not None:
        statement = statement.where(RemovalBatch.site_id == site_id)
    if state is not None:
        statement = statement.where(RemovalBatch.state == state)
    if ids is not None:
        statement = statement.where(RemovalBatch.id.in_(ids))
    order = func.coalesce(RemovalBatch.loaded_at, RemovalBatch.planned_on)
    statement = statement.order_by(order, RemovalBatch.no, RemovalBatch.n).limit(limit)
    return told(session, Batch, statement)


def find_batch(session: Session, no: str, *, site_id: str | None = None) -> Batch:
    """The batch of a number, of a manifest number, or of an id; on one site where the site is named. Raises NotFound."""
    statement = select(RemovalBatch.id).where(RemovalBatch.deleted.is_(False)).order_by(RemovalBatch.n)
    if site_id is not None:
        statement = statement.where(RemovalBatch.site_id == site_id)
    named = or_(RemovalBatch.no == no, RemovalBatch.manifest_no == no)
    # the id alone first: it has an index, a number has one only within its site
    of = (session.scalars(statement.where(wanted).limit(1)).first() for wanted in (RemovalBatch.id == no, named))
    found = next((each for each in of if each is not None), None)
    if found is None:
        raise NotFound(what=N_("removal batch"), code=no)
    return batches(session, ids=(found,))[0]


def lines(session: Session, batch_id: str) -> tuple[Line, ...]:
    """The lines of a batch with the names of their waste types."""
    item = tuple(column for column in columns(Line, WasteItem) if column.key not in {"id", "item_id"})
    statement = (
        asked(_LineOnly, BatchLine, *item, *TYPE_NAMES)
        .join(WasteItem, WasteItem.id == BatchLine.item_id)
        .outerjoin(WasteType, WasteType.code == WasteItem.code)
        .where(BatchLine.batch_id == batch_id)
        .order_by(WasteItem.line_no, BatchLine.n)
    )
    return told(session, Line, statement)


@dataclass(frozen=True, slots=True)
class _LineOnly:
    id: str
    item_id: str
    mass_g: int
    containers: int | None
    container_kind: str | None
    pcb_items: list[str]


def agreement(session: Session, contract_id: str | None) -> Agreement | None:
    """The contract of an id."""
    found = records(session, Agreement, Contract, Contract.id == contract_id) if contract_id else ()
    return found[0] if found else None


def agreements(session: Session, site_id: str) -> tuple[Agreement, ...]:
    """Contracts on a site: its own, and those of its batches."""
    used = select(RemovalBatch.contract_id).where(RemovalBatch.site_id == site_id, RemovalBatch.deleted.is_(False))
    where = or_(Contract.site_id == site_id, Contract.id.in_(used))
    return records(session, Agreement, Contract, where, order=(Contract.signed_on, Contract.n))


def tenders(session: Session, site_id: str) -> tuple[Tender, ...]:
    """Sale tenders of a site, by round."""
    return records(session, Tender, SaleTender, SaleTender.site_id == site_id, order=(SaleTender.round, SaleTender.n))


def taken(session: Session, site_id: str, year: int | None = None) -> tuple[Taken, ...]:
    """Waste types removed, by year of arrival and line of the inventory; of one year or of all."""
    at = cast(func.substr(RemovalBatch.received_on, 1, 4), Integer)
    names = [field.name for field in fields(Taken)]
    item = [getattr(WasteItem, name) for name in ("line_no", "code", "name", "hazards")]
    statement = (
        select(
            at.label("year"),
            BatchLine.item_id,
            *item,
            func.sum(BatchLine.mass_g).label("mass_g"),
            func.sum(BatchLine.containers).label("containers"),
            func.json_group_array(RemovalBatch.no.distinct()).label("batches"),
            func.min(RemovalBatch.received_on).label("first_on"),
            func.max(RemovalBatch.received_on).label("last_on"),
            func.max(RemovalBatch.operation).label("operation"),
            *TYPE_NAMES,
        )
        .join(RemovalBatch, RemovalBatch.id == BatchLine.batch_id)
        .join(WasteItem, WasteItem.id == BatchLine.item_id)
        .outerjoin(WasteType, WasteType.code == WasteItem.code)
        .where(
            BatchLine.site_id == site_id,
            BatchLine.deleted.is_(False),
            RemovalBatch.deleted.is_(False),
            RemovalBatch.state.in_(ARRIVED),
            RemovalBatch.received_on.is_not(None),
        )
        .group_by(at, BatchLine.item_id)
        .order_by(at, WasteItem.line_no, WasteItem.n)
    )
    if year is not None:
        statement = statement.where(at == year)
    found = []
    for row in session.execute(statement).mappings():
        values = {name: row[name] for name in names}
        values["batches"] = tuple(sorted(json.loads(row["batches"])))
        found.append(Taken(**values))
    return tuple(found)
