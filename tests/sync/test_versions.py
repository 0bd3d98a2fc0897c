"""Laptops and servers of different versions: whoever is older hands in and receives, and nothing is lost or refused for it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlcipher3 import dbapi2

from inspector_app.domain.codes import Unknown
from inspector_app.domain.errors import NewerValue, OtherVersion, UpgradeRequired
from inspector_app.domain.pcb import ConcentrationClass, EquipmentCondition, EquipmentType, OperationalStatus
from inspector_app.models import changes
from inspector_app.models.checks import check
from inspector_app.models.queries import history
from inspector_app.models.register import Register
from inspector_app.models.waste import PcbItem
from inspector_app.server import inventory
from inspector_app.sync import compare, visit, wire
from inspector_app.sync import round as rounds
from tests.sync.conftest import CentralServer
from tests.sync.later import RUSTED
from tests.sync.registers import a_site, edit, value

LATER = (sys.executable, "-m", "tests.sync.later")


@dataclass
class LaterLaptop:
    """A register that is in the hands of a later version of the program, one process at a time."""

    file: Path
    steps: int = 1

    def do(self, deed: str, row_id: str, words: str = "") -> str:
        return self._run("do", self.file, deed, row_id, words)

    def sync(self) -> str:
        return self._run("inspector", "sync", "--register", self.file)

    def ask(self, sql: str, *given: Any) -> list[tuple[Any, ...]]:
        with closing(dbapi2.connect(str(self.file))) as connection:
            return list(connection.execute(sql, given))

    def states(self) -> list[str]:
        """What became of everything that was done here, in its order."""
        return [state for (state,) in self.ask("SELECT state FROM operation WHERE seq IS NOT NULL ORDER BY seq")]

    def _run(self, *words: object) -> str:
        done = subprocess.run([*LATER, str(self.steps), *map(str, words)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def update(server: CentralServer) -> Callable[[int], None]:
    """Put a later version of the program in the server's place, over the same data."""

    def put(steps: int = 1) -> None:
        server.stop()
        server.program = (*LATER, str(steps), "server")
        server.start()

    return put


@pytest.fixture
def later(laptop: Callable[..., Register]) -> Iterator[Callable[..., LaterLaptop]]:
    """Laptops that were updated before the server was."""

    def make(person: str, steps: int = 1) -> LaterLaptop:
        register = laptop(person)
        rounds.sync(register)
        register.close()
        return LaterLaptop(register.path, steps)

    return make


def a_transformer(register: Register, site_id: str) -> str:
    with register.writing("Add PCB equipment") as session:
        return changes.add(
            session,
            PcbItem,
            site_id=site_id,
            label="T-1",
            equipment=EquipmentType.TRANSFORMER,
            concentration=ConcentrationClass.UNKNOWN,
            operation=OperationalStatus.OUT_OF_SERVICE,
            condition=EquipmentCondition.INTACT,
        ).id


def problems(server: CentralServer) -> list[str]:
    with server.opened() as store:
        return inventory.problems(store)


# -- a newer laptop, an older server ----------------------------------------------------------------------------------------


def test_what_an_older_server_does_not_know_waits_there_and_nothing_behind_it_does(laptop, later, server, update):
    ann = laptop("ann")
    site = a_site(ann)
    rounds.sync(ann)
    ben = later("ben")

    ben.do("nickname", site, "Smoky")
    ben.do("rename", site, "New works")
    visit_of_guard = ben.do("guard", site, "B. Guard")
    said = ben.sync()

    assert "2 changes wait until the central server is updated" in said
    assert ben.states() == ["held", "acked", "held"]
    rounds.sync(ann)
    assert value(ann, site, "name_en") == "New works"
    assert problems(server) == []

    update()
    ben.sync()

    assert ben.states() == ["acked", "acked", "acked"]
    assert ben.ask("SELECT nickname, name_en FROM site WHERE id = ?", site) == [("Smoky", "New works")]
    cleo = later("cleo")
    cleo.do("open", "")
    assert cleo.ask("SELECT nickname FROM site WHERE id = ?", site) == [("Smoky",)]
    assert cleo.ask("SELECT id, guard FROM guard_visit") == [(visit_of_guard, "B. Guard")]


def test_what_waits_says_why_wherever_it_is_asked_about(laptop, later, server):
    ann = laptop("ann")
    site = a_site(ann)
    rounds.sync(ann)
    ben = later("ben")

    ben.do("nickname", site, "Smoky")
    ben.sync()

    ((result,),) = ben.ask("SELECT result FROM operation WHERE state = 'held'")
    assert json.loads(result) == {"reason": "WordsWait", "facts": {"entity": "site", "field": "nickname"}}


def test_an_edit_that_saw_what_waits_waits_with_it_instead_of_becoming_a_conflict(laptop, later, update):
    ann = laptop("ann")
    site = a_site(ann)
    rounds.sync(ann)
    ben = later("ben")

    ben.do("nickname-and-rename", site, "First")
    ben.do("rename", site, "Second")
    ben.sync()
    assert ben.states() == ["held", "held"]
    assert ben.ask("SELECT name_en, nickname FROM site WHERE id = ?", site) == [("Second", "First")]

    update()
    ben.sync()

    assert ben.states() == ["acked", "acked"]
    assert ben.ask("SELECT COUNT(*) FROM conflict") == [(0,)]
    rounds.sync(ann)
    assert value(ann, site, "name_en") == "Second"


def test_a_step_of_ownership_is_not_refused_for_want_of_what_waits_on_its_site(laptop, later, update):
    ann = laptop("ann")
    site = a_site(ann)
    rounds.sync(ann)
    ben = later("ben")

    ben.do("guard", site, "B. Guard")
    ben.do("step", site, "OWNER_SEARCH")
    ben.sync()
    assert set(ben.states()) == {"held"}

    update()
    ben.sync()

    assert set(ben.states()) == {"acked"}
    rounds.sync(ann)
    assert value(ann, site, "status") == "OWNER_SEARCH"


# -- an older laptop, a newer server ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("steps", [1, 2])
def test_an_older_laptop_hands_in_and_receives(laptop, update, steps):
    ann, ben = laptop("ann"), laptop("ben")
    update(steps)

    site = a_site(ann)
    visit.visit(ann)
    edit(ann, site, name_en="Later")
    visit.visit(ann)
    visit.visit(ben)

    assert value(ben, site, "name_en") == "Later"
    with ann.reading() as session:
        assert history.refused(session) == []


def test_a_laptop_three_versions_behind_hands_in_everything_and_is_told_to_update(laptop, update, later):
    ann, ben = laptop("ann"), laptop("ben")
    site = a_site(ben)
    rounds.sync(ben)
    update(3)
    own = a_site(ann, code="A-2")

    visited = visit.visit(ann)

    assert visited.alarm is not None
    assert visited.alarm.code == "OnlyHandedIn"
    assert visited.receipt.sent == visited.receipt.accepted == 4
    assert visited.receipt.received == 0
    with ann.reading() as session:
        assert session.execute(text("SELECT COUNT(*) FROM operation WHERE state <> 'acked'")).scalar_one() == 0
        assert session.execute(text("SELECT COUNT(*) FROM site WHERE id = :id"), {"id": site}).scalar_one() == 0
    ann.close()
    updated = LaterLaptop(ann.path, 3)
    updated.do("open", "")
    updated.sync()
    assert sorted(updated.ask("SELECT id FROM site")) == sorted([(site,), (own,)])


def test_a_laptop_four_versions_behind_is_told_to_update_and_keeps_everything(laptop, update):
    ann = laptop("ann")
    update(4)
    a_site(ann)

    with pytest.raises(UpgradeRequired):
        visit.visit(ann)

    with ann.reading() as session:
        assert session.execute(text("SELECT COUNT(*) FROM operation WHERE state = 'pending'")).scalar_one() == 4


def test_an_older_laptop_never_erases_what_it_does_not_know(laptop, later, update):
    ann = laptop("ann")
    site = a_site(ann)
    rounds.sync(ann)
    update()
    ben = later("ben")
    ben.do("nickname", site, "Smoky")
    ben.do("guard", site, "B. Guard")
    ben.sync()

    rounds.sync(ann)
    edit(ann, site, name_en="By the old program")
    rounds.sync(ann)
    ben.sync()

    assert ben.ask("SELECT nickname, name_en FROM site WHERE id = ?", site) == [("Smoky", "By the old program")]
    with ann.reading() as session:
        assert {each.rule for each in check(session)} <= {"INV-02"}  # the waste of `a_site` has no hazard


def test_what_an_older_laptop_kept_unread_is_there_as_soon_as_it_is_updated(laptop, later, update, server):
    ann = laptop("ann")
    site = a_site(ann)
    rounds.sync(ann)
    update()
    ben = later("ben")
    ben.do("nickname", site, "Smoky")
    seen = ben.do("guard", site, "B. Guard")
    ben.sync()
    rounds.sync(ann)
    ann.close()
    server.stop()

    updated = LaterLaptop(ann.path)
    updated.do("open", "")

    assert updated.ask("SELECT nickname, under_guard, extra FROM site") == [("Smoky", 0, "{}")]
    assert updated.ask("SELECT id, guard FROM guard_visit") == [(seen, "B. Guard")]
    assert updated.ask("SELECT COUNT(*) FROM newer_row") == [(0,)]
    server.start()
    assert "compared" not in updated.sync()
    assert updated.ask("SELECT json_extract(value, '$.mended') FROM fact WHERE name = 'compared'") in ([], [(0,)])


def test_a_word_of_a_newer_program_is_shown_as_it_is_and_not_changed(laptop, later, update):
    ann = laptop("ann")
    site = a_site(ann)
    item = a_transformer(ann, site)
    rounds.sync(ann)
    update()
    ben = later("ben")
    ben.do("rust", item)
    ben.sync()

    rounds.sync(ann)

    with ann.reading() as session:
        condition = session.get(PcbItem, item).condition
        assert (condition, type(condition), condition.label) == (RUSTED, Unknown, RUSTED)
        assert {each.rule for each in check(session)} <= {"INV-02"}  # the waste of `a_site` has no hazard
    with pytest.raises(NewerValue), ann.writing("Change PCB equipment") as session:
        session.get(PcbItem, item).condition = EquipmentCondition.LEAKING
    with ann.writing("Change PCB equipment") as session:
        session.get(PcbItem, item).maker = "Uralelektro"
    rounds.sync(ann)
    ben.sync()
    assert ben.ask("SELECT condition, maker FROM pcb_item WHERE id = ?", item) == [(RUSTED, "Uralelektro")]


def test_records_of_two_versions_are_not_compared(laptop, update):
    ann = laptop("ann")
    a_site(ann)
    update()

    assert visit.visit(ann).comparison is None
    with pytest.raises(OtherVersion):
        compare.compare(ann)


# -- the wire ---------------------------------------------------------------------------------------------------------------


def test_hello_and_welcome_pass_over_what_a_later_version_adds():
    hello = {
        "protocol": 3, "oldest": 1, "schema": 9, "app": "9", "kind": "real", "client_time": "2030-01-01T00:00:00Z",
        "stream_id": "0" * 8 + "-0000-0000-0000-" + "0" * 12, "mood": "good",
    }  # fmt: skip

    assert wire.request(wire.Hello, json.dumps(hello)).protocol == 3
