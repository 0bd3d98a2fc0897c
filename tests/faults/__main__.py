"""`make faults COUNT=n`: n schedules, every planted defect, voyages of real processes, and the stateful model.

Prints how far it is, and at the end the figures, which it also writes as JSON and as the table of docs/reliability.md.
"""

import argparse
import json
import sys
from pathlib import Path

from tests.simulation import campaign


def say(line: str) -> None:
    """A line of progress, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """0 when nothing broke and every planted defect was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="schedules of the simulation; the other parts follow from it")
    parser.add_argument("--seed", type=int, help="the first seed; a random one without it")
    parser.add_argument("--mutants", type=int, default=200, help="schedules at most for each planted defect; 0 leaves them out")
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(".run/faults.json"))
    given = parser.parse_args()
    outcome = campaign.run(count=given.count, seed=given.seed, mutants=given.mutants, cores=given.cores, say=say)
    given.out.parent.mkdir(parents=True, exist_ok=True)
    given.out.write_text(json.dumps({"simulation": outcome.as_json()}, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 1 if outcome.broken or outcome.missed else 0


if __name__ == "__main__":
    sys.exit(main())
