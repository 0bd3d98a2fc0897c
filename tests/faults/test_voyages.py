"""Real servers and laptops through storms and kills: afterwards everything is everywhere, once."""

import json
import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.fleet import Voyage
from tests.postgres import Cluster, postgresql  # noqa: F401 - a fixture

VOYAGES = int(os.environ.get("INSPECTOR_VOYAGES", "1"))
SEED = int(os.environ.get("INSPECTOR_FAULT_SEED", "3"))
KILLS = int(os.environ.get("INSPECTOR_KILLS", "1"))
"""How much of it; the suite takes little, `make faults` as much as its COUNT says."""

CALLS = ("pwrite64", "fdatasync", "ftruncate", "unlink", "rename")
"""What a register does to its disk."""


def note(counts: Counter[str]) -> None:
    """Leave figures for the campaign, where it asks for them."""
    if path := os.environ.get("INSPECTOR_FAULT_FIGURES"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(counts) + "\n")


@pytest.mark.parametrize("seed", range(SEED, SEED + VOYAGES))
@pytest.mark.timeout(400)
def test_everything_is_everywhere_once_after_storms_and_kills(seed: int, tmp_path: Path) -> None:
    voyage = Voyage(tmp_path, seed)
    voyage.sail(legs=3 if VOYAGES > 1 else 1)
    note(voyage.counts + Counter({"voyages on SQLite": 1}))


@pytest.mark.parametrize("seed", range(SEED, SEED + VOYAGES))
@pytest.mark.timeout(400)
@pytest.mark.skipif(VOYAGES < 2, reason="the campaign alone")
def test_so_it_is_with_two_server_processes_on_postgresql(seed: int, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    cluster: Cluster = request.getfixturevalue("postgresql")
    voyage = Voyage(tmp_path, seed, url=cluster.new_database())
    voyage.sail(legs=3)
    note(voyage.counts + Counter({"voyages on PostgreSQL": 1}))


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
@pytest.mark.timeout(0)
def test_a_laptop_may_die_at_any_system_call_of_its_disk(tmp_path: Path) -> None:
    voyage = Voyage(tmp_path, SEED)
    with voyage.at_sea(people=2):
        for call in CALLS if KILLS > 1 else CALLS[:1]:
            for number in range(2, 2 + KILLS):
                if not voyage.kill_at(call, number * (1 if KILLS > 1 else 7)):
                    break
    note(voyage.counts)
    assert voyage.counts["killed at pwrite64"] > 0
