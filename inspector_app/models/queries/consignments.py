"""Batches as the page of removal lists them, the mass ledger of a site, and what of its waste a batch can still take."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from inspector_app.domain.ledger import Balance
from inspector_app.domain.ownership import Status
from inspector_app.domain.removal import BatchState
from inspector_app.domain.waste import Hazard, show_code
from inspector_app.i18n import Words
from inspector_app.models.derived import Counter
from inspector_app.models.queries.papers import TYPE_NAMES, SitePaper, Waste, inventory, site_of
from inspector_app.models.queries.removal import Agreement, Batch, Line, agreement, agreements, find_batch, lines
from inspector_app.models.removal import BatchLine, RemovalBatch
from inspector_app.models.sites import Site
from inspector_app.models.waste import WasteItem, WasteType
from inspector_app.models.watched import BATCHES


@dataclass(frozen=True, slots=True)
class BatchLineRow:
    """A batch in the list. Masses are grams; `lines_g` sums its lines."""

    id: str
    site_id: str
    site_code: str
    no: str
    state: BatchState
    planned_on: date | None
    loaded_at: datetime | None
    manifest_no: str | None
    carrier: str | None
    destination: str | None
    net_g: int | None
    received_g: int | None
    received_on: date | None
    certificate_no: str | None
    lines: int
    lines_g: int


@dataclass(frozen=True, slots=True)
class BatchList:
    """The newest batches that pass a filter, and how many pass it."""

    rows: tuple[BatchLineRow, ...]
    total: int


def batch_list(
    session: Session, *, states: frozenset[BatchState] = frozenset(), search: str = "", limit: int = 500
) -> BatchList:
    """Batches, newest first, in any of the states, whose number, manifest, carrier or site has what was typed."""
    conditions: list[ColumnElement[bool]] = [RemovalBatch.deleted.is_(False)]
    if states:
        conditions.append(RemovalBatch.state.in_(states))
    if search.strip():
        escaped = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        like = f"%{escaped}%"
        names = (RemovalBatch.no, RemovalBatch.manifest_no, RemovalBatch.carrier, Site.code)
        conditions.append(or_(*(name.like(like, escape="\\") for name in names)))
    mine = (BatchLine.batch_id == RemovalBatch.id, BatchLine.deleted.is_(False))
    count = select(func.count()).select_from(BatchLine).where(*mine).correlate(RemovalBatch).scalar_subquery()
    mass = select(func.coalesce(func.sum(BatchLine.mass_g), 0)).where(*mine).correlate(RemovalBatch).scalar_subquery()
    columns: list[Any] = [
        getattr(Site if name == "site_code" else RemovalBatch, "code" if name == "site_code" else name)
        for name in BatchLineRow.__slots__[:-2]
    ]
    columns += [count, mass]
    # the numbers first, so that nothing is joined or summed for a batch that is not shown
    numbers = select(RemovalBatch.n).where(*conditions).order_by(RemovalBatch.n.desc())
    if search.strip():
        found = session.scalars(numbers.join(Site, Site.id == RemovalBatch.site_id)).all()
        total = len(found)
    else:
        found = session.scalars(numbers.limit(limit)).all()
        total = _counted(session, states)
    asked = select(*columns).join(Site, Site.id == RemovalBatch.site_id).where(RemovalBatch.n.in_(found[:limit]))
    return BatchList(tuple(BatchLineRow(*row) for row in session.execute(asked.order_by(RemovalBatch.n.desc()))), total)


def _counted(session: Session, states: frozenset[BatchState]) -> int:
    asked = select(func.coalesce(func.sum(Counter.count), 0)).where(Counter.kind == BATCHES.kind)
    return session.scalar(asked.where(Counter.key.in_(states)) if states else asked) or 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The mass balance of a site, and of each of its items."""

    site: SitePaper
    items: tuple[Waste, ...]
    balance: Balance

    @property
    def balances(self) -> bool:
        """Whether the sums of the items are those of the site, and nothing has left that was not there."""
        whole = self.balance
        return (
            whole.inventory_g == self.site.inventory_g
            and whole.remaining_g == self.site.remaining_g
            and all(each.remaining_g >= 0 for each in self.items)
        )


def ledger(session: Session, *, site_id: str) -> Ledger:
    """The mass ledger of a site (INV-06). Raises NotFound."""
    items = inventory(session, site_id)
    whole = sum(
        (Balance(each.accepted_g, each.corrected_g, each.removed_g, each.sold_g, each.transferred_g) for each in items),
        Balance(),
    )
    return Ledger(site_of(session, site_id), items, whole)


@dataclass(frozen=True, slots=True)
class Takeable:
    """A waste item of the site with what remains of it beside what is planned in this batch. Mass is grams."""

    item_id: str
    line_no: int
    code: str
    hazardous: bool
    name: str | None
    type_en: str | None
    type_ru: str | None
    type_kk: str | None
    remaining_g: int

    def title(self, words: Words) -> str:
        """Line, code and name in a language."""
        name = self.name or words.pick(self.type_en, self.type_ru, self.type_kk)
        return f"{self.line_no}. {show_code(self.code, hazardous=self.hazardous)} {name}"


@dataclass(frozen=True, slots=True)
class Consignment:
    """One batch as its form shows it."""

    batch: Batch
    site_en: str | None
    site_ru: str | None
    site_kk: str | None
    site_status: Status
    contract: Agreement | None
    lines: tuple[Line, ...]
    takeable: tuple[Takeable, ...]
    is_pcb: bool

    def site_name(self, words: Words) -> str:
        """The site's name in a language, or its code."""
        return words.pick(self.site_en, self.site_ru, self.site_kk) or self.batch.site_code


def consignment(session: Session, *, batch_id: str) -> Consignment:
    """A batch by its id. Raises NotFound."""
    batch = find_batch(session, batch_id)
    site = session.execute(select(Site.name_en, Site.name_ru, Site.name_kk, Site.status).where(Site.id == batch.site_id)).one()
    held = lines(session, batch.id)
    rows = session.execute(
        select(WasteItem.id, WasteItem.line_no, WasteItem.code, *TYPE_NAMES, WasteItem.name, WasteItem.remaining_g)
        .outerjoin(WasteType, WasteType.code == WasteItem.code)
        .where(WasteItem.site_id == batch.site_id, WasteItem.deleted.is_(False))
        .order_by(WasteItem.line_no, WasteItem.n)
    )
    return Consignment(
        batch=batch,
        site_en=site.name_en,
        site_ru=site.name_ru,
        site_kk=site.name_kk,
        site_status=site.status,
        contract=agreement(session, batch.contract_id),
        lines=held,
        takeable=tuple(
            Takeable(
                row.id,
                row.line_no,
                row.code,
                bool(row.hazardous),
                row.name,
                row.type_en,
                row.type_ru,
                row.type_kk,
                row.remaining_g,
            )
            for row in rows
        ),
        is_pcb=any(Hazard.C16 in line.hazards and "Y10" in line.y_codes for line in held),
    )


def contracts(session: Session, *, site_id: str) -> tuple[Agreement, ...]:
    """Contracts on a site."""
    return agreements(session, site_id)
