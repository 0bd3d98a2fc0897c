"""The fingerprint of an inspection: SHA-256 over the canonical form of all that it says (domain.md 6.4, INV-14)."""

import hashlib
from typing import Any

import rfc8785
from sqlalchemy import select
from sqlalchemy.orm import Session

from inspector_app.models.base import Logged, plain
from inspector_app.models.documents import Photo
from inspector_app.models.entities import fields, table
from inspector_app.models.inspections import Finding, Inspection, Measurement

_LATER = frozenset({"content_sha256"})


def content(session: Session, inspection_id: str) -> dict[str, Any]:
    """What an inspection says, with its findings, measurements and photos in the order they were made; plain JSON."""
    session.flush()
    (act,) = _rows(session, Inspection, "id", inspection_id)
    return {
        "inspection": {name: value for name, value in act.items() if name not in _LATER},
        "findings": _rows(session, Finding, "inspection_id", inspection_id),
        "measurements": _rows(session, Measurement, "inspection_id", inspection_id),
        "photos": _rows(session, Photo, "inspection_id", inspection_id),
    }


def fingerprint(session: Session, inspection_id: str) -> str:
    """The fingerprint of what an inspection says now."""
    return hashlib.sha256(rfc8785.dumps(content(session, inspection_id))).hexdigest()


def _rows(session: Session, kind: type[Logged], column: str, value: str) -> list[dict[str, Any]]:
    """Living rows as plain maps; empty fields are left out, so that a later schema changes no old fingerprint."""
    entity = kind.__tablename__  # type: ignore[attr-defined]
    names = ("id", *fields(entity))
    columns = table(entity).columns
    asked = (
        select(*(columns[name] for name in names)).where(columns[column] == value, columns["deleted"].is_(False)).order_by("id")
    )
    return [
        {name: _plain(cell) for name, cell in zip(names, row, strict=True) if cell not in (None, [], {})}
        for row in session.execute(asked)
    ]


def _plain(value: Any) -> Any:
    return value if isinstance(value, dict | list) else plain(value)
