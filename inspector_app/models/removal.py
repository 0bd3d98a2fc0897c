"""Contracts, removal batches with their lines, ledger entries, sale tenders and budgets. Masses are grams, money is tenge."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from inspector_app.domain.removal import BatchState, EntryKind, Funding, TenderResult, WeighMethod
from inspector_app.models.base import Base, DayText, JsonText, Logged, MomentText, coded, index, watched
from inspector_app.models.watched import DIFFERING, ON_THE_WAY


class Contract(Logged, Base):
    """A contract on removal (domain.md 6.1)."""

    __tablename__ = "contract"

    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    no: Mapped[str] = mapped_column(Text)
    signed_on: Mapped[date] = mapped_column(DayText)
    contractor: Mapped[str] = mapped_column(Text)
    bin: Mapped[str | None] = mapped_column(Text)
    licence_no: Mapped[str | None] = mapped_column(Text)
    licence_until: Mapped[date | None] = mapped_column(DayText)
    subject: Mapped[str | None] = mapped_column(Text)
    amount_kzt: Mapped[int | None] = mapped_column(Integer)
    funding: Mapped[Funding] = coded(Funding, default=Funding.EPR, server_default="EPR")
    starts_on: Mapped[date | None] = mapped_column(DayText)
    ends_on: Mapped[date | None] = mapped_column(DayText)

    __table_args__ = (index("site_id"), index("no"), {"sqlite_strict": True})


class RemovalBatch(Logged, Base):
    """One consignment from loading to destruction (domain.md 4.4, 6.1)."""

    __tablename__ = "removal_batch"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    contract_id: Mapped[str | None] = mapped_column(ForeignKey("contract.id"))
    no: Mapped[str] = mapped_column(Text)
    state: Mapped[BatchState] = coded(BatchState, default=BatchState.PLANNED, server_default="PLANNED")
    planned_on: Mapped[date | None] = mapped_column(DayText)
    loaded_at: Mapped[datetime | None] = mapped_column(MomentText)
    manifest_no: Mapped[str | None] = mapped_column(Text)
    carrier: Mapped[str | None] = mapped_column(Text)
    carrier_bin: Mapped[str | None] = mapped_column(Text)
    vehicle: Mapped[str | None] = mapped_column(Text)
    trailer: Mapped[str | None] = mapped_column(Text)
    driver: Mapped[str | None] = mapped_column(Text)
    destination: Mapped[str | None] = mapped_column(Text)
    destination_licence: Mapped[str | None] = mapped_column(Text)
    licence_until: Mapped[date | None] = mapped_column(DayText)
    operation: Mapped[str | None] = mapped_column(Text)  # D1 to D15, R1 to R13
    gross_g: Mapped[int | None] = mapped_column(Integer)
    tare_g: Mapped[int | None] = mapped_column(Integer)
    net_g: Mapped[int | None] = mapped_column(Integer)
    weigh_method: Mapped[WeighMethod | None] = coded(WeighMethod)
    ticket_no: Mapped[str | None] = mapped_column(Text)
    scale_calibrated_until: Mapped[date | None] = mapped_column(DayText)
    seals: Mapped[str | None] = mapped_column(Text)
    received_on: Mapped[date | None] = mapped_column(DayText)
    received_g: Mapped[int | None] = mapped_column(Integer)
    discrepancy_note: Mapped[str | None] = mapped_column(Text)
    certificate_no: Mapped[str | None] = mapped_column(Text)
    certificate_on: Mapped[date | None] = mapped_column(DayText)
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("gross_g IS NULL OR tare_g IS NULL OR (tare_g < gross_g AND net_g = gross_g - tare_g)", name="weighed"),
        index("site_id", "no"),
        index("manifest_no"),
        index("state", "deleted"),
        watched(ON_THE_WAY),
        watched(DIFFERING),
        {"sqlite_strict": True},
    )


class BatchLine(Logged, Base):
    """What of one waste item goes with a batch."""

    __tablename__ = "batch_line"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    batch_id: Mapped[str] = mapped_column(ForeignKey("removal_batch.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("waste_item.id"))
    mass_g: Mapped[int] = mapped_column(Integer)
    containers: Mapped[int | None] = mapped_column(Integer)
    container_kind: Mapped[str | None] = mapped_column(Text)  # UN packaging code
    pcb_items: Mapped[list[str]] = mapped_column(JsonText, default=list, server_default="[]")  # ids of PCB items

    __table_args__ = (
        CheckConstraint("mass_g >= 0", name="mass"),
        index("batch_id"),
        index("item_id"),
        index("site_id"),
        {"sqlite_strict": True},
    )


class LedgerEntry(Logged, Base):
    """Mass that leaves the inventory otherwise than by a batch, or a correction; added, never edited (INV-06)."""

    __tablename__ = "ledger_entry"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    item_id: Mapped[str] = mapped_column(ForeignKey("waste_item.id"))
    kind: Mapped[EntryKind] = coded(EntryKind)
    mass_g: Mapped[int] = mapped_column(Integer)  # a correction may be negative
    entered_on: Mapped[date] = mapped_column(DayText)
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("mass_g >= 0 OR kind = 'CORRECTION'", name="mass"),
        index("item_id"),
        index("site_id"),
        {"sqlite_strict": True},
    )


class SaleTender(Logged, Base):
    """A tender for the sale of a site's waste; it may fail, and the site goes back to waiting (domain.md 6.1)."""

    __tablename__ = "sale_tender"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    round: Mapped[int] = mapped_column(Integer)
    announced_on: Mapped[date] = mapped_column(DayText)
    result: Mapped[TenderResult] = coded(TenderResult, default=TenderResult.ANNOUNCED, server_default="ANNOUNCED")
    decided_on: Mapped[date | None] = mapped_column(DayText)
    lots: Mapped[int | None] = mapped_column(Integer)
    price_kzt: Mapped[int | None] = mapped_column(Integer)
    buyer: Mapped[str | None] = mapped_column(Text)
    protocol_no: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (index("site_id"), {"sqlite_strict": True})


class Budget(Logged, Base):
    """Money of a programme or of one site in one year, in tenge (INV-18)."""

    __tablename__ = "budget"

    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    programme_id: Mapped[str | None] = mapped_column(ForeignKey("programme.id"))
    year: Mapped[int] = mapped_column(Integer)
    funding: Mapped[Funding] = coded(Funding)
    planned_kzt: Mapped[int] = mapped_column(Integer)
    spent_kzt: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        CheckConstraint("planned_kzt >= 0 AND spent_kzt >= 0", name="money"),
        index("programme_id"),
        index("site_id"),
        {"sqlite_strict": True},
    )
