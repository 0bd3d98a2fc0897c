"""A register file: what is refused, what is kept, and how an older one is brought up."""

import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlcipher3 import dbapi2

from inspector_app.actions.sites import register_site
from inspector_app.domain.errors import (
    AlreadyThere,
    BadValue,
    NoFolder,
    NoSuchRegister,
    NotARegister,
    ReadOnlyRegister,
    RegisterBusy,
    TooNew,
)
from inspector_app.models import changes
from inspector_app.models.base import moment_text
from inspector_app.models.register import SCHEMA, Register
from inspector_app.models.sites import Site


def a_site(session, code="A-1"):
    return changes.add(session, Site, code=code, name_en="A site", region="47", lat=43.65, lon=51.16)


def test_what_was_written_is_there_after_closing_and_opening(register):
    with register.writing("Register a site") as session:
        site = a_site(session)
    register.close()

    again = Register.open(register.path)
    with again.reading() as session:
        assert session.get(Site, site.id).code == "A-1"
    again.close()


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" * 100, b"SQLite format 3\x00" + b"\xff" * 4000], ids=len)
def test_a_file_that_is_no_register_is_refused_and_not_touched(tmp_path, content):
    file = tmp_path / "letter.register"
    file.write_bytes(content)

    with pytest.raises(NotARegister):
        Register.open(file)

    assert file.read_bytes() == content


def test_another_program_s_sqlite_file_is_no_register(tmp_path):
    file = tmp_path / "other.sqlite"
    other = dbapi2.connect(str(file))
    other.execute("CREATE TABLE notes (words TEXT)")
    other.commit()
    other.close()

    with pytest.raises(NotARegister):
        Register.open(file)


def test_a_register_of_a_newer_program_is_refused_by_its_schema(register):
    register.close()
    newer = dbapi2.connect(str(register.path))
    newer.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    newer.close()

    with pytest.raises(TooNew) as refusal:
        Register.open(register.path)

    assert refusal.value.facts["found"] == SCHEMA + 1


def test_a_register_that_is_not_there_is_named(tmp_path):
    with pytest.raises(NoSuchRegister, match=r"gone\.register"):
        Register.open(tmp_path / "gone.register")


def test_a_new_register_never_replaces_a_file(register):
    with pytest.raises(AlreadyThere):
        Register.create(register.path)


def test_a_new_register_needs_its_folder(tmp_path):
    with pytest.raises(NoFolder):
        Register.create(tmp_path / "nowhere" / "new.register")


def test_a_read_only_register_is_refused_with_its_own_sentence(register, tmp_path):
    register.close()
    folder = Path(tempfile.mkdtemp())
    try:
        shutil.copy(register.path, folder / "r.register")
        (folder / "r.register").chmod(0o444)
        folder.chmod(0o555)
        program = (
            "import os, sys; from pathlib import Path; from inspector_app.models.register import Register\n"
            "if os.geteuid() == 0: os.setuid(65534)\n"  # no read-only file stops root
            "try:\n    Register.open(Path(sys.argv[1]) / 'r.register')\n"
            "except Exception as error: print(type(error).__name__)"
        )
        done = subprocess.run([sys.executable, "-c", program, str(folder)], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == ReadOnlyRegister.__name__
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_full_disk_loses_the_last_change_only(register, monkeypatch):
    from inspector_app.domain.errors import DiskFull

    with register.writing("Register a site") as session:
        a_site(session)
    with register.reading() as session:
        pages = session.execute(text("PRAGMA page_count")).scalar_one()

    def write_much() -> None:
        with register.writing("Register a site") as session:
            session.connection().exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
            for number in range(2000):
                changes.add(session, Site, code=f"B-{number}", name_en="B" * 200, region="47", lat=43.65, lon=51.16)

    with pytest.raises(DiskFull):
        write_much()

    with register.reading() as session:
        assert [site.code for site in session.query(Site)] == ["A-1"]


def test_a_register_that_another_program_holds_is_busy_not_broken(register, monkeypatch):
    holder = dbapi2.connect(str(register.path), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    impatient = dbapi2.connect
    monkeypatch.setattr(dbapi2, "connect", lambda path, **given: impatient(path, **{**given, "timeout": 0.05}))

    with pytest.raises(RegisterBusy), register.writing("Register a site") as session:
        a_site(session)

    holder.execute("ROLLBACK")
    holder.close()
    with register.writing("Register a site") as session:
        a_site(session)


def test_an_encrypted_register_opens_with_its_passphrase_alone(new_register):
    register = new_register("secret.register", passphrase="тайна 7")
    with register.writing("Register a site") as session:
        a_site(session, code="VERY-SECRET-CODE")
    register.close()

    assert b"SQLite format 3" not in register.path.read_bytes()
    assert b"VERY-SECRET-CODE" not in register.path.read_bytes()
    for passphrase in (None, "тайна 8"):
        with pytest.raises(NotARegister):
            Register.open(register.path, passphrase=passphrase)
    again = Register.open(register.path, passphrase="тайна 7")
    with again.reading() as session:
        assert session.query(Site).one().code == "VERY-SECRET-CODE"
    again.close()


def test_the_driver_is_set_to_lose_nothing(register):
    with register.reading() as session:
        asked = {
            name: session.execute(text(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_every_table_of_ours_is_strict(register):
    with register.reading() as session:
        loose = (
            session.execute(text("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0"))
            .scalars()
            .all()
        )
    assert [name for name in loose if not name.startswith(("sqlite_", "search"))] == []


def test_two_reads_of_one_look_see_the_same_state(register):
    with register.reading() as look:
        assert look.query(Site).count() == 0
        with register.writing("Register a site") as session:
            a_site(session)
        assert look.query(Site).count() == 0


@pytest.mark.parametrize("bulk", [False, True])
def test_a_register_whose_first_change_is_refused_takes_the_next_one(register, bulk):
    register.close()
    opened = Register.open(register.path)
    with pytest.raises(BadValue), opened.writing("Refused", bulk=bulk) as session:
        register_site(session, code="A\0", region="47", discovered_on=date(2024, 1, 1), name_en="A", lat=43.65, lon=51.16)
    for code in ("A-1", "A-2"):
        with opened.writing("Kept") as session:
            register_site(session, code=code, region="47", discovered_on=date(2024, 1, 1), name_en="A", lat=43.65, lon=51.16)
    with opened.reading() as session:
        assert session.execute(text("SELECT COUNT(*) FROM site")).scalar_one() == 2
    opened.close()


def test_a_write_that_passes_the_log_by_is_rolled_back(register):
    with register.writing("Register a site") as session:
        a_site(session)

    with pytest.raises(changes.Unlogged), register.writing("A careless change") as session:
        session.execute(text("UPDATE site SET name_en = 'secretly changed'"))

    with register.reading() as session:
        assert session.query(Site).one().name_en == "A site"


def test_an_edit_that_was_refused_is_in_nobody_s_way(register):
    with pytest.raises(RuntimeError), register.writing("Refused, the first of all"):
        raise RuntimeError

    with register.writing("Register a site") as session:
        a_site(session)

    with register.reading() as session:
        assert session.query(Site).count() == 1


@pytest.mark.parametrize("passphrase", [None, "steppe"])
def test_a_draft_that_is_finished_is_a_register_like_any_other(new_register, passphrase):
    draft = new_register(draft=True, passphrase=passphrase)
    with draft.writing("Register a site") as session:
        a_site(session)
    draft.finish()

    again = Register.open(draft.path, passphrase=passphrase)
    for register in (draft, again):
        with register.writing("Register another") as session:
            a_site(session, code="A-2")
            assert session.scalar(text("PRAGMA synchronous")) == 2
        with register.reading() as session:
            assert session.scalar(text("PRAGMA journal_mode")) == "wal"
            assert session.query(Site).count() >= 2
    again.close()


@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
            max_leaves=8,
        ),
        max_size=5,
    )
)  # fmt: skip
def test_the_quick_way_to_canonical_json_writes_the_bytes_of_rfc_8785(value):
    assert changes.canonical(value) == rfc8785.dumps(value)


def test_an_operation_s_hash_can_be_made_again_from_what_it_says(register):
    with register.writing("Register a site") as session:
        site = a_site(session)
    with register.writing("Rename «it»") as session:
        session.get(Site, site.id).name_ru = 'Полигон "Юг" \\ 7'

    with register.reading() as session:
        operations = session.query(changes.Operation).order_by(changes.Operation.seq).all()
    before = changes.GENESIS
    for each in operations:
        what = changes.said(op_id=each.op_id, txn_id=each.txn_id, entity=each.entity, row_id=each.row_id, kind=each.kind,
                            body=each.body, occurred_at=moment_text(each.occurred_at), author=each.author)  # fmt: skip
        assert (each.prev_hash, each.hash) == (before, changes.chain(before, what))
        before = each.hash
