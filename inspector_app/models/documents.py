"""Documents and photos: what they are and to what they belong. Their bytes are in `files`, by SHA-256."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from inspector_app.domain.ownership import DocumentType
from inspector_app.models.base import Base, DayText, Logged, MomentText, coded, index, real


class Document(Logged, Base):
    """A paper: number, day, issuer, and the fingerprint of its scan where there is one (domain.md 6.1)."""

    __tablename__ = "document"

    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    type: Mapped[DocumentType] = coded(DocumentType)
    no: Mapped[str] = mapped_column(Text)
    issued_on: Mapped[date] = mapped_column(DayText)
    issuer: Mapped[str | None] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    sha256: Mapped[str | None] = mapped_column(Text)
    mime: Mapped[str | None] = mapped_column(Text)
    size: Mapped[int | None] = mapped_column(Integer)

    __table_args__ = (index("site_id"), index("no"), {"sqlite_strict": True})


class Photo(Logged, Base):
    """A photo of a site or of a thing on it; the original is never changed (domain.md 6.1)."""

    __tablename__ = "photo"

    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    inspection_id: Mapped[str | None] = mapped_column(ForeignKey("inspection.id"))
    pcb_item_id: Mapped[str | None] = mapped_column(ForeignKey("pcb_item.id"))
    sha256: Mapped[str] = mapped_column(Text)
    mime: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    name: Mapped[str | None] = mapped_column(Text)  # a label only, never part of a path
    taken_at: Mapped[datetime | None] = mapped_column(MomentText)
    lat: Mapped[float | None] = real()
    lon: Mapped[float | None] = real()
    direction_deg: Mapped[int | None] = mapped_column(Integer)
    caption: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (index("site_id"), index("inspection_id"), index("pcb_item_id"), {"sqlite_strict": True})
