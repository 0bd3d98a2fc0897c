"""A copy is whole, proved and for its owner alone; a restore is tried first, and takes back no verdict on who may speak."""

import stat
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from inspector_app.domain.people import Role
from inspector_app.server import access, copies, inventory
from inspector_app.server.copies import BadCopy
from inspector_app.server.store import OtherSchema, Store
from inspector_app.sync import wire
from tests.server.test_journal import SITE, Device, create, patch


def state(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(text("SELECT * FROM sync_row ORDER BY rev"))]


def enrolled(store: Store, person: str) -> str:
    with store.writing() as connection:
        access.add_person(connection, person, role=Role.INSPECTOR, regions=(), password=None, now=store.now())
        code = access.make_code(connection, person, now=store.now())
        asked = wire.Enrol(code=code, public_key="0" * 64, name="laptop", kind="real")
        return access.enrol(connection, asked, demo=False, now=store.now()).device_id


def test_a_copy_is_of_one_moment_while_pushes_go_on(store: Store, tmp_path: Path) -> None:
    done = threading.Event()

    def write() -> None:
        device = Device(store)
        while not done.is_set():
            device.send(create("site", SITE), create("site", SITE))

    writers = [threading.Thread(target=write) for _n in range(2)]
    for each in writers:
        each.start()
    try:
        for n in range(3):
            copies.back_up(store, tmp_path / f"copy{n}.db")
    finally:
        done.set()
        for each in writers:
            each.join()
    for n in range(3):
        copied = tmp_path / f"copy{n}.db"
        copies.prove(copied)
        assert stat.S_IMODE(copied.stat().st_mode) == 0o600
    assert inventory.problems(store) == []
    assert not list(tmp_path.glob("*.unproved"))
    with pytest.raises(BadCopy, match="exists already"):
        copies.back_up(store, tmp_path / "copy0.db")


def test_who_was_shut_out_after_the_copy_stays_out_and_who_came_stays_in(store: Store, tmp_path: Path) -> None:
    lost = enrolled(store, "ann")
    with store.writing() as connection:
        code = access.make_code(connection, "ann", now=store.now())
    copies.back_up(store, tmp_path / "copy.db")
    with store.writing() as connection:
        access.revoke(connection, lost, now=store.now())
    new = enrolled(store, "bob")
    with store.writing() as connection:
        spent = wire.Enrol(code=code, public_key="0" * 64, name="laptop", kind="real")
        access.enrol(connection, spent, demo=False, now=store.now())

    copies.restore(store, tmp_path / "copy.db", tmp_path)

    with store.reading() as connection:
        found = {each.device_id: each.revoked_at for each in access.devices(connection)}
        unspent = connection.execute(text("SELECT count(*) FROM enrolment_code WHERE NOT used")).scalar_one()
    assert found[lost] is not None
    assert found[new] is None
    assert unspent == 0


def test_a_new_server_takes_people_and_laptops_from_the_copy(store: Store, tmp_path: Path) -> None:
    device = enrolled(store, "ann")
    Device(store).send(create("site", SITE))
    copies.back_up(store, tmp_path / "copy.db")
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    other.create(demo=False)
    copies.restore(other, tmp_path / "copy.db", tmp_path)
    with other.reading() as connection:
        assert [each.device_id for each in access.devices(connection)] == [device]
    assert state(other) == state(store)
    assert other.facts()["token_key"] == store.facts()["token_key"]
    assert other.facts()["epoch"] != store.facts()["epoch"]
    other.close()


def test_the_key_for_sealed_work_goes_with_the_copy_and_stays_where_it_is_newer(store: Store, tmp_path: Path) -> None:
    copies.back_up(store, tmp_path / "copy.db")
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    other.create(demo=False)
    copies.restore(other, tmp_path / "copy.db", tmp_path)
    assert other.facts()["sealing_key"] == store.facts()["sealing_key"]
    other.close()
    _said("UPDATE fact SET value = 'made by an upgrade of the copy' WHERE name = 'sealing_key'")(tmp_path / "copy.db")
    kept = store.facts()["sealing_key"]
    copies.restore(store, tmp_path / "copy.db", tmp_path)
    assert store.facts()["sealing_key"] == kept


def _cut(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])


_PAGE = 4096


def _flipped(copy: Path) -> None:
    whole = bytearray(copy.read_bytes())
    whole[_PAGE] ^= 0xFF  # what kind of page the second one is
    copy.write_bytes(whole)


def _said(statement: str) -> Callable[[Path], None]:
    def change(copy: Path) -> None:
        store = Store(f"sqlite:///{copy}")
        with store.writing() as connection:
            connection.execute(text(statement))
        store.close()

    return change


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_cut, "no copy of a central server|damaged|not good"),
        (_flipped, "no copy of a central server|damaged|not good"),
        (lambda copy: copy.write_bytes(b""), "no copy of a central server"),
        (lambda copy: copy.write_text("a letter"), "no copy of a central server"),
        (_said("UPDATE sync_row SET data = replace(data, '43.65', '44.65')"), "has another lat than its operations say"),
        (_said("DELETE FROM sync_operation WHERE seq = 1"), "made by no operation"),
        (_said("UPDATE sync_row SET deleted = 1"), "is deleted or not"),
        (_said("UPDATE sync_counter SET rev = 0"), "beyond the counter"),
        (_said("UPDATE fact SET value = '1' WHERE name = 'demo'"), "never mix"),
        (_said("UPDATE alembic_version SET version_num = '0815'"), "newer than this program"),
    ],
)
def test_a_copy_that_is_bad_newer_or_of_the_other_kind_changes_nothing(
    store: Store, tmp_path: Path, spoil: Callable[[Path], None], said: str
) -> None:
    Device(store).send(create("site", SITE))
    copies.back_up(store, tmp_path / "copy.db")
    spoil(tmp_path / "copy.db")
    Device(store).send(create("site", {**SITE, "code": "A-2"}))
    before, epoch = state(store), store.facts()["epoch"]
    kept = (tmp_path / "copy.db").read_bytes()

    with pytest.raises((BadCopy, OtherSchema), match=said):
        copies.restore(store, tmp_path / "copy.db", tmp_path)

    assert (state(store), store.facts()["epoch"]) == (before, epoch)
    assert (tmp_path / "copy.db").read_bytes() == kept
    assert not list(tmp_path.glob("restore-*"))


def test_the_servers_own_file_is_no_copy_of_it(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'server.db'}")
    store.create(demo=False)
    with pytest.raises(BadCopy, match="own database"):
        copies.restore(store, tmp_path / "server.db", tmp_path)
    store.close()


def test_a_copy_that_is_still_in_use_by_another_server_is_taken_with_its_last_changes(store: Store, tmp_path: Path) -> None:
    live = Store(f"sqlite:///{tmp_path / 'live.db'}")
    live.create(demo=False)
    Device(live).send(create("site", SITE))
    assert (tmp_path / "live.db-wal").exists()
    copies.restore(store, tmp_path / "live.db", tmp_path)
    assert state(store) == state(live)
    live.close()


def test_a_push_that_waits_while_the_server_is_set_back_hears_of_the_other_epoch(store: Store, tmp_path: Path) -> None:
    device = Device(store)
    device.send(create("site", SITE))
    copies.back_up(store, tmp_path / "copy.db")
    message = device.message(create("site", SITE))
    copies.restore(store, tmp_path / "copy.db", tmp_path)
    with pytest.raises(Exception, match="epoch_changed"):
        device.push(message)


def test_a_history_with_conflicts_deletions_and_steps_folds_to_its_rows(store: Store) -> None:
    ann, bob = Device(store), Device(store)
    site = create("site", SITE)
    ann.send(site)
    first = patch("site", site["id"], "name_en", None, "A", site["id"])
    ann.send(first, patch("site", site["id"], "name_en", "A", "B", first["op_id"]))
    bob.send(patch("site", site["id"], "name_en", None, "C", site["id"]))
    bob.send({**patch("site", site["id"], "deleted", False, True, site["id"]), "kind": "delete"})
    assert inventory.problems(store) == []
    with store.writing() as connection:
        connection.execute(text("UPDATE sync_row SET sources = '{}' WHERE entity = 'site'"))
        connection.execute(text("DELETE FROM sync_row WHERE entity = 'conflict'"))
    told = inventory.problems(store)
    assert any("has its name_en from another operation" in each for each in told)
    assert sum("met another value, and nobody is asked" in each for each in told) == 2


def test_a_copy_that_cannot_be_written_leaves_nothing_behind(store: Store, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        copies.back_up(store, tmp_path / "gone" / "copy.db")
    assert not (tmp_path / "gone").exists()
