"""Photos and documents between two laptops and a real server: byte for byte, once, and confirmed."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from PIL import Image

from inspector_app.actions import documents
from inspector_app.domain.ownership import DocumentType
from inspector_app.models import files
from inspector_app.models.queries.transfers import files_standing
from inspector_app.models.register import Register
from inspector_app.sync import files as travel
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site

Laptop = Callable[..., Register]


def a_photo(register: Register, site: str, folder: Path, *, side: int = 900, name: str = "p") -> str:
    """A photo of a site that no other photo equals; its fingerprint."""
    path = folder / f"{name}.jpg"
    Image.effect_noise((side, side), 60).convert("RGB").save(path, "JPEG", quality=90)
    with register.writing("Attach photos") as session:
        return documents.attach_photo(session, site, path).sha256


def a_scan(register: Register, site: str, folder: Path, body: bytes) -> str:
    path = folder / "scan.pdf"
    path.write_bytes(b"%PDF-1.7\n" + body)
    with register.writing("Record a document") as session:
        made = documents.record_document(
            session, site, type=DocumentType.SURVEY_ACT, no="1", issued_on=date(2024, 1, 1), file=path
        )
        return str(made.sha256)


def standing(register: Register):
    with register.reading() as session:
        return files_standing(session)


def bytes_of(register: Register, sha256: str) -> bytes:
    return files.path_of(register.path, sha256).read_bytes()


def on_server(server: CentralServer, kind: str = "blobs") -> list[str]:
    return sorted(each.name for each in (server.data / kind).rglob("*") if each.is_file())


def test_photos_taken_on_one_laptop_are_looked_at_on_the_other_byte_for_byte(
    laptop: Laptop, server: CentralServer, tmp_path: Path
) -> None:
    ann, bob = laptop("ann"), laptop("bob", "inspector")
    site = a_site(ann)
    photo, scan = a_photo(ann, site, tmp_path), a_scan(ann, site, tmp_path, b"x" * 3_000_000)

    receipt = travel.sync(ann)

    assert (receipt.files, receipt.files_confirmed) == (2, 2)
    assert on_server(server) == sorted([photo, scan])
    assert server.command("check") == "Rows, operations and their chains agree; every file is whole."
    assert travel.sync(bob).files_confirmed == 2
    thumbnail = files.thumbnail_path(bob.path, photo).read_bytes()
    assert len(thumbnail) <= 60_000
    assert not files.path_of(bob.path, photo).exists()
    assert standing(bob).away == 2

    travel.fetch(bob, photo)
    assert bytes_of(bob, photo) == bytes_of(ann, photo)
    travel.sync(bob, fetch_all=True)
    assert bytes_of(bob, scan) == bytes_of(ann, scan)
    assert standing(bob).away == 0
    with bob.reading() as session:
        stored = session.connection().exec_driver_sql("SELECT outcome FROM sync_receipt ORDER BY n DESC").scalar()
    assert '"files_confirmed":2' in stored
