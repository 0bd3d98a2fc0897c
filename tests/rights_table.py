"""Every cell of the table of rights as operations and as rows: role by kind of record by kind of operation, and by field."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from inspector_app.domain.people import Role
from inspector_app.domain.rights import FIELD_RIGHTS, RIGHTS
from inspector_app.models.entities import ENTITIES

KINDS = ("create", "patch", "delete", "restore")

AS_DECIDED = {
    Role.INSPECTOR: [
        "site", "document", "court_decision", "waste_item", "quantity_estimate", "pcb_item", "pcb_move", "inspection", "finding",
        "measurement", "photo", "removal_batch", "batch_line", "ledger_entry", "status_event",
    ],
    Role.OFFICE: ["programme", "site_programme", "contract", "sale_tender", "budget"],
}  # fmt: skip
"""The least role that touches a kind of record, as decision 009 says it."""

NEVER = {("ledger_entry", "patch"), ("status_event", "restore")}

DATA: dict[str, dict[str, Any]] = {
    "programme": {"code": "P"},
    "site": {"code": "S", "region": "47", "lat": 43.65, "lon": 51.16},
    "site_programme": {"site_id": "site", "programme_id": "programme"},
    "document": {"site_id": "site", "type": "OTHER", "no": "1", "issued_on": "2024-01-01"},
    "status_event": {
        "site_id": "site", "to_status": "DISCOVERED", "effective_on": "2024-01-01", "recorded_at": "2024-01-01T00:00:00.000Z",
        "actor": "ann", "role": "INSPECTOR", "state": "ACCEPTED", "position": 1,
    },
    "court_decision": {
        "site_id": "site", "document_id": "document", "court": "C", "case_no": "1", "decided_on": "2024-01-01", "result": "REFUSED",
    },
    "waste_item": {"site_id": "site", "line_no": 1, "code": "160209", "classifier_version": "KZ-314-2021"},
    "quantity_estimate": {
        "site_id": "site", "item_id": "waste_item", "value": "1", "estimated_on": "2024-01-01",
    },
    "pcb_item": {
        "site_id": "site", "item_id": "waste_item", "label": "L"},
    "pcb_move": {"site_id": "site", "pcb_item_id": "pcb_item", "moved_on": "2024-01-01", "origin": "A", "target": "B"},
    "inspection": {"site_id": "site", "no": "1", "inspector": "ann"},
    "finding": {"site_id": "site", "inspection_id": "inspection", "code": "160209"},
    "measurement": {
        "site_id": "site", "inspection_id": "inspection", "value": 7.5, "measured_at": "2024-01-01T00:00:00.000Z",
    },
    "photo": {"site_id": "site", "inspection_id": "inspection", "sha256": "0" * 64, "mime": "image/png", "size": 1},
    "contract": {"site_id": "site", "no": "1", "signed_on": "2024-01-01", "contractor": "C"},
    "removal_batch": {"site_id": "site", "contract_id": "contract", "no": "1"},
    "batch_line": {"site_id": "site", "batch_id": "removal_batch", "item_id": "waste_item", "mass_g": 1},
    "ledger_entry": {"site_id": "site", "item_id": "waste_item", "kind": "CORRECTION", "mass_g": 1, "entered_on": "2024-01-01"},
    "sale_tender": {"site_id": "site", "round": 1, "announced_on": "2024-01-01"},
    "budget": {"site_id": "site", "programme_id": "programme", "year": 2024, "planned_kzt": 1},
}  # fmt: skip
"""A row of every kind; what points to another row names its kind."""

CHANGED = {
    "programme": "name_en", "site": "address", "site_programme": "programme_id", "document": "title", "status_event": "note",
    "court_decision": "claimant", "waste_item": "place", "quantity_estimate": "source", "pcb_item": "note", "pcb_move": "note",
    "inspection": "facts", "finding": "note", "measurement": "point", "photo": "caption", "contract": "subject",
    "removal_batch": "note", "batch_line": "container_kind", "ledger_entry": "reason", "sale_tender": "buyer", "budget": "note",
}  # fmt: skip
"""A field of every kind that a patch may change."""

GUARDED = [(entity, name) for entity, name in FIELD_RIGHTS if entity != "conflict"]


class Cell(NamedTuple):
    """One question to the table; `field` is the guarded one that the operation fills, or nothing."""

    role: Role
    entity: str
    kind: str
    field: str | None = None

    @property
    def is_allowed(self) -> bool:
        """By what was decided, not by the table itself."""
        if (self.entity, self.kind) in NEVER or self.role in {Role.VIEWER, Role.ADMINISTRATOR}:
            return False
        order = [Role.INSPECTOR, Role.OFFICE, Role.SUPERVISOR, Role.REGISTRAR]
        least = next(role for role, entities in AS_DECIDED.items() if self.entity in entities)
        return order.index(self.role) >= order.index(Role.REGISTRAR if self.field else least)


def cells(role: Role) -> Iterator[Cell]:
    """Every cell of a role, in an order in which the operations make sense."""
    for entity in ENTITIES:
        for kind in KINDS:
            yield Cell(role, entity, kind)
    for entity, name in GUARDED:
        yield Cell(role, entity, "create", name)
        yield Cell(role, entity, "patch", name)


def is_complete() -> bool:
    """That rows, fields and decisions are written down for every kind of record that the table and the register know."""
    decided = {entity for entities in AS_DECIDED.values() for entity in entities}
    return set(DATA) == set(CHANGED) == set(ENTITIES) == decided == set(RIGHTS) - {"conflict"}
