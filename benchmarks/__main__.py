"""`python -m benchmarks [NAME ...]`: measure the named rows, or all, each in its own process; print and keep the figures."""

import argparse
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from benchmarks import figures, page_of_figures
from benchmarks.data import Data

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
ROWS = {
    "start": "Start to a usable window",
    "page": "First page after a filter or sort change, to pixels",
    "jump": "Jump anywhere in the table",
    "search": "Search as you type over everything",
    "tally": "Tally and overview",
    "edit": "One edit saved",
    "load": "Load of many sites, with operations",
    "map": "Map: first view, drag, zoom",
    "viewport": "What a viewport of the map shows",
    "inspection": "Inspection report as PDF",
    "ledger": "Ledger of 10,000 rows as PDF",
    "push": "Push to a server on loopback",
    "pull": "A new laptop takes the whole register",
}
"""Name of a row, which is its module, and what it measures."""

SIZES = (1_000, 10_000, 100_000)


def main() -> int:
    """Measure; the exit code is 1 when a row could not be measured."""
    asked = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    asked.add_argument("names", nargs="*", metavar="NAME", help=f"rows to measure: {', '.join(ROWS)}")
    asked.add_argument("--sites", type=int, nargs="+", default=list(SIZES), metavar="N", help="sizes of the registers")
    asked.add_argument("--folder", type=Path, default=HERE.parent / ".run" / "bench", help="where registers are kept")
    asked.add_argument("--rounds", type=int, default=9, help="how often each work is repeated")
    asked.add_argument("--out", type=Path, default=RESULTS, help="where the figures are kept")
    asked.add_argument("--one", choices=ROWS, help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        return _measure(given.one, given)
    if strange := set(given.names) - ROWS.keys():
        asked.error(f"no such row: {', '.join(sorted(strange))}")
    console = Console(width=None if sys.stdout.isatty() else 190)
    failed: list[str] = []
    for name in given.names or ROWS:
        when = figures.moment()
        told = _in_own_process(name, given)
        if told is None:
            failed.append(name)
            continue
        figures.print_table(f"{name}: {ROWS[name]}", told, console)
        for line in figures.growth(told):
            console.print(f"  {line}", highlight=False)
        rows = {name: {"title": ROWS[name], **when, "figures": [figures.as_json(each) for each in told]}}
        kept = figures.keep(given.out, {"machine": figures.machine(), "rows": rows})
        if given.out == RESULTS:
            page_of_figures.write(HERE.parent / "docs" / "performance.md", kept, list(ROWS))
    if failed:
        console.print(f"could not be measured: {', '.join(failed)}", style="red")
    return 1 if failed else 0


def _in_own_process(name: str, given: argparse.Namespace) -> list[figures.Figure] | None:
    """One row in a process of its own, so that memory, Qt and what was imported before spoil no figure."""
    command = [sys.executable, "-m", "benchmarks", "--one", name, "--folder", str(given.folder), "--rounds", str(given.rounds)]
    command += ["--sites", *map(str, given.sites)]
    config = given.folder / "settings.toml"
    environment = {
        "QT_QPA_PLATFORM": "offscreen",
        "QT_LOGGING_RULES": "*.debug=false;qt.qpa.*=false",
        **os.environ,
        "INSPECTOR_CONFIG": str(config),
    }
    config.unlink(missing_ok=True)
    answer = subprocess.run(command, cwd=HERE.parent, env=environment, stdout=subprocess.PIPE, text=True, check=False)
    if answer.returncode:
        return None
    return [figures.figure_of(each) for each in json.loads(answer.stdout.splitlines()[-1])]


def _measure(name: str, given: argparse.Namespace) -> int:
    module = importlib.import_module(f"benchmarks.{name}")
    told = list(module.measure(Data(given.folder), sizes=tuple(given.sites), rounds=given.rounds))
    sys.stdout.write(f"\n{json.dumps([figures.as_json(each) for each in told])}\n")
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
