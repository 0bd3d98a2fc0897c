"""Inspections with their answers, findings and field measurements."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from inspector_app.domain.inspection import InspectionKind, InspectionState, MeasurementKind, RiskClass
from inspector_app.domain.ownership import Status
from inspector_app.domain.waste import PackagingCondition, QuantityMethod
from inspector_app.models.base import Base, DayText, JsonText, Logged, MomentText, coded, index, real, watched
from inspector_app.models.watched import NOT_VISITED


class Inspection(Logged, Base):
    """One visit to a site (domain.md 4.2). `answers` maps a question of the checklist to what was answered."""

    __tablename__ = "inspection"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    no: Mapped[str] = mapped_column(Text)  # ОБС-<KATO2>-<year>-<seq>
    kind: Mapped[InspectionKind] = coded(InspectionKind)
    state: Mapped[InspectionState] = coded(InspectionState, default=InspectionState.DRAFT, server_default="DRAFT")
    planned_on: Mapped[date | None] = mapped_column(DayText)
    visited_on: Mapped[date | None] = mapped_column(DayText)
    order_no: Mapped[str | None] = mapped_column(Text)
    inspector: Mapped[str] = mapped_column(Text)
    attendees: Mapped[list[dict[str, str]]] = mapped_column(JsonText, default=list, server_default="[]")
    weather: Mapped[str | None] = mapped_column(Text)
    lat: Mapped[float | None] = real()
    lon: Mapped[float | None] = real()
    answers: Mapped[dict[str, Any]] = mapped_column(JsonText, default=dict, server_default="{}")
    facts: Mapped[str | None] = mapped_column(Text)
    conclusions: Mapped[str | None] = mapped_column(Text)
    measures: Mapped[str | None] = mapped_column(Text)
    recommendation: Mapped[Status | None] = coded(Status)
    risk_contents: Mapped[int | None] = mapped_column(Integer)  # Fp as class 1 to 5
    risk_place: Mapped[int | None] = mapped_column(Integer)  # Fe, 0 to 100
    risk: Mapped[RiskClass | None] = coded(RiskClass)
    signatures: Mapped[list[dict[str, str]]] = mapped_column(JsonText, default=list, server_default="[]")
    signed_at: Mapped[datetime | None] = mapped_column(MomentText)
    content_sha256: Mapped[str | None] = mapped_column(Text)
    amends_id: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        index("site_id", "visited_on"),
        index("no"),
        watched(NOT_VISITED),
        index("amends_id", sqlite_where=text("amends_id IS NOT NULL")),
        {"sqlite_strict": True},
    )


class Finding(Logged, Base):
    """One waste found on a visit: what was seen, apart from the inventory of the site. Mass is grams."""

    __tablename__ = "finding"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    inspection_id: Mapped[str] = mapped_column(ForeignKey("inspection.id"))
    item_id: Mapped[str | None] = mapped_column(ForeignKey("waste_item.id"))
    code: Mapped[str] = mapped_column(Text)
    name: Mapped[str | None] = mapped_column(Text)
    mass_g: Mapped[int | None] = mapped_column(Integer)
    method: Mapped[QuantityMethod | None] = coded(QuantityMethod)
    packaging: Mapped[str | None] = mapped_column(Text)
    packages: Mapped[int | None] = mapped_column(Integer)
    condition: Mapped[PackagingCondition | None] = coded(PackagingCondition)
    note: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (
        index("inspection_id"),
        {"sqlite_strict": True},
    )


class Measurement(Logged, Base):
    """A reading of a field instrument (domain.md 6.1), with the unit of its kind."""

    __tablename__ = "measurement"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    inspection_id: Mapped[str | None] = mapped_column(ForeignKey("inspection.id"))
    kind: Mapped[MeasurementKind] = coded(MeasurementKind)
    value: Mapped[float] = real()
    point: Mapped[str | None] = mapped_column(Text)
    lat: Mapped[float | None] = real()
    lon: Mapped[float | None] = real()
    measured_at: Mapped[datetime] = mapped_column(MomentText)
    device: Mapped[str | None] = mapped_column(Text)
    device_no: Mapped[str | None] = mapped_column(Text)
    calibrated_until: Mapped[date | None] = mapped_column(DayText)

    __table_args__ = (index("site_id"), index("inspection_id"), {"sqlite_strict": True})
