"""The waste classifier, waste items with their quantity estimates, and PCB equipment."""

from datetime import date

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from inspector_app.domain.pcb import (
    ConcentrationClass,
    EquipmentCondition,
    EquipmentType,
    Liquid,
    OperationalStatus,
    TestMethod,
)
from inspector_app.domain.waste import Entry, Outcome, PackagingCondition, PhysicalState, QuantityMethod, Unit
from inspector_app.models.base import Base, DayText, Flag, JsonText, Logged, checks, coded, derived, index, real, watched
from inspector_app.models.watched import LEAKING


class WasteType(Base):
    """A six-digit type of the classifier, or a group of it (2 or 4 digits); reference data, loaded from resources."""

    __tablename__ = "waste_type"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    hazardous: Mapped[bool] = mapped_column(Flag)
    entry: Mapped[Entry | None] = coded(Entry)  # nothing for groups
    name_en: Mapped[str] = mapped_column(Text)
    name_ru: Mapped[str] = mapped_column(Text)
    name_kk: Mapped[str | None] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)

    __table_args__ = (*checks(("entry", Entry)), {"sqlite_strict": True})


class WasteItem(Logged, Base):
    """A lot of one waste on a site (domain.md 6.1). Its ledger columns are grams, kept by triggers."""

    __tablename__ = "waste_item"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    line_no: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(Text)
    classifier_version: Mapped[str | None] = mapped_column(Text)
    legacy_code: Mapped[str | None] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)  # local name; the type's name stands in the classifier
    state: Mapped[PhysicalState | None] = coded(PhysicalState)
    hazards: Mapped[list[str]] = mapped_column(JsonText, default=list, server_default="[]")
    y_codes: Mapped[list[str]] = mapped_column(JsonText, default=list, server_default="[]")
    un_no: Mapped[str | None] = mapped_column(Text)
    adr_class: Mapped[str | None] = mapped_column(Text)
    packing_group: Mapped[str | None] = mapped_column(Text)
    packaging: Mapped[str | None] = mapped_column(Text)
    packages: Mapped[int | None] = mapped_column(Integer)
    packaging_condition: Mapped[PackagingCondition | None] = coded(PackagingCondition)
    place: Mapped[str | None] = mapped_column(Text)
    mirror_assessment: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[Outcome] = coded(Outcome, default=Outcome.NONE, server_default="NONE")

    accepted_g: Mapped[int] = derived()
    corrected_g: Mapped[int] = derived()
    removed_g: Mapped[int] = derived()
    sold_g: Mapped[int] = derived()
    transferred_g: Mapped[int] = derived()
    remaining_g: Mapped[int] = mapped_column(
        Integer,
        Computed("accepted_g + corrected_g - removed_g - sold_g - transferred_g", persisted=False),
        info={"derived": True},
    )

    __table_args__ = (
        CheckConstraint("length(code) = 6", name="code"),  # INV-01
        index("site_id", "line_no"),
        index("code"),
        {"sqlite_strict": True},
    )


class QuantityEstimate(Logged, Base):
    """One of several quantities said of an item; the accepted one counts in the ledger. `mass_g` is grams."""

    __tablename__ = "quantity_estimate"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("waste_item.id"))
    value: Mapped[str] = mapped_column(Text)  # as given, a decimal number with a point
    unit: Mapped[Unit] = coded(Unit)
    density: Mapped[str | None] = mapped_column(Text)  # kg per litre, where the unit is a volume
    mass_g: Mapped[int | None] = mapped_column(Integer)  # nothing for Bq
    low_g: Mapped[int | None] = mapped_column(Integer)
    high_g: Mapped[int | None] = mapped_column(Integer)
    method: Mapped[QuantityMethod] = coded(QuantityMethod)
    source: Mapped[str | None] = mapped_column(Text)
    estimated_on: Mapped[date] = mapped_column(DayText)
    accepted: Mapped[bool] = mapped_column(Flag, default=False, server_default="0")

    __table_args__ = (
        CheckConstraint("mass_g IS NULL OR mass_g >= 0", name="mass"),  # INV-05
        index("item_id"),
        {"sqlite_strict": True},
    )


class PcbItem(Logged, Base):
    """A piece of PCB equipment or a container (domain.md 3.4). Masses are grams, concentration is mg/kg."""

    __tablename__ = "pcb_item"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    item_id: Mapped[str | None] = mapped_column(ForeignKey("waste_item.id"))
    label: Mapped[str] = mapped_column(Text)  # KZ-PCB-<KATO2>-<6 digits>
    equipment: Mapped[EquipmentType] = coded(EquipmentType)
    maker: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str | None] = mapped_column(Text)
    serial_no: Mapped[str | None] = mapped_column(Text)
    year_made: Mapped[int | None] = mapped_column(Integer)
    power_kvar: Mapped[float | None] = real()
    voltage_kv: Mapped[float | None] = real()
    total_g: Mapped[int | None] = mapped_column(Integer)
    dry_g: Mapped[int | None] = mapped_column(Integer)
    liquid_g: Mapped[int | None] = mapped_column(Integer)
    liquid_ml: Mapped[int | None] = mapped_column(Integer)
    liquid: Mapped[Liquid | None] = coded(Liquid)
    ppm: Mapped[float | None] = real()
    ppm_qualifier: Mapped[str | None] = mapped_column(Text)  # '=', '<' or '>'
    test_method: Mapped[TestMethod] = coded(TestMethod, default=TestMethod.NONE, server_default="NONE")
    tested_on: Mapped[date | None] = mapped_column(DayText)
    laboratory: Mapped[str | None] = mapped_column(Text)
    protocol_no: Mapped[str | None] = mapped_column(Text)
    concentration: Mapped[ConcentrationClass] = coded(ConcentrationClass)  # INV-09: set by domain.pcb, never typed
    operation: Mapped[OperationalStatus] = coded(OperationalStatus)
    condition: Mapped[EquipmentCondition] = coded(EquipmentCondition)
    leak_since: Mapped[date | None] = mapped_column(DayText)
    out_of_service_on: Mapped[date | None] = mapped_column(DayText)
    storage: Mapped[str | None] = mapped_column(Text)
    former_place: Mapped[str | None] = mapped_column(Text)
    former_owner: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        index("site_id"),
        index("label"),
        index("serial_no"),
        index("concentration", "label"),
        watched(LEAKING),
        {"sqlite_strict": True},
    )


class PcbMove(Logged, Base):
    """Equipment brought from one storage place to another; apart from removal (domain.md 6.6)."""

    __tablename__ = "pcb_move"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    pcb_item_id: Mapped[str] = mapped_column(ForeignKey("pcb_item.id"))
    moved_on: Mapped[date] = mapped_column(DayText)
    origin: Mapped[str] = mapped_column(Text)
    target: Mapped[str] = mapped_column(Text)
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (index("pcb_item_id"), {"sqlite_strict": True})
