"""The audit log is one chain over every push and every deed of the administrator, and whoever changes it is found out."""

import random
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from sqlalchemy import delete, insert, select, update

from inspector_app.domain.people import Role
from inspector_app.models.changes import GENESIS
from inspector_app.server import access, audit, copies, inventory
from inspector_app.server import store as tables
from inspector_app.server.audit import Deed
from inspector_app.server.store import Store
from inspector_app.sync import wire
from tests.server.conftest import enrolled
from tests.server.test_hostile import token_of
from tests.server.test_journal import SITE, Device, create, page, patch


def deeds(store: Store) -> list[str]:
    with store.reading() as connection:
        return [each.deed for each in audit.entries(connection, last=1000)]


def head(store: Store) -> wire.AuditLink:
    with store.reading() as connection:
        return audit.head(connection)


def busy(store: Store, pushes: int = 6) -> Device:
    """A server on which people were let in and things were pushed."""
    with store.writing() as connection:
        access.add_person(connection, "ann", role=Role.REGISTRAR, regions=[], password=None, now=store.now())
    device = Device(store)
    for _n in range(pushes):
        device.send(create("site", SITE))
    return device


def test_every_deed_of_the_administrator_is_written_down(store: Store) -> None:
    now = store.now()
    with store.writing() as connection:
        access.add_person(connection, "ann", role=Role.INSPECTOR, regions=["47"], password=None, now=now)
        code = access.make_code(connection, "ann", now=now)
        laptop = access.enrol(
            connection, wire.Enrol(code=code, public_key="0" * 64, name="x", kind="real"), demo=False, now=now
        )
        access.set_person(connection, "ann", role=Role.OFFICE, now=now)
        access.revoke(connection, laptop.device_id, now=now)
        access.remove_person(connection, "ann", now=now)
    assert deeds(store) == [
        Deed.PERSON_ADDED, Deed.CODE_MADE, Deed.ENROLLED, Deed.PERSON_CHANGED, Deed.REVOKED, Deed.PERSON_REMOVED,
    ]  # fmt: skip
    assert inventory.problems(store) == []


def test_a_push_is_one_entry_and_its_repetition_none(store: Store) -> None:
    device = Device(store)
    message = device.message(create("site", SITE), create("site", SITE))
    device.push(message)
    device.push(message)
    assert deeds(store) == [Deed.PUSHED]


def test_neither_a_password_nor_a_code_stands_in_the_log(store: Store) -> None:
    with store.writing() as connection:
        access.add_person(connection, "ann", role=Role.INSPECTOR, regions=[], password="hush-hush", now=store.now())
        access.set_person(connection, "ann", password="other-hush", now=store.now())
        code = access.make_code(connection, "ann", now=store.now())
        hashed = connection.execute(select(tables.person.c.password)).scalar_one()
        written = " ".join(each.said + each.target for each in audit.entries(connection, last=100))
    assert not any(secret in written for secret in ("hush", hashed, code, code.replace("-", "")))


def changed(store: Store, dice: random.Random) -> None:
    entry = tables.audit
    with store.writing() as connection:
        rows = connection.execute(select(entry).order_by(entry.c.seq)).all()
        each = dice.choice(rows)
        name = dice.choice([column.name for column in entry.columns if column.name != "seq"])
        connection.execute(
            update(entry).where(entry.c.seq == each.seq).values({name: "0" + str(getattr(each, name))[1:] + "x"})
        )


def taken_out(store: Store, dice: random.Random) -> None:
    with store.writing() as connection:
        newest = audit.head(connection).seq
        connection.execute(delete(tables.audit).where(tables.audit.c.seq == dice.randint(1, newest - 1)))


def put_in(store: Store, dice: random.Random) -> None:
    with store.writing() as connection:
        rows = connection.execute(select(tables.audit)).all()
        connection.execute(insert(tables.audit), {**dice.choice(rows)._mapping, "seq": len(rows) + 1})


def exchanged(store: Store, dice: random.Random) -> None:
    entry = tables.audit
    with store.writing() as connection:
        one, other = dice.sample(range(1, audit.head(connection).seq + 1), 2)
        for before, after in ((one, -1), (other, one), (-1, other)):
            connection.execute(update(entry).where(entry.c.seq == before).values(seq=after))


@pytest.mark.parametrize("tampering", [changed, taken_out, put_in, exchanged])
@pytest.mark.parametrize("seed", range(5))
def test_every_tampering_with_the_log_is_found(
    app_store: Store, tampering: Callable[[Store, random.Random], None], seed: int
) -> None:
    busy(app_store)
    assert inventory.problems(app_store) == []
    tampering(app_store, random.Random(seed))
    assert "audit log" in inventory.problems(app_store)[0]


def test_operations_that_were_taken_out_with_their_rows_are_missed(store: Store) -> None:
    busy(store)
    with store.writing() as connection:
        newest = connection.execute(select(tables.operation.c.op_id).where(tables.operation.c.seq == 6)).scalar_one()
        connection.execute(delete(tables.operation).where(tables.operation.c.seq > 3))
        connection.execute(delete(tables.row).where(tables.row.c.rev > 3))
        connection.execute(update(tables.stream).values(last_seq=3))
    assert inventory.problems(store) == [f"operation {newest} is not here as the audit log says"]


def test_the_log_goes_on_over_every_return_to_a_copy(store: Store, tmp_path: Path) -> None:
    """Back to a copy, on from there, and then to a copy of the history that was left: nothing is called missing."""
    device = busy(store, pushes=2)
    early, late = tmp_path / "early.db", tmp_path / "late.db"
    store.copy_to(early)
    device.send(create("site", SITE))
    store.copy_to(late)
    copies.put_back(store, early)
    other = Device(store)
    other.send(create("site", SITE), create("site", SITE))
    assert inventory.problems(store) == []
    copies.put_back(store, late)
    assert inventory.problems(store) == []
    assert len(page(store)["rows"]) == 3
    assert deeds(store).count(Deed.RESTORED) == 2


def test_a_link_that_a_laptop_was_shown_leads_to_the_newest_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    device = busy(store)
    known = head(store)
    for _n in range(5):
        device.send(create("site", SITE))
    seq, hash_, more = known.seq, known.hash, True
    while more:
        with store.reading() as connection:
            proof = audit.proof(connection, after=seq, most=2)
        for digest in proof.digests:
            seq, hash_ = seq + 1, wire.next_link(hash_, digest)
        more = proof.more
    assert wire.AuditLink(seq=seq, hash=hash_) == head(store)
    with store.reading() as connection:
        assert audit.holds(connection, known)
        assert audit.holds(connection, wire.AuditLink(seq=0, hash=GENESIS))
        assert not audit.holds(connection, wire.AuditLink(seq=known.seq, hash="0" * 64))
        assert not audit.holds(connection, wire.AuditLink(seq=known.seq + 99, hash=known.hash))


def test_an_edit_that_is_refused_is_in_the_log_too(store: Store) -> None:
    device = busy(store, pushes=0)
    site = create("site", SITE)
    device.send(site)
    device.send(patch("site", site["id"], "no_such_field", 1, 2, site["id"]))
    assert deeds(store)[-2:] == [Deed.PUSHED, Deed.PUSHED]
    assert inventory.problems(store) == []


@pytest.mark.parametrize(
    "asked", ["", "after=", "after=-1", "after=x", "after=1&after=2", "after=1&more=1", "after=99999999999999999"]
)
def test_a_question_for_the_log_that_makes_no_sense_is_malformed(app_store: Store, http: httpx.Client, asked: str) -> None:
    bearer = token_of(http, enrolled(app_store, http, "ann", Role.VIEWER))
    answer = http.get(f"/v1/audit/proof?{asked}", headers=bearer)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


def test_only_a_laptop_is_shown_the_log_and_only_digests(app_store: Store, http: httpx.Client) -> None:
    assert http.get("/v1/audit/proof?after=0").status_code == 401
    bearer = token_of(http, enrolled(app_store, http, "ann", Role.VIEWER))
    answer = http.get("/v1/audit/proof?after=0", headers=bearer)
    assert answer.status_code == 200
    assert "ann" not in answer.text
    assert len(answer.json()["digests"]) == answer.json()["head"]["seq"]
