"""PCB equipment: its list, one item, and where it has been."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_
from sqlalchemy.orm import Session

from inspector_app.domain.errors import NotFound
from inspector_app.domain.pcb import (
    ConcentrationClass,
    EquipmentCondition,
    EquipmentType,
    Liquid,
    OperationalStatus,
    TestMethod,
)
from inspector_app.i18n import N_, Words
from inspector_app.models.queries.records import asked, records, told
from inspector_app.models.sites import Site
from inspector_app.models.waste import PcbItem, PcbMove


@dataclass(frozen=True, slots=True)
class Equipment:
    """A piece of PCB equipment with the site it belongs to. Masses in grams, liquid in millilitres, ppm is mg/kg."""

    id: str
    site_id: str
    item_id: str | None
    label: str
    equipment: EquipmentType
    maker: str | None
    country: str | None
    model: str | None
    serial_no: str | None
    year_made: int | None
    power_kvar: float | None
    voltage_kv: float | None
    total_g: int | None
    dry_g: int | None
    liquid_g: int | None
    liquid_ml: int | None
    liquid: Liquid | None
    ppm: float | None
    ppm_qualifier: str | None
    test_method: TestMethod
    tested_on: date | None
    laboratory: str | None
    protocol_no: str | None
    concentration: ConcentrationClass
    operation: OperationalStatus
    condition: EquipmentCondition
    leak_since: date | None
    out_of_service_on: date | None
    storage: str | None
    former_place: str | None
    former_owner: str | None
    note: str | None
    site_code: str
    site_en: str | None
    site_ru: str | None
    site_kk: str | None

    def site_name(self, words: Words) -> str:
        """The site's name in a language, or its code."""
        return words.pick(self.site_en, self.site_ru, self.site_kk) or self.site_code


@dataclass(frozen=True, slots=True)
class Move:
    """A relocation of an item."""

    moved_on: date
    origin: str
    target: str
    note: str | None


def equipment(
    session: Session,
    *,
    site_id: str | None = None,
    ids: Collection[str] | None = None,
    concentration: ConcentrationClass | None = None,
    condition: EquipmentCondition | None = None,
    limit: int | None = None,
) -> tuple[Equipment, ...]:
    """Equipment by label; of one site or of all, of some ids, in one class or condition."""
    names = (
        Site.code.label("site_code"),
        Site.name_en.label("site_en"),
        Site.name_ru.label("site_ru"),
        Site.name_kk.label("site_kk"),
    )
    statement = asked(Equipment, PcbItem, *names).join(Site, Site.id == PcbItem.site_id).where(Site.deleted.is_(False))
    if site_id is not None:
        statement = statement.where(PcbItem.site_id == site_id)
    if ids is not None:
        statement = statement.where(PcbItem.id.in_(ids))
    if concentration is not None:
        statement = statement.where(PcbItem.concentration == concentration)
    if condition is not None:
        statement = statement.where(PcbItem.condition == condition)
    statement = statement.order_by(PcbItem.label, PcbItem.n).limit(limit)
    return told(session, Equipment, statement)


def find_equipment(session: Session, label: str) -> Equipment:
    """The item of a label, of an id, or of a serial number. Raises NotFound."""
    wanted = or_(PcbItem.label == label, PcbItem.id == label, PcbItem.serial_no == label)
    ids = [each.id for each in records(session, _Id, PcbItem, wanted)]
    if not ids:
        raise NotFound(what=N_("PCB item"), code=label)
    return equipment(session, ids=ids)[0]


@dataclass(frozen=True, slots=True)
class _Id:
    id: str


def moves(session: Session, pcb_item_id: str) -> tuple[Move, ...]:
    """Where an item was brought from and to, oldest first."""
    return records(session, Move, PcbMove, PcbMove.pcb_item_id == pcb_item_id, order=(PcbMove.moved_on, PcbMove.n))
