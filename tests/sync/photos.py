"""Photos and scans for registers that are synced, and what a server and a laptop hold of them."""

from datetime import date
from pathlib import Path

from PIL import Image

from inspector_app.actions import documents
from inspector_app.domain.ownership import DocumentType
from inspector_app.models import files
from inspector_app.models.queries.transfers import FilesStanding, files_standing
from inspector_app.models.register import Register
from tests.sync.conftest import CentralServer


def a_picture(path: Path, *, side: int = 300) -> Path:
    """A picture that no other one equals."""
    Image.effect_noise((side, side), 60).convert("RGB").save(path, "JPEG", quality=90)
    return path


def a_photo(register: Register, site: str, folder: Path, *, side: int = 300) -> str:
    """A photo of a site that no other photo equals; its fingerprint."""
    with register.writing("Attach photos") as session:
        return documents.attach_photo(session, site, a_picture(folder / "photo.jpg", side=side)).sha256


def a_scan(register: Register, site: str, folder: Path, body: bytes) -> str:
    """A document with a scan of these bytes; its fingerprint."""
    path = folder / "scan.pdf"
    path.write_bytes(b"%PDF-1.7\n" + body)
    with register.writing("Record a document") as session:
        made = documents.record_document(
            session, site, type=DocumentType.SURVEY_ACT, no="1", issued_on=date(2024, 1, 1), file=path
        )
        return str(made.sha256)


def standing(register: Register) -> FilesStanding:
    with register.reading() as session:
        return files_standing(session)


def bytes_of(register: Register, sha256: str) -> bytes:
    return files.path_of(register.path, sha256).read_bytes()


def on_server(server: CentralServer, kind: str = "blobs") -> list[str]:
    return sorted(each.name for each in (server.data / kind).rglob("*") if each.is_file())
