"""Write the demo register: the same one for a seed, whole or not at all."""

import errno
import glob
import heapq
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from inspector_app.demo import budgets, lives, synthetic
from inspector_app.demo.facts import AZPM, KOSHKAR_ATA, PLACES
from inspector_app.demo.story import Teller
from inspector_app.domain.errors import AlreadyThere, CannotWrite, DiskFull, NoFolder, ReadOnlyRegister
from inspector_app.domain.people import Role
from inspector_app.i18n import N_
from inspector_app.models import files
from inspector_app.models.register import Register

PERSON = "Демо Регистратор"
STATE_OWNED_SITES = 17
"""What the demo holds at least; more sites than these are synthetic."""

_BEGIN = datetime(2018, 5, 1, 4, tzinfo=UTC)
_END = datetime(2026, 11, 20, 7, tzinfo=UTC)

_LEFT_AFTER_S = 600

Progress = Callable[[float, str], object]


class _Clock:
    """The time of the story, set before every act."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class _Ids:
    """UUIDv7 of the story's time and a seeded source, so that the same seed gives the same register."""

    def __init__(self, seed: int, clock: _Clock) -> None:
        self._random, self._clock = Random(f"ids {seed}"), clock  # noqa: S311 - ids of made-up data
        self._last = 0

    def __call__(self) -> str:
        """The next id, always greater than the one before."""
        milliseconds = int(self._clock.at.timestamp() * 1000)
        self._last = max(milliseconds << 12, self._last + 1)
        head = f"{self._last:015x}"
        tail = f"{self._random.getrandbits(62) | 1 << 63:016x}"
        return f"{head[:8]}-{head[8:12]}-7{head[12:]}-{tail[:4]}-{tail[4:]}"


def write_demo(path: Path, *, sites: int = STATE_OWNED_SITES, seed: int = 2026, progress: Progress | None = None) -> None:
    """Write a demo register to `path`, with its photos beside it.

    It holds the 17 sites of the state and some on their way to court; `sites` beyond 17 adds as many synthetic ones.
    `progress` hears a share between 0 and 1 and a sentence; whatever it raises stops the work. Raises AlreadyThere,
    NoFolder, ReadOnlyRegister, DiskFull or CannotWrite, and then leaves nothing behind.
    """
    if path.exists():
        raise AlreadyThere(file=path)
    if not path.parent.is_dir():
        raise NoFolder(folder=path.parent)
    if not os.access(path.parent, os.W_OK):
        raise ReadOnlyRegister(file=path)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}-", dir=path.parent) as folder:
            _sweep(path, now_s=Path(folder).stat().st_mtime)
            made = Path(folder) / path.name
            _build(made, Path(folder), sites=sites, seed=seed, progress=progress)
            _move(made, path)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DiskFull(file=path) from error
        raise CannotWrite(file=path, detail=error.strerror) from error


def _sweep(path: Path, *, now_s: float) -> None:
    """Take away what a writer of the same file left half made when it was killed; a living one writes all the time.

    `now_s` is the time of the disk, seconds since the epoch.
    """
    for left in path.parent.glob(f".{glob.escape(path.name)}-*/"):
        written = max((each.stat().st_mtime for each in (left, *left.iterdir())), default=0.0)
        if now_s - written > _LEFT_AFTER_S:
            shutil.rmtree(left, ignore_errors=True)


def _build(made: Path, folder: Path, *, sites: int, seed: int, progress: Progress | None) -> None:
    clock = _Clock(_BEGIN)
    ids = _Ids(seed, clock)
    register = Register.create(made, kind="demo", person=PERSON, role=Role.REGISTRAR, clock=clock, new_id=ids, draft=True)
    synthetic_sites = max(0, sites - STATE_OWNED_SITES)
    share = 0.1 if synthetic_sites else 1.0
    try:
        _tell(register, clock, folder, seed=seed, progress=lambda done, what: progress and progress(done * share, what))
        if synthetic_sites:
            clock.at = _END
            with register.writing(N_("Write synthetic sites"), bulk=True) as session:
                synthetic.add_sites(
                    session,
                    synthetic_sites,
                    seed=seed,
                    progress=lambda done, what: progress and progress(share + done * (1 - share), what),
                )
        register.finish()
    finally:
        register.close()


def _tell(register: Register, clock: _Clock, pictures: Path, *, seed: int, progress: Progress) -> None:
    """Do every act of every site in the order of time, each in its own transaction."""
    known = budgets.Programmes()
    tellers = {place: Teller(place, Random(f"{seed} {place.code}"), pictures) for place in PLACES}  # noqa: S311 - made-up data
    purse, own_purse = (Teller(place, Random(seed), pictures) for place in (AZPM, KOSHKAR_ATA))  # noqa: S311 - made-up data
    stories = (
        budgets.programmes(purse, known),
        budgets.own_budget(own_purse, lambda: tellers[KOSHKAR_ATA].site_id),
        *(lives.life(teller, known) for teller in tellers.values()),
    )
    span = (_END - _BEGIN).total_seconds()
    for act in heapq.merge(*stories, key=lambda act: act.at):
        clock.at = act.at
        with register.writing(act.command) as session:
            act.do(session)
        progress(min(1.0, (act.at - _BEGIN).total_seconds() / span), N_("Writing the demonstration register"))


def _move(made: Path, path: Path) -> None:
    """Put the photos into place, then the register; a register that is there has all that belongs to it."""
    source, target = files.folder(made), files.folder(path)
    for file in sorted(each for each in source.rglob("*") if each.is_file()):
        there = target / file.relative_to(source)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(file, there)
    made.replace(path)
