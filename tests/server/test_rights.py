"""Who may do what, cell by cell: on the server through its journal and over HTTP, and the same verdicts in a register."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from inspector_app.domain.errors import NotYourTask, ReadingOnly
from inspector_app.domain.people import Role
from inspector_app.models import changes
from inspector_app.models.base import Flag
from inspector_app.models.entities import ENTITIES, table
from inspector_app.models.people import Fact
from inspector_app.models.register import Register, new_ids
from inspector_app.server.store import Store
from inspector_app.sync import wire
from tests.rights_table import CHANGED, DATA, Cell, cells
from tests.server.conftest import enrolled
from tests.server.test_app import assertion
from tests.server.test_journal import Device, create

DENIED = {"ReadingOnly", "NotYourTask"}


def whole(entity: str, ids: dict[str, str], **more: Any) -> dict[str, Any]:
    """The data of a new row as JSON carries it, every required field there and pointing to rows that are."""
    data = {name: ids[value] if value in ids and name.endswith("_id") else value for name, value in DATA[entity].items()}
    for column in table(entity).columns:
        if column.name not in data and not column.nullable and "codes" in column.info and column.default is None:
            data[column.name] = str(next(iter(column.info["codes"])))
        if (
            column.name not in data
            and not column.nullable
            and column.default is not None
            and column.name in changes.fields(entity)
        ):
            default = column.default.arg  # type: ignore[attr-defined]
            value = default(None) if callable(default) else default
            data[column.name] = bool(value) if isinstance(column.type, Flag) else changes.plain(value)
    return data | more


def seed() -> tuple[dict[str, str], list[dict[str, Any]]]:
    """One row of every kind, as the registrar sends them."""
    ids = {entity: new_ids() for entity in ENTITIES}
    return ids, [create(entity, whole(entity, ids), ids[entity]) for entity in ENTITIES]


class Asked:
    """The operations that ask every cell of a role about rows of its own."""

    def __init__(self, role: Role, ids: dict[str, str]) -> None:
        self.cells: dict[str, Cell] = {}
        self.operations: list[dict[str, Any]] = []
        sources: dict[str, dict[str, str]] = {entity: {} for entity in ids}
        for cell in cells(role):
            row_id, name = ids[cell.entity], cell.field or CHANGED[cell.entity]
            value = True if name == "historical" else ids["programme"] if name == "programme_id" else "new"
            if cell.kind == "create":
                more = {cell.field: value} if cell.field else {}
                operation = create(cell.entity, whole(cell.entity, ids, **more))
            else:
                seen = sources[cell.entity]
                fields = [name] if cell.kind == "patch" else ["deleted"]
                new = value if cell.kind == "patch" else cell.kind == "delete"
                changed = {each: [None, new] for each in fields}
                prev = {each: seen.get(each, row_id) for each in {*seen, *fields}}
                operation = {
                    "op_id": new_ids(), "entity": cell.entity, "id": row_id, "kind": cell.kind,
                    "body": {"changes": changed, "prev": prev},
                }  # fmt: skip
                if cell.is_allowed:
                    seen |= dict.fromkeys(fields, operation["op_id"])
            self.cells[operation["op_id"]] = cell
            self.operations.append(operation)

    def judge(self, judged: wire.Judged) -> int:
        """Compare every verdict with what was decided; returns how many cells that were."""
        verdicts = {each.op_id: each for each in judged.verdicts}
        for op_id, cell in self.cells.items():
            verdict = verdicts.get(op_id)
            denied = verdict is not None and verdict.status == "rejected" and verdict.reason in DENIED
            assert denied is not cell.is_allowed, (cell, verdict)
            if cell.is_allowed and cell.entity != "status_event":  # of these the table of the law has more to say
                assert verdict is None or verdict.status == "applied", (cell, verdict)
        return len(self.cells)


@pytest.mark.parametrize("role", Role)
def test_the_server_takes_what_a_role_may_do_and_refuses_every_other_cell(store: Store, role: Role) -> None:
    ids, rows = seed()
    assert not [each for each in Device(store).send(*rows).verdicts if each.status != "applied"]
    asked = Asked(role, ids)
    assert asked.judge(Device(store, role).send(*asked.operations)) == 84


def test_over_http_every_cell_gets_the_same_answer(app_store: Store, http: httpx.Client) -> None:
    def send(role: Role, operations: list[dict[str, Any]]) -> wire.Judged:
        device_id, key = enrolled(app_store, http, str(role), role)
        token = http.post("/v1/token", json=assertion(device_id, key)).json()["access_token"]
        message = Device(app_store, role).message(*operations)
        answer = http.post(
            "/v1/sync/push", content=message.model_dump_json(), headers={"Authorization": f"Bearer {token}"}, timeout=60
        )
        return wire.read(wire.Judged, answer.content)

    ids, rows = seed()
    send(Role.REGISTRAR, rows)
    for role in (Role.VIEWER, Role.INSPECTOR, Role.OFFICE, Role.SUPERVISOR, Role.ADMINISTRATOR):
        ids, rows = seed()
        with app_store.writing() as connection:
            connection.execute(text("DELETE FROM sync_row"))
        assert not [each for each in Device(app_store).send(*rows).verdicts if each.status != "applied"]
        asked = Asked(role, ids)
        assert asked.judge(send(role, asked.operations)) == 84


class _Enough(Exception):
    """The cell was asked; nothing of it is to stay."""


@pytest.fixture
def lived_in(new_register: Callable[..., Register]) -> tuple[Register, dict[str, str]]:
    """A register with one row of every kind."""
    register = new_register("rights.register", person="ann")
    ids, rows = seed()
    with register.writing("Load", bulk=True) as session:
        for each in rows:
            changes.bulk_create(session, each["entity"], [{**each["body"]["data"], "id": each["id"]}])
    return register, ids


@pytest.mark.parametrize("role", Role)
def test_a_register_writes_what_the_server_would_take_and_refuses_the_rest(
    lived_in: tuple[Register, dict[str, str]], role: Role
) -> None:
    register, ids = lived_in
    with register.writing("Become") as session:
        session.get_one(Fact, "role").value = str(role)
    for cell in cells(role):
        assert _is_written(register, ids, cell) is cell.is_allowed, cell


def _is_written(register: Register, ids: dict[str, str], cell: Cell) -> bool:
    kind: Any = ENTITIES[cell.entity]
    name = cell.field or CHANGED[cell.entity]
    new_value: Any = True if name == "historical" else new_ids() if name == "programme_id" else "new"
    try:
        with register.writing("Try") as session:
            if cell.kind == "create":
                more = {cell.field: new_value} if cell.field else {}
                changes.bulk_create(session, cell.entity, [{**whole(cell.entity, ids, **more), "id": new_ids()}])
            else:
                row = session.get_one(kind, ids[cell.entity])
                if cell.kind == "restore":
                    session.connection().exec_driver_sql(f"UPDATE {cell.entity} SET deleted = 1 WHERE id = ?", (row.id,))
                    session.refresh(row)
                setattr(row, *((name, new_value) if cell.kind == "patch" else ("deleted", cell.kind == "delete")))
            session.flush()
            raise _Enough
    except _Enough:
        return True
    except (NotYourTask, ReadingOnly):
        return False


@pytest.mark.parametrize("own", [True, False], ids=["own region", "foreign region"])
def test_the_region_of_the_row_on_the_server_decides_for_every_kind_of_record(store: Store, own: bool) -> None:
    ids, rows = seed()
    Device(store).send(*rows)
    asked = Asked(Role.REGISTRAR, ids)
    judged = Device(store, Role.REGISTRAR, ("47" if own else "63",)).send(*asked.operations)
    reasons = {each.op_id: each.reason for each in judged.verdicts}
    for op_id, cell in asked.cells.items():
        everybodys = cell.entity == "programme"
        refused = reasons.get(op_id) == "NotYourRegion"
        assert refused is (cell.is_allowed and not own and not everybodys), (cell, reasons.get(op_id))
    if not own:
        told = {row[0] for each in judged.verdicts for row in each.rows if len(row) > 2}
        assert told <= {"gone", "programme", "site_programme"}
        assert "160209" not in judged.model_dump_json()
