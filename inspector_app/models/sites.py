"""Sites, the chain of their status events, court decisions, and the programmes that pay for them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from inspector_app.domain.ownership import CourtResult, EventState, OwnershipType, Status
from inspector_app.domain.people import Role
from inspector_app.models.base import (
    Base,
    CodeText,
    DayText,
    Flag,
    JsonText,
    Logged,
    MomentText,
    coded,
    derived,
    index,
    real,
    watched,
)
from inspector_app.models.orders import ALIVE, SHOWN_NAME, SORTED
from inspector_app.models.watched import CLAIMED, WITHOUT_FORCE


class Site(Logged, Base):
    """An orphan hazardous-waste site (domain.md 6.1). Coordinates are WGS 84 degrees; masses are grams."""

    __tablename__ = "site"

    code: Mapped[str] = mapped_column(Text)
    register_no: Mapped[str | None] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    name_ru: Mapped[str | None] = mapped_column(Text)
    name_kk: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str] = mapped_column(Text)  # first two digits of KATO
    kato: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    cadastral_no: Mapped[str | None] = mapped_column(Text)
    former_owner: Mapped[str | None] = mapped_column(Text)
    activity: Mapped[str | None] = mapped_column(Text)
    lat: Mapped[float] = real()
    lon: Mapped[float] = real()
    coordinate_text: Mapped[str | None] = mapped_column(Text)
    source_crs: Mapped[str | None] = mapped_column(Text)
    accuracy_m: Mapped[float | None] = real()
    boundary: Mapped[Any] = mapped_column(JsonText, nullable=True)  # GeoJSON geometry, WGS 84
    area_m2: Mapped[int | None] = mapped_column(Integer)
    discovered_on: Mapped[date | None] = mapped_column(DayText)
    description: Mapped[str | None] = mapped_column(Text)
    radiological: Mapped[bool] = mapped_column(Flag, default=False, server_default="0")
    suspended: Mapped[str | None] = mapped_column(Text)  # reason, or nothing

    status: Mapped[Status] = derived(CodeText(Status), zero="DISCOVERED")
    status_since: Mapped[date | None] = derived(DayText, zero=None)
    state_owned_since: Mapped[date | None] = derived(DayText, zero=None)
    disputed: Mapped[bool] = derived(Flag)
    proposed: Mapped[Status | None] = derived(CodeText(Status), zero=None)
    items: Mapped[int] = derived()
    inventory_g: Mapped[int] = derived()
    removed_g: Mapped[int] = derived()
    sold_g: Mapped[int] = derived()
    transferred_g: Mapped[int] = derived()
    remaining_g: Mapped[int] = mapped_column(
        Integer, Computed("inventory_g - removed_g - sold_g - transferred_g", persisted=False), info={"derived": True}
    )
    pcb_items: Mapped[int] = derived()

    __table_args__ = (
        CheckConstraint("lat BETWEEN 40.59 AND 55.45 AND lon BETWEEN 46.49 AND 87.35", name="inside_country"),
        CheckConstraint("length(region) = 2", name="region"),
        index("code"),
        *(index(column, "code", sqlite_where=text(ALIVE)) for column in ("region", "status")),
        *(index(column, sqlite_where=text(ALIVE)) for column in SORTED),
        *(Index(f"ix_site_name_{language}", text(name), sqlite_where=text(ALIVE)) for language, name in SHOWN_NAME.items()),
        {"sqlite_strict": True},
    )


class StatusEvent(Logged, Base):
    """One legal event in the life of a site; appended, never changed but for the server's verdict (domain.md 6.1)."""

    __tablename__ = "status_event"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    from_status: Mapped[Status | None] = coded(Status)
    to_status: Mapped[Status] = coded(Status)
    effective_on: Mapped[date] = mapped_column(DayText)
    recorded_at: Mapped[datetime] = mapped_column(MomentText)
    basis: Mapped[list[str]] = mapped_column(JsonText, default=list, server_default="[]")  # ids of documents
    note: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    role: Mapped[Role] = coded(Role)
    historical: Mapped[bool] = mapped_column(Flag, default=False, server_default="0")
    previous_id: Mapped[str | None] = mapped_column(Text)  # the event that its author saw as the last one
    position: Mapped[int] = mapped_column(Integer, default=0, server_default="0")  # place in the chain; the server's word
    state: Mapped[EventState] = coded(EventState)
    reason: Mapped[str | None] = mapped_column(Text)  # of a refusal or a dispute

    __table_args__ = (
        index("site_id", "position"),
        watched(CLAIMED),
        {"sqlite_strict": True},
    )


class CourtDecision(Logged, Base):
    """What a court decided on a site (domain.md 1.3 step 5)."""

    __tablename__ = "court_decision"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    court: Mapped[str] = mapped_column(Text)
    case_no: Mapped[str] = mapped_column(Text)
    claimant: Mapped[str | None] = mapped_column(Text)
    decided_on: Mapped[date] = mapped_column(DayText)
    in_force_on: Mapped[date | None] = mapped_column(DayText)
    result: Mapped[CourtResult] = coded(CourtResult)
    ownership: Mapped[OwnershipType | None] = coded(OwnershipType)
    listed: Mapped[list[str]] = mapped_column(JsonText, default=list, server_default="[]")  # waste as the court named it

    __table_args__ = (
        CheckConstraint("in_force_on IS NULL OR in_force_on >= decided_on", name="in_force"),  # INV-12
        index("site_id"),
        watched(WITHOUT_FORCE),
        {"sqlite_strict": True},
    )


class Programme(Logged, Base):
    """A programme that sites belong to and that has a budget of its own."""

    __tablename__ = "programme"

    code: Mapped[str] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    name_ru: Mapped[str | None] = mapped_column(Text)
    name_kk: Mapped[str | None] = mapped_column(Text)


class SiteProgramme(Logged, Base):
    """A site's place in a programme; a fact of its own, so that adding and removing never collide."""

    __tablename__ = "site_programme"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    programme_id: Mapped[str] = mapped_column(ForeignKey("programme.id"))

    __table_args__ = (index("site_id"), index("programme_id"), {"sqlite_strict": True})
