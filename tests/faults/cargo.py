"""Photos and scans that voyages carry, and what must hold of them wherever a voyage stands (sync.md b.11, I14)."""

from pathlib import Path
from random import Random

from sqlalchemy import select

from inspector_app.actions import documents
from inspector_app.domain.ownership import DocumentType
from inspector_app.models import files
from inspector_app.models.queries.transfers import files_standing
from inspector_app.models.register import Register
from inspector_app.models.sites import Site
from inspector_app.server import blobs
from tests.simulation.edits import FIRST_DAY
from tests.simulation.promise import hold
from tests.sync.photos import a_picture

_SHORTEST, _LONGEST = 2_000, 150_000
"""Bytes of a scan; the line breaks after some thousands."""


def loaded(register: Register, dice: Random) -> None:
    """A person attaches a photo or a scan that no other one equals to a site, if he sees one."""
    with register.reading() as session:
        sites = list(session.scalars(select(Site.id).where(Site.deleted.is_(False)).order_by(Site.id)))
    if not sites:
        return
    site, brought = dice.choice(sites), register.path.with_suffix(".brought")
    with register.writing("Attach a file") as session:
        if dice.random() < 0.5:
            documents.attach_photo(session, site, a_picture(brought, side=dice.choice((40, 200))))
        else:
            brought.write_bytes(b"%PDF-1.7\n" + dice.randbytes(dice.choice((_SHORTEST, _LONGEST))))
            paper = {"type": DocumentType.SURVEY_ACT, "no": "1", "issued_on": FIRST_DAY}
            documents.record_document(session, site, file=brought, **paper)


def nothing_is_lost(registers: list[Register], server: Path) -> int:
    """Every file that a record names lies whole somewhere, and what a laptop calls confirmed lies so on the server.

    Returns how many there are.
    """
    there = blobs.open_files(server)
    named: dict[str, int] = {}
    for register in registers:
        with register.glance() as look:
            for entity in ("document", "photo"):
                named |= dict(look.rows(f"SELECT sha256, size FROM {entity} WHERE sha256 IS NOT NULL"))
            for sha256, size in look.rows("SELECT sha256, size FROM file_transfer WHERE state = 'verified'"):
                hold(there.is_whole("blobs", sha256, size), "I14", f"{register.path.name} believes {sha256} to be confirmed")
    for sha256, size in named.items():
        is_here = any(files.is_whole(register.path, sha256) for register in registers)
        hold(is_here or there.is_whole("blobs", sha256, size), "I14", f"the original {sha256} is nowhere")
    return len(named)


def everything_has_come(registers: list[Register], server: Path) -> None:
    """In the end the server has every original, every laptop knows it, and every photo can be looked at everywhere."""
    there = blobs.open_files(server)
    for register in registers:
        with register.reading() as session:
            standing = files_standing(session)
        with register.glance() as look:
            photos = look.rows("SELECT DISTINCT sha256 FROM photo WHERE deleted = 0")
            sizes = dict(look.rows("SELECT sha256, size FROM file_transfer"))
        missing = [sha256 for sha256, size in sizes.items() if not there.is_whole("blobs", sha256, size)]
        hold(not missing, "I14", f"{len(missing)} originals of {register.path.name} are not on the server")
        hold(standing.confirmed == standing.total == len(sizes), "I14", f"{register.path.name} says {standing}")
        for (sha256,) in photos:
            seen = files.path_of(register.path, sha256).is_file() or files.thumbnail_path(register.path, sha256).is_file()
            hold(seen, "I14", f"{register.path.name} has nothing to show of the photo {sha256}")
