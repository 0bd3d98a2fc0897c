"""A copy of the register before every sync, cheap at any size, and the way back to all that was recorded."""

import shutil
from datetime import timedelta

import pytest
from office import Office

from inspector_app.domain.errors import Damaged
from inspector_app.models import copies, driver
from inspector_app.models.backup import restore_from
from inspector_app.models.queries.overview import tally
from inspector_app.models.register import Register
from tests.conftest import NOW
from tests.sync.registers import rows


def told(register: Register) -> object:
    with register.reading() as session:
        return rows(register), tally(session)


def put_back(register: Register, copy: copies.Copy) -> Register:
    source = register.twin(copy.path)
    target = register.path.with_name("back.register")
    restore_from(source, target)
    source.close()
    return register.twin(target)


def test_a_small_register_is_copied_whole_before_rows_come(register):
    office = Office(register)
    office.site()
    first = copies.before_sync(register, brings_rows=False)
    office.site("A-2")
    assert copies.before_sync(register, brings_rows=True) == first
    (kept,) = copies.kept(register)
    assert (kept.path, kept.later) == (first, 0)
    back = put_back(register, kept)
    assert told(back) == told(register)
    back.close()


def test_later_edits_stand_beside_the_copy_of_the_day_and_come_back_with_it(register, monkeypatch):
    monkeypatch.setattr(copies, "_SMALL", 0)
    office = Office(register)
    site = office.owned()
    copies.before_sync(register, brings_rows=True)
    office.site("A-2")
    copies.before_sync(register, brings_rows=True)
    office.item(site, 7)
    office.signed(site, NOW.date())
    with register.writing("Take out") as session:
        from inspector_app.models.sites import Site

        session.get(Site, site).name_en = "after"
    copies.before_sync(register, brings_rows=True)
    copies.before_sync(register, brings_rows=True)
    (kept,) = copies.kept(register)
    assert kept.later > 5
    back = put_back(register, kept)
    assert told(back) == told(register)
    with back.reading() as session, register.reading() as other:
        asked = "SELECT seq, op_id, hash FROM operation ORDER BY seq"
        assert session.rows(asked) == other.rows(asked)
    back.close()


def test_edits_that_do_not_follow_from_the_copy_are_not_put_back(register, monkeypatch):
    monkeypatch.setattr(copies, "_SMALL", 0)
    office = Office(register)
    office.site()
    copies.before_sync(register, brings_rows=True)
    office.site("A-2")
    copies.before_sync(register, brings_rows=True)
    (kept,) = copies.kept(register)
    with register.side(kept.path.with_name(kept.path.name + ".changes")) as there:
        there.execute("DELETE FROM operation WHERE seq = (SELECT MIN(seq) FROM operation)")
    with pytest.raises(Damaged):
        put_back(register, kept)


def test_an_encrypted_register_leaves_nothing_readable_beside_it(new_register, monkeypatch):
    monkeypatch.setattr(copies, "_SMALL", 0)
    register = new_register(passphrase="long and secret")
    office = Office(register)
    office.site("SECRET-1")
    copies.before_sync(register, brings_rows=True)
    office.site("SECRET-2")
    copies.before_sync(register, brings_rows=True)
    register.clone(register.path.with_name("whole"), shared_only=False)
    for each in [*register.path.parent.rglob("*"), register.path.with_name("whole")]:
        assert not each.is_file() or b"SECRET" not in each.read_bytes()


def test_a_reader_that_holds_up_the_checkpoint_makes_the_copy_slower_not_wrong(register):
    office = Office(register)
    office.site()
    with register.reading() as session:
        session.rows("SELECT 1 FROM site")
        office.site("A-2")
        assert not register.clone(register.path.with_name("clone"), shared_only=False)
        copies.before_sync(register, brings_rows=True)
    back = put_back(register, copies.kept(register)[0])
    assert told(back) == told(register)
    back.close()


def test_where_blocks_can_be_shared_a_large_register_is_copied_whole_every_time(register, monkeypatch):
    def share(source: int, copy: int) -> bool:
        with open(source, "rb", closefd=False) as one, open(copy, "wb", closefd=False) as other:
            one.seek(0)
            shutil.copyfileobj(one, other)
        return True

    monkeypatch.setattr(copies, "_SMALL", 0)
    monkeypatch.setattr(driver, "_share", share)
    office = Office(register)
    office.site()
    copies.before_sync(register, brings_rows=False)
    office.site("A-2")
    copies.before_sync(register, brings_rows=False)
    (kept,) = copies.kept(register)
    assert kept.later == 0
    back = put_back(register, kept)
    assert told(back) == told(register)
    back.close()


def test_seven_days_are_kept(new_register):
    day = [NOW]
    register = new_register(person="A. Registrar", clock=lambda: day[0])
    for _each in range(9):
        copies.before_sync(register, brings_rows=False)
        day[0] += timedelta(days=1)
    assert len(copies.kept(register)) == 7
    assert copies.kept(register)[0].day > copies.kept(register)[-1].day
