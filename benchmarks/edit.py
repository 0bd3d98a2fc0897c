"""One edit saved: rules, row, operation, derived values, commit with synchronous=FULL, plain and encrypted."""

import itertools
import os
from collections.abc import Iterator

from sqlalchemy import select

from benchmarks.data import Data
from benchmarks.figures import Figure, ms, race
from inspector_app.actions.sites import change_site
from inspector_app.models.register import Register
from inspector_app.models.sites import Site

ENCRYPTED_SITES = 10_000
"""Encrypting a register of 100,000 takes longer than everything else here; the cost of an edit does not grow with it."""


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """A site is described anew, again and again; the floors are the disk's own and the driver's own commit."""
    for size in sizes:
        with data.opened(size) as register:
            yield _edits(data, register, "edit saved, plain", size, rounds * 5, at_most=3)
    size = min(ENCRYPTED_SITES, max(sizes))
    with data.opened(size, encrypted=True) as register:
        yield _edits(data, register, "edit saved, encrypted", size, rounds * 5, at_most=3)


def _edits(data: Data, register: Register, work: str, size: int, rounds: int, *, at_most: float) -> Figure:
    with register.reading() as session:
        ids = list(session.scalars(select(Site.id).order_by(Site.n).limit(200)))
    number = itertools.count()
    one = itertools.cycle(ids)

    def edit() -> None:
        with register.writing("Describe a site") as session:
            change_site(session, next(one), description=f"Seen again, visit {next(number)}")

    path = data.scratch("disk")
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    block = os.urandom(4096)
    place = itertools.count()

    def disk() -> None:
        os.pwrite(handle, block, next(place) % 256 * 4096)
        os.fdatasync(handle)

    for _ in range(256):
        disk()
    ours, floor = race(edit, disk, rounds=rounds, warm=5)
    os.close(handle)
    path.unlink()
    return Figure(
        work, ms(ours), "ms", size=size, floor=ms(floor), floor_name="4 KiB write, fdatasync", at_most=at_most, constant=True
    )
