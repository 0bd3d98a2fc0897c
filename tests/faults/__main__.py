"""`make faults COUNT=n`: n schedules, every planted defect, and in their measure voyages, kills, cuts and stories.

Prints how far it is and at the end the figures, which it also writes as JSON and as tables for docs/reliability.md. A
campaign says its first seed; `--seed` plays it again.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.faults.figures import as_text
from tests.simulation import campaign

ROOT = Path(__file__).parents[2]


def say(line: str) -> None:
    """A line of progress, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def part(name: str, *words: str, **given: object) -> dict[str, Any]:
    """Tests with other measures than those of the suite; how long they took, what they counted, and what failed."""
    began = time.monotonic()
    with tempfile.NamedTemporaryFile("r", suffix=".json", encoding="utf-8") as figures:
        settings = {f"INSPECTOR_{key.upper()}": str(value) for key, value in given.items()}
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words],
            check=False,
            cwd=ROOT,
            env=os.environ | settings | {"INSPECTOR_FAULT_FIGURES": figures.name},
        )
        counts = sum((Counter(json.loads(line)) for line in figures), Counter[str]())
    seconds = round(time.monotonic() - began)
    say(f"{name}: {'good' if ended.returncode == 0 else 'BROKEN'}, {seconds} s, {dict(counts)}")
    return {"name": name, "good": ended.returncode == 0, "seconds": seconds, "counts": dict(counts.most_common())}


def main() -> int:
    """0 when nothing broke and every planted defect was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="schedules of the simulation; the other parts follow from it")
    parser.add_argument("--seed", type=int, help="the first seed; a random one without it")
    parser.add_argument("--mutants", type=int, default=200, help="schedules at most for each planted defect; 0 leaves them out")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--only", choices=("simulation", "processes", "stories"), help="one part alone")
    parser.add_argument("--out", type=Path, default=Path(".run/faults.json"))
    given = parser.parse_args()
    seed = random.randrange(10**6) if given.seed is None else given.seed
    say(f"seed {seed}; again with: python -m tests.faults --count {given.count} --seed {seed}")
    figures: dict[str, Any] = {"seed": seed, "parts": []}
    good = True
    if given.only in {None, "simulation"}:
        outcome = campaign.run(count=given.count, seed=seed, mutants=given.mutants, cores=given.cores, say=say)
        figures["simulation"] = outcome.as_json()
        good = not outcome.broken and not outcome.missed
    if given.only in {None, "processes"}:
        figures["parts"] += [
            part(
                "voyages of real processes",
                "tests/faults/test_voyages.py",
                voyages=max(2, given.count // 250),
                kills=max(2, given.count // 100),
                fault_seed=seed,
            ),
            part("faults at every byte", "tests/faults/test_every_byte.py", fault_every=max(1, 10_000 // max(1, given.count))),
        ]
    if given.only in {None, "stories"}:
        examples = max(10, given.count // 10)
        figures["parts"].append(
            part("stories of hypothesis", "tests/simulation/test_machine.py", "--timeout=0", stories=examples, fault_seed=seed)
        )
    good = good and all(each["good"] for each in figures["parts"])
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps(figures, indent=2, ensure_ascii=False) + "\n", "utf-8")
    given.out.with_suffix(".md").write_text(as_text(figures), "utf-8")
    say(as_text(figures))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
