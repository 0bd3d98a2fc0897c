"""Conflicts and claims in a register without a server: rows as an exchange would have left them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from inspector_app.domain.merge import ConflictState, merge_class
from inspector_app.models.base import plain
from inspector_app.models.changes import Operation
from inspector_app.models.entities import ENTITIES
from inspector_app.models.exchange import Conflict
from inspector_app.models.register import Register

AT = datetime(2026, 4, 30, 5, 30, tzinfo=UTC)


def a_conflict(
    register: Register, row_id: str, field: str, theirs: Any, *, entity: str = "site", base: Any = None, name: str = ""
) -> str:
    """A value of another person that stands against what the register holds; the id of the conflict."""
    with register.hearing() as session:
        row = session.get_one(ENTITIES[entity], row_id)
        known = session.scalar(select(Operation.op_id).where(Operation.row_id == row_id).limit(1))
        conflict = Conflict(
            id=name or f"{field[:6]:0<6}{row_id[-10:]}",
            entity=entity,
            row_id=row_id,
            site_id=row_id if entity == "site" else getattr(row, "site_id", None),
            field=field,
            kind=merge_class(entity, field),
            base=base,
            standing=plain(getattr(row, field)),
            standing_op=(row.sources or {}).get(field, row.id),
            standing_author="A. Registrar",
            standing_at=AT,
            proposed=theirs,
            op_id="00000000-0000-7000-8000-000000000001" if known else "",
            author="B. Inspector",
            occurred_at=AT,
            received_at=AT + timedelta(days=1),
            offset_ms=-720_000,
            state=ConflictState.OPEN,
            rev=1,
        )
        session.add(conflict)
        return conflict.id
