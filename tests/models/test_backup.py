"""Backup means restore: every copy is proved, opened and compared (quality.md)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from office import D, Office, a_picture

from inspector_app.actions import documents, sites
from inspector_app.domain.errors import AlreadyThere, CannotWrite, Damaged, NoSuchRegister, NotARegister
from inspector_app.models import files
from inspector_app.models.backup import backup, prove, restore
from inspector_app.models.register import Register

SECRET = "correct horse"


@pytest.fixture
def office(register: Register, tmp_path: Path) -> Office:
    office = Office(register)
    site = office.owned()
    office.item(site)
    office.do(documents.attach_photo, site, a_picture(tmp_path / "a.jpg"))
    return office


def everything(register: Register) -> dict[str, list[tuple[object, ...]]]:
    office = Office(register)
    tables = [
        name for (name,) in office.ask("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    ]
    return {name: sorted(office.ask(f"SELECT * FROM {name}"), key=str) for name in tables}


def beside(folder: Path, name: str) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.startswith(name))


def test_a_backup_is_the_register_with_its_photos(office: Office, tmp_path: Path) -> None:
    dest = tmp_path / "stick" / "copy.register"
    dest.parent.mkdir()
    assert backup(office.register, dest) == dest

    copy = Register.open(dest)
    assert everything(copy) == everything(office.register)
    copy.close()
    (sha256,) = office.ask("SELECT sha256 FROM photo")[0]
    assert files.is_whole(dest, sha256)
    assert beside(dest.parent, "copy") == ["copy.register", "copy.register.files"]


def test_a_backup_is_made_while_a_writer_works(office: Office, tmp_path: Path) -> None:
    site = office.ask("SELECT id FROM site")[0][0]
    with office.register.writing("Not finished yet") as session:
        sites.change_site(session, site, name_en="Half")
        session.flush()
        backup(office.register, tmp_path / "copy.register")
    copy = Register.open(tmp_path / "copy.register")
    assert Office(copy).ask("SELECT name_en FROM site") == [("Training site",)]
    copy.close()
    assert office.ask("SELECT name_en FROM site") == [("Half",)]


def test_what_was_there_is_never_overwritten(office: Office, tmp_path: Path) -> None:
    dest = tmp_path / "precious.txt"
    dest.write_text("mine")
    with pytest.raises(AlreadyThere):
        backup(office.register, dest)
    assert dest.read_text() == "mine"


def test_a_backup_to_nowhere_is_explained_and_leaves_nothing(office: Office, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for folder in ("file", "stick that is not plugged in"):
        with pytest.raises(CannotWrite):
            backup(office.register, tmp_path / folder / "copy.register")
    assert not (tmp_path / "stick that is not plugged in").exists()


def test_restore_brings_the_old_state_back_and_keeps_what_stood_there(office: Office, tmp_path: Path) -> None:
    before = everything(office.register)
    saved = backup(office.register, tmp_path / "saved.register")
    office.do(sites.change_site, office.ask("SELECT id FROM site")[0][0], name_en="Changed since")
    after = everything(office.register)
    path = office.register.path
    office.register.close()

    kept = restore(saved, path)

    again = Register.open(path)
    assert everything(again) == before
    again.close()
    assert kept == path.with_name("test.register.replaced-1")
    old = Register.open(kept)
    assert everything(old) == after
    old.close()
    (sha256,) = [row[6] for row in before["photo"]] if "photo" in before else [None]
    assert files.folder(kept).is_dir()
    assert any(each.is_file() for each in files.folder(path).rglob("*")), sha256


def test_restore_to_a_new_place_and_twice_over_the_same(office: Office, tmp_path: Path) -> None:
    saved = backup(office.register, tmp_path / "saved.register")
    dest = tmp_path / "new" / "field.register"
    dest.parent.mkdir()
    assert restore(saved, dest) is None
    assert restore(saved, dest) == dest.with_name("field.register.replaced-1")
    assert restore(saved, dest) == dest.with_name("field.register.replaced-2")
    assert "field.register.unproved" not in beside(dest.parent, "field")
    with pytest.raises(AlreadyThere):
        restore(dest, dest)


@pytest.mark.parametrize(
    "content", [b"", b"not a register at all", b"SQLite format 3\x00" + b"\x00" * 84], ids=["empty", "text", "header"]
)
def test_what_is_no_backup_is_not_restored(office: Office, tmp_path: Path, content: bytes) -> None:
    wrong = tmp_path / "wrong.register"
    wrong.write_bytes(content)
    before = everything(office.register)
    for src, error in ((wrong, NotARegister), (tmp_path / "missing", NoSuchRegister)):
        with pytest.raises(error):
            restore(src, office.register.path)
    assert everything(office.register) == before


def test_a_damaged_backup_is_not_restored(office: Office, tmp_path: Path) -> None:
    saved = backup(office.register, tmp_path / "saved.register")
    content = bytearray(saved.read_bytes())
    for page in range(20, 60):
        content[page * 4096 : page * 4096 + 512] = b"\xff" * 512
    saved.write_bytes(content)
    before = everything(office.register)
    with pytest.raises((Damaged, NotARegister)):
        restore(saved, office.register.path)
    assert everything(office.register) == before
    assert not (tmp_path / "test.register.unproved").exists()


def test_an_encrypted_register_is_backed_up_encrypted(new_register: Callable[..., Register], tmp_path: Path) -> None:
    register = new_register("secret.register", passphrase=SECRET)
    Office(register).site(name_en="Secret place")
    saved = backup(register, tmp_path / "saved.register", passphrase=SECRET)

    assert b"Secret place" not in saved.read_bytes()
    with pytest.raises(NotARegister):
        Register.open(saved)
    assert backup(register, tmp_path / "without asking.register").is_file()
    restore(saved, tmp_path / "back.register", passphrase=SECRET)
    again = Register.open(tmp_path / "back.register", passphrase=SECRET)
    assert everything(again) == everything(register)
    again.close()


def test_a_photo_that_does_not_fit_its_fingerprint_is_not_taken_along(office: Office, tmp_path: Path) -> None:
    (sha256,) = office.ask("SELECT sha256 FROM photo")[0]
    files.path_of(office.register.path, sha256).write_bytes(b"swapped")
    with pytest.raises(Damaged):
        backup(office.register, tmp_path / "copy.register")
    assert not (tmp_path / "copy.register").exists()


def test_a_sound_register_is_proved(office: Office) -> None:
    prove(office.register)
    assert D(2020, 1, 1)
