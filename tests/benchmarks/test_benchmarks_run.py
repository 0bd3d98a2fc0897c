"""Every figure can still be measured: a short run of the cheap rows on a tiny register. How fast it is, is asked elsewhere."""

import importlib
import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.data import Data
from benchmarks.figures import Figure, growth

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bench")


def test_the_command_measures_a_row_and_keeps_its_figures(folder: Path):
    out = folder / "results.json"
    command = [sys.executable, "-m", "benchmarks", "tally", "--sites", "60", "--rounds", "1", "--folder", folder, "--out", out]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=150)

    assert done.returncode == 0, done.stderr
    kept = json.loads(out.read_text("utf-8"))
    assert [each["work"] for each in kept["rows"]["tally"]["figures"]] == [
        "tally",
        "overview",
        "tally with every site (status --json)",
    ]
    assert "Tally and overview" in done.stdout


@pytest.mark.parametrize("name", ["viewport", "edit", "load", "page", "jump", "search", "inspection", "ledger", "push"])
def test_a_row_can_be_measured(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("INSPECTOR_KEY_STORE", "file")
    row = importlib.import_module(f"benchmarks.{name}")

    figures = list(row.measure(Data(folder), sizes=(60,), rounds=1))

    assert figures
    assert not any(math.isnan(each.ours) for each in figures)


def test_a_figure_meets_its_target_only_when_every_bound_holds():
    fast = Figure("edit", 2.0, "ms", floor=1.5, at_most=3, ratio_at_most=2)
    far_from_the_floor = Figure("edit", 2.0, "ms", floor=0.5, at_most=3, ratio_at_most=2)
    without_a_floor = Figure("edit", 2.0, "ms", ratio_at_most=2)

    assert [each.met for each in (fast, far_from_the_floor, without_a_floor)] == [True, False, False]


def test_a_rate_is_worse_when_it_is_lower():
    load = Figure("load", 20_000, "rows/s", floor=60_000, at_least=30_000)

    assert (load.ratio, load.met, load.target) == (3, False, ">= 30 000 rows/s")


def test_growth_names_what_grows_faster_than_the_rows():
    linear = [Figure("push", 1.0, "s", size=1000), Figure("push", 10.0, "s", size=10_000)]
    worse = [Figure("page", 1.0, "s", size=1000, constant=True), Figure("page", 10.0, "s", size=10_000, constant=True)]

    assert ["WORSE" in line for line in growth(linear + worse)] == [False, True]
