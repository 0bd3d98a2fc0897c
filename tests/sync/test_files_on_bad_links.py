"""Cuts, crashes, full disks and lies on the way of a file: it goes on where it stopped, or says why it does not."""

import base64
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

from inspector_app.domain.errors import FileNotFetched, FilesStopped
from inspector_app.models import exchange, files
from inspector_app.models.register import Register
from inspector_app.sync import files as travel
from inspector_app.sync import round as rounds
from inspector_app.sync import wire
from tests.sync.conftest import CentralServer
from tests.sync.photos import a_photo, a_scan, bytes_of, on_server, standing
from tests.sync.proxy import Proxy
from tests.sync.registers import a_site

INSPECTOR = Path(sys.executable).with_name("inspector")
Laptop = Callable[..., Register]


@pytest.fixture
def server(emptied_server: CentralServer) -> CentralServer:
    """One process for all of this file; to start one takes longer than most of its tests."""
    return emptied_server


def no_wait(_seconds: float) -> None:
    """Nobody rests in a test."""


def through(register: Register, url: str) -> None:
    """From now on this laptop reaches its server by another way."""
    with register.hearing() as session:
        exchange.put_facts(session, {"server": url})


def stored(server: CentralServer, sha256: str) -> str:
    return hashlib.sha256((server.data / "blobs" / sha256[:2] / sha256[2:4] / sha256).read_bytes()).hexdigest()


def test_an_upload_that_is_cut_after_every_64_kib_ends_whole_and_repeats_at_most_a_piece_for_each_cut(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann = laptop("ann")
    travel.choose(ann, send="ask")
    scan = a_scan(ann, a_site(ann), tmp_path, os.urandom(1_000_000))
    travel.sync(ann)
    proxy = Proxy(server.port, cut_after=65_536)
    through(ann, proxy.url)

    receipt = travel.sync(ann, send_all=True, wait=no_wait)

    assert receipt.files_confirmed == 1
    assert stored(server, scan) == scan
    assert proxy.cuts >= 10
    assert proxy.passed <= 1_000_000 + proxy.cuts * 65_536
    proxy.close()


def test_a_file_of_fifty_megabytes_travels_both_ways(laptop: Laptop, server: CentralServer, tmp_path: Path) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    scan = a_scan(ann, a_site(ann), tmp_path, os.urandom(50_000_000))
    assert travel.sync(ann).files_confirmed == 1
    travel.sync(bob, fetch_all=True)
    assert bytes_of(bob, scan) == bytes_of(ann, scan)


def test_a_server_killed_in_the_middle_of_a_piece_goes_on_from_the_last_one(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann = laptop("ann")
    travel.choose(ann, send="ask")
    scan = a_scan(ann, a_site(ann), tmp_path, os.urandom(300_000))
    travel.sync(ann)
    body = bytes_of(ann, scan)
    with rounds.connect(ann) as client:
        asked = wire.Announced(sha256=scan, size=len(body), mime="application/pdf")
        upload = client.announce(asked)
        assert client.piece(str(upload.upload_id), position=0, piece=body[:100_000]).offset == 100_000
        checksum = base64.b64encode(hashlib.sha256(body[100_000:200_000]).digest()).decode()
        head = (
            f"PATCH /v1/blobs/{upload.upload_id} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {client._token}\r\n"
            f"Upload-Offset: 100000\r\nUpload-Checksum: sha256 {checksum}\r\nContent-Length: 100000\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", server.port)) as raw:
            raw.sendall(head.encode() + body[100_000:150_000])
            assert server.process is not None
            server.process.send_signal(signal.SIGKILL)
            server.process.wait(30)
    server.start()
    with rounds.connect(ann) as client:
        assert client.announce(asked).offset == 100_000
    assert travel.sync(ann, send_all=True).files_confirmed == 1
    assert stored(server, scan) == scan
    assert server.command("check").endswith("every file is whole.")


def test_the_command_line_says_that_files_stopped_why_and_that_the_data_went_through(
    new_server: Callable[..., CentralServer], new_register: Callable[..., Register], tmp_path: Path
) -> None:
    server = new_server(options=("--keep-free-mb", "1000000000"))
    ann = new_register("ann.register", person="ann", clock=None)
    rounds.enrol(ann, url=server.url, code=server.code("ann"))
    a_photo(ann, a_site(ann), tmp_path)

    asked = [sys.executable, "-m", "inspector_app", "sync", "--register", ann.path]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "5 accepted" in done.stdout
    assert "photos and documents: 0 of 1 on the server" in done.stdout
    said = " ".join(done.stderr.split())
    assert "Not all documents and photos could travel (1 wait): the server has no room for files." in said
    assert "All changes are exchanged." in said


def test_a_server_without_room_says_so_and_everything_else_is_exchanged(
    new_server: Callable[..., CentralServer], new_register: Callable[..., Register], tmp_path: Path
) -> None:
    server = new_server(options=("--keep-free-mb", "1000000000"))
    ann = new_register("ann.register", person="ann", clock=None)
    rounds.enrol(ann, url=server.url, code=server.code("ann"))
    photo = a_photo(ann, a_site(ann), tmp_path)

    with pytest.raises(FilesStopped) as told:
        travel.sync(ann, wait=no_wait)

    assert str(told.value) == "Not all documents and photos could travel (1 wait): the server has no room for files."
    with ann.reading() as session:
        (last,) = session.connection().exec_driver_sql("SELECT outcome FROM sync_receipt").scalars()
    assert (json.loads(last)["accepted"], json.loads(last)["files"], json.loads(last)["files_confirmed"]) == (5, 1, 0)
    assert files.path_of(ann.path, photo).is_file()
    said = json.loads((server.data / "server.json").read_text())
    said["files"]["keep_free_mb"] = 0
    (server.data / "server.json").write_text(json.dumps(said))
    server.stop()
    server.start()
    assert travel.sync(ann).files_confirmed == 1


def test_a_person_stops_and_the_next_sync_goes_on_where_it_stopped(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann = laptop("ann")
    scan = a_scan(ann, a_site(ann), tmp_path, os.urandom(5_000_000))

    def stop(share: float, sentence: str, **_facts: object) -> None:
        if sentence == "Sending originals" and share > 0.7:
            raise CancelledError

    with pytest.raises(CancelledError):
        travel.sync(ann, progress=stop)
    with ann.reading() as session:
        asked = "SELECT state, position FROM file_transfer"
        assert session.connection().exec_driver_sql(asked).one() == ("sending", 3 * 2**20)
    proxy = Proxy(server.port, cut_after=None)
    through(ann, proxy.url)
    assert travel.sync(ann).files_confirmed == 1
    assert proxy.passed < 2.5 * 2**20
    assert stored(server, scan) == scan
    proxy.close()


def test_a_dead_link_is_named_the_data_is_safe_and_a_damaged_original_stops_no_other(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann = laptop("ann")
    travel.choose(ann, send="ask")
    site = a_site(ann)
    good, bad = a_scan(ann, site, tmp_path, os.urandom(200_000)), a_photo(ann, site, tmp_path)
    travel.sync(ann)
    proxy = Proxy(server.port, cut_after=12_000)
    through(ann, proxy.url)
    with pytest.raises(FilesStopped) as told:
        travel.sync(ann, send_all=True, wait=no_wait)
    assert "the connection broke off" in str(told.value)
    proxy.close()

    through(ann, server.url)
    path = files.path_of(ann.path, bad)
    path.write_bytes(bytes(path.stat().st_size))
    assert travel.sync(ann, send_all=True).files_confirmed == 1
    assert on_server(server) == [good]
    assert (standing(ann).waiting, standing(ann).stuck) == (1, 1)


def test_a_download_that_was_cut_goes_on_and_one_that_is_not_what_it_should_be_is_thrown_away(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    scan = a_scan(ann, a_site(ann), tmp_path, os.urandom(3_000_000))
    travel.sync(ann)
    travel.sync(bob)
    part = files.fetched_path(bob.path, scan)
    part.parent.mkdir(parents=True)
    part.write_bytes(bytes_of(ann, scan)[:1_000_000])
    travel.fetch(bob, scan)
    assert bytes_of(bob, scan) == bytes_of(ann, scan)

    files.path_of(bob.path, scan).unlink()
    part.write_bytes(b"x" * 1_000_000)
    with bob.hearing() as session:
        session.connection().exec_driver_sql("UPDATE file_transfer SET here = 0")
    with pytest.raises(FileNotFetched):
        travel.fetch(bob, scan)
    assert not part.exists()
    travel.fetch(bob, scan)
    assert bytes_of(bob, scan) == bytes_of(ann, scan)


def test_a_laptop_killed_while_it_sends_goes_on_with_the_next_sync(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann = laptop("ann")
    travel.choose(ann, send="ask")
    scan = a_scan(ann, a_site(ann), tmp_path, os.urandom(20_000_000))
    travel.sync(ann)
    sending = subprocess.Popen([INSPECTOR, "sync", "--originals", "--register", ann.path], stdout=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not any((server.data / "uploads").iterdir()) and time.monotonic() < until:
        time.sleep(0.005)
    sending.kill()
    sending.wait(30)
    again = [INSPECTOR, "sync", "--originals", "--json", "--register", ann.path]
    told = json.loads(subprocess.run(again, check=True, capture_output=True).stdout)
    assert (told["files"], told["files_confirmed"]) == (1, 1)
    assert stored(server, scan) == scan
