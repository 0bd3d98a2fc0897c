"""Photos and documents between two laptops and a real server: byte for byte, once, and confirmed."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from inspector_app.actions import documents
from inspector_app.actions.history import undo_last
from inspector_app.domain.errors import FileNotFetched
from inspector_app.models import changes, files
from inspector_app.models.documents import Photo
from inspector_app.models.queries.transfers import whereabouts
from inspector_app.models.register import Register
from inspector_app.server import copies
from inspector_app.server.blobs import open_files
from inspector_app.server.store import open_data
from inspector_app.sync import files as travel
from inspector_app.sync import round as rounds
from tests.sync.conftest import CentralServer
from tests.sync.photos import a_photo, a_picture, a_scan, bytes_of, on_server, standing
from tests.sync.registers import a_site, rows
from tests.sync.s3 import S3

Laptop = Callable[..., Register]


@pytest.fixture
def server(emptied_server: CentralServer) -> CentralServer:
    """One process for all of this file; to start one takes longer than most of its tests."""
    return emptied_server


def test_photos_taken_on_one_laptop_are_looked_at_on_the_other_byte_for_byte(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann, bob = laptop("ann"), laptop("bob", "inspector")
    site = a_site(ann)
    photo, scan = a_photo(ann, site, tmp_path, side=900), a_scan(ann, site, tmp_path, os.urandom(3_000_000))

    receipt = travel.sync(ann)

    assert (receipt.files, receipt.files_confirmed) == (2, 2)
    assert on_server(server) == sorted([photo, scan])
    assert server.command("check") == "Rows, operations and their chains agree; every file is whole."
    assert travel.sync(bob).files_confirmed == 2
    assert files.thumbnail_path(bob.path, photo).stat().st_size <= 60_000
    assert not files.path_of(bob.path, photo).exists()
    assert standing(bob).away == 2

    travel.fetch(bob, photo)
    assert bytes_of(bob, photo) == bytes_of(ann, photo)
    travel.sync(bob, fetch_all=True)
    assert bytes_of(bob, scan) == bytes_of(ann, scan)
    assert standing(bob).away == 0
    with bob.reading() as session:
        stored = session.connection().exec_driver_sql("SELECT outcome FROM sync_receipt ORDER BY n DESC").scalar()
    assert '"files_confirmed":2' in str(stored)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    store = S3()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "the-key-id")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the-secret-of-the-store")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    store.start()
    yield store
    store.stop()


def test_files_lie_in_a_store_that_speaks_s3_as_well(
    s3: S3, new_server: Callable[..., CentralServer], new_register: Callable[..., Register], tmp_path: Path
) -> None:
    server = new_server(options=("--files", "s3://register/office", "--files-endpoint", s3.url))
    ann, bob = (new_register(f"{name}.register", person=name, clock=None) for name in ("ann", "bob"))
    for register in (ann, bob):
        rounds.enrol(register, url=server.url, code=server.code(register.me.person))
    site = a_site(ann)
    photo, scan = a_photo(ann, site, tmp_path), a_scan(ann, site, tmp_path, os.urandom(2_500_000))

    assert travel.sync(ann).files_confirmed == 2
    assert f"office/blobs/{photo[:2]}/{photo[2:4]}/{photo}" in s3.names()
    assert on_server(server) == []
    travel.sync(bob, fetch_all=True)
    assert bytes_of(bob, photo) == bytes_of(ann, photo)
    assert bytes_of(bob, scan) == bytes_of(ann, scan)
    assert travel.free_space(ann)[0] == 1

    s3.replace(f"office/blobs/{photo[:2]}/{photo[2:4]}/{photo}", b"damaged")
    s3.remove(f"office/blobs/{scan[:2]}/{scan[2:4]}/{scan}")
    said = server.command("check", code=1)
    assert f"{photo} is not what it was" in said
    assert f"{scan} is missing" in said
    s3.stop()
    assert "The store of the files does not answer" in server.command("check", code=1)
    said = (server.data / "server.json").read_text() + server.log.read_text()
    assert "the-secret-of-the-store" not in said
    assert "the-key-id" not in said


def test_a_photo_that_two_records_name_is_sent_once(laptop: Laptop, server: CentralServer, tmp_path: Path) -> None:
    ann = laptop("ann")
    one, two = a_site(ann, "A-1"), a_site(ann, "A-2")
    path = a_picture(tmp_path / "both.jpg")
    with ann.writing("Attach photos") as session:
        for site in (one, two):
            documents.attach_photo(session, site, path)
    receipt = travel.sync(ann)
    assert (receipt.files, receipt.files_confirmed) == (1, 1)
    assert len(on_server(server)) == len(on_server(server, "thumbs")) == 1


def test_a_record_that_lies_about_the_size_of_a_photo_keeps_it_from_nobody(laptop: Laptop, tmp_path: Path) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    photo = a_photo(ann, site, tmp_path)
    for lie in (1, 5_000_000):
        with ann.writing("Attach photos") as session:
            changes.add(session, Photo, site_id=site, sha256=photo, mime="image/jpeg", size=lie)
    assert travel.sync(ann).files_confirmed == 1
    travel.sync(bob, fetch_all=True)
    assert bytes_of(bob, photo) == bytes_of(ann, photo)


def test_a_photo_taken_out_is_not_waited_for_and_one_brought_back_is(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann = laptop("ann")
    site = a_site(ann)
    photo = a_photo(ann, site, tmp_path)
    with ann.writing("Take out a photo") as session:
        documents.remove_photo(session, session.execute(text("SELECT id FROM photo")).scalar_one())
    assert travel.sync(ann).files == 0
    assert on_server(server) == []
    with ann.writing("Undo") as session:
        undo_last(session)
    assert travel.sync(ann).files_confirmed == 1
    assert on_server(server) == [photo]


def test_originals_wait_until_a_person_says_so_and_thumbnails_do_not(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    travel.choose(ann, send="ask")
    site = a_site(ann)
    travel.sync(ann)
    travel.sync(bob)
    photo = a_photo(ann, site, tmp_path, side=900)

    receipt = travel.sync(ann)

    assert (receipt.files, receipt.files_confirmed) == (1, 0)
    assert (on_server(server), len(on_server(server, "thumbs"))) == ([], 1)
    assert (standing(ann).waiting, standing(ann).send) == (1, "ask")
    travel.choose(bob, fetch="always")
    travel.sync(bob)
    assert files.thumbnail_path(bob.path, photo).is_file()
    assert (standing(bob).elsewhere, standing(bob).away) == (1, 0)
    with bob.reading() as session:
        assert whereabouts(session, sha256=photo).author == "ann"
    with pytest.raises(FileNotFetched):
        travel.fetch(bob, photo)

    assert travel.sync(ann, send_all=True).files_confirmed == 1
    travel.sync(bob)
    assert bytes_of(bob, photo) == bytes_of(ann, photo)


def test_a_register_copied_to_a_second_laptop_has_all_its_files_confirmed(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann = laptop("ann")
    site = a_site(ann)
    a_photo(ann, site, tmp_path)
    copied = tmp_path / "copied.register"
    ann.copy(copied)
    shutil.copytree(files.folder(ann.path), files.folder(copied))
    shutil.copy(ann.path.with_name(ann.path.name + ".key"), copied.with_name(copied.name + ".key"))
    twin = Register.open(copied)
    a_photo(twin, site, tmp_path)

    travel.sync(ann)
    assert travel.sync(twin).files_confirmed == 2
    assert travel.sync(ann).files_confirmed == 2
    assert rows(ann) == rows(twin)
    assert len(on_server(server)) == 2
    twin.close()


def test_a_server_that_lost_files_has_them_sent_again(laptop: Laptop, server: CentralServer, tmp_path: Path) -> None:
    ann = laptop("ann")
    site = a_site(ann)
    photo = a_photo(ann, site, tmp_path)
    server.command("backup", str(tmp_path / "early.db"))
    travel.sync(ann)
    (server.data / "blobs" / photo[:2] / photo[2:4] / photo).unlink()
    assert f"blobs/{photo[:2]}/{photo[2:4]}/{photo} is missing" in server.command("check", code=1)
    store = open_data(server.data)
    assert open_files(server.data).forget_lost(store) == 1
    store.close()
    tomorrow = Register.open(ann.path, clock=lambda: ann.now() + timedelta(days=1))
    assert travel.sync(tomorrow).files_confirmed == 1  # once a day everything is asked about
    assert on_server(server) == [photo]
    tomorrow.close()

    server.stop()
    server.command("restore", str(tmp_path / "early.db"))
    server.start()
    assert travel.sync(ann).files_confirmed == 1
    assert server.command("check").endswith("every file is whole.")


def test_originals_leave_a_laptop_only_when_the_server_proves_that_it_has_them(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann = laptop("ann")
    site = a_site(ann)
    kept, lost = a_photo(ann, site, tmp_path), a_photo(ann, site, tmp_path)
    assert travel.free_space(ann) == (0, 0)  # nothing is confirmed yet
    travel.sync(ann)
    before = bytes_of(ann, kept)
    (server.data / "blobs" / lost[:2] / lost[2:4] / lost).write_bytes(b"damaged")

    assert travel.free_space(ann) == (1, len(before))

    assert files.path_of(ann.path, lost).is_file()
    assert not files.path_of(ann.path, kept).exists()
    assert (standing(ann).away, standing(ann).waiting) == (1, 1)
    travel.fetch(ann, kept)
    assert bytes_of(ann, kept) == before


def test_a_laptop_sees_the_files_of_its_regions_only(server: CentralServer, laptop: Laptop, tmp_path: Path) -> None:
    ann, bob = laptop("ann"), laptop("bob", "inspector")
    photo = a_photo(ann, a_site(ann, region="47"), tmp_path)
    travel.sync(ann)
    store = open_data(server.data)
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE person SET regions = '[\"10\"]' WHERE name = 'bob'")
    store.close()
    travel.sync(bob)
    with pytest.raises(FileNotFetched):
        travel.fetch(bob, photo)
    assert not files.thumbnail_path(bob.path, photo).exists()


def test_bytes_are_saved_never_shown_and_asked_for_by_ranges(server: CentralServer, laptop: Laptop, tmp_path: Path) -> None:
    ann = laptop("ann")
    photo = a_photo(ann, a_site(ann), tmp_path)
    travel.sync(ann)
    whole = bytes_of(ann, photo)
    with rounds.connect(ann) as client, httpx.Client(base_url=server.url) as http:
        assert http.get(f"/v1/blobs/{photo}").status_code == 401
        http.headers["Authorization"] = f"Bearer {client._new_token()}"
        answer = http.get(f"/v1/blobs/{photo}")
        assert (answer.status_code, answer.content) == (200, whole)
        assert answer.headers["content-disposition"] == f'attachment; filename="{photo}"'
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-type"] == "application/octet-stream"
        for asked, start, end in (("0-9", 0, 10), ("5-", 5, None), ("-7", len(whole) - 7, None), ("0-99999999", 0, None)):
            part = http.get(f"/v1/blobs/{photo}", headers={"Range": f"bytes={asked}"})
            assert (part.status_code, part.content) == (206, whole[start:end])
            last = len(whole) if end is None else end
            assert part.headers["content-range"] == f"bytes {start}-{last - 1}/{len(whole)}"
        beyond = http.get(f"/v1/blobs/{photo}", headers={"Range": f"bytes={len(whole)}-"})
        assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{len(whole)}")
        assert http.get(f"/v1/blobs/{photo}", headers={"Range": "lines=1-2"}).status_code == 200


def test_no_name_that_a_client_says_becomes_a_path(server: CentralServer, laptop: Laptop) -> None:
    ann = laptop("ann")
    tricks = ("../server.db", "..%2f..%2fserver.json", "%2e%2e%2fserver.json", "/etc/passwd", "0" * 63, "A" * 64, "%00" * 64)
    headers = {"Upload-Offset": "0", "Upload-Checksum": "sha256 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}
    with rounds.connect(ann) as client, httpx.Client(base_url=server.url) as http:
        http.headers["Authorization"] = f"Bearer {client._new_token()}"
        for name in tricks:
            assert http.get(f"/v1/blobs/{name}").status_code == 404
            assert http.head(f"/v1/blobs/{name}").status_code == 404
            assert http.patch(f"/v1/blobs/{name}", headers=headers).status_code == 404
            for path, body in (
                ("/v1/blobs", {"sha256": name, "size": 1, "mime": "image/jpeg"}),
                ("/v1/files/here", {"hashes": [name]}),
                ("/v1/thumbnails/fetch", {"hashes": [name]}),
                ("/v1/thumbnails", {"thumbnails": [{"sha256": name, "jpeg": ""}]}),
            ):
                assert http.post(path, json=body).status_code == 422
    assert on_server(server) == []


def test_a_thumbnail_outlives_a_server_that_was_set_back_though_its_original_has_left_the_laptop(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann = laptop("ann")
    site = a_site(ann)
    travel.sync(ann)
    with server.opened() as store:
        store.copy_to(tmp_path / "copy.db")
    photo = a_photo(ann, site, tmp_path)
    travel.sync(ann)
    assert travel.free_space(ann)[0] == 1
    server.stop()
    with server.opened() as store:
        copies.put_back(store, tmp_path / "copy.db")
    server.start()

    travel.sync(ann)

    bob = laptop("bob", "inspector")
    travel.sync(bob)
    assert files.thumbnail_path(bob.path, photo).is_file()
