"""A laptop as a process of its own: a person edits and syncs until the work is done, or until somebody kills it."""

import os
import sys
import time
import traceback
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from inspector_app.domain.errors import InspectorError
from inspector_app.models.register import Register
from inspector_app.sync import files as travelling
from inspector_app.sync import round as rounds
from tests.faults import cargo
from tests.simulation import edits, invariants

TIMEOUT_S = 2.0
_REST_S = 0.05
_FILES = 0.3
"""How many of the edits attach a file."""


@dataclass(frozen=True)
class Errand:
    """What a process is to do: so many turns of a few edits and a sync, with a clock that may be off."""

    register: Path
    diary: Path
    seed: int
    turns: int
    passphrase: str | None = None
    skew_days: int = 0
    files: bool = True


@dataclass(frozen=True)
class _Seen:
    """What I9 looks at."""

    name: str
    register: Register


def run(errand: Errand) -> None:
    """Do an errand; what was saved is in the diary before the next edit, what nobody foresaw is in it as a traceback."""
    os.environ["INSPECTOR_KEY_STORE"] = "file"
    dice, skew = Random(errand.seed), timedelta(days=errand.skew_days)
    with errand.diary.open("a", encoding="utf-8", buffering=1) as diary:
        try:
            register = Register.open(errand.register, passphrase=errand.passphrase, clock=lambda: datetime.now(UTC) + skew)
            with closing(register):
                for _turn in range(errand.turns):
                    for _edit in range(dice.choice((1, 1, 2, 3))):
                        for op_id in _edited(register, dice, files=errand.files):
                            diary.write(f"saved {op_id}\n")
                    invariants.own_edits_are_seen(_Seen(errand.register.name, register))
                    diary.write(f"sync {_synced(register)}\n")
                    invariants.own_edits_are_seen(_Seen(errand.register.name, register))
        except BaseException:
            diary.write(f"unforeseen {traceback.format_exc()!r}\n")
            raise


def _edited(register: Register, dice: Random, *, files: bool) -> list[str]:
    with register.glance() as look:
        before = look.value("SELECT MAX(seq) FROM operation") or 0
    try:
        if files and dice.random() < _FILES:
            cargo.loaded(register, dice)
        else:
            with register.writing("An edit") as session:
                edits.drawn(dice)(edits.Hand(session, dice))
    except InspectorError:
        return []
    with register.glance() as look:
        return [op_id for (op_id,) in look.rows("SELECT op_id FROM operation WHERE seq > ?", (before,))]


def _synced(register: Register) -> str:
    """What a sync came to: done, or the name of the sentence that a person would read."""
    try:
        with rounds.connect(register, timeout_s=TIMEOUT_S) as link:
            receipt = rounds.sync(register, link=link)
            travelling.travel(register, receipt, link, wait=lambda seconds: time.sleep(min(seconds, _REST_S)))
    except InspectorError as error:
        return error.code
    return "done"


if __name__ == "__main__":
    _file, _diary, _seed, _turns, _passphrase = sys.argv[1:]
    run(Errand(Path(_file), Path(_diary), int(_seed), int(_turns), _passphrase or None, files=False))
