"""`python -m tests.simulation --count N`: N fresh schedules, then every mutant; figures for docs/reliability.md."""

import argparse
import random
import sys
import time

from tests.simulation.mutants import MUTANTS
from tests.simulation.run import many
from tests.simulation.world import Template


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """0 when nothing broke and every mutant was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="schedules of the program as it is")
    parser.add_argument("--seed", type=int, help="the first seed; a random one without it")
    parser.add_argument("--mutants", type=int, default=200, help="schedules at most per planted defect; 0 leaves them out")
    given = parser.parse_args()
    first = random.randrange(10**9) if given.seed is None else given.seed
    template, began, broken = Template(), time.monotonic(), 0
    try:
        for found in many(template, range(first, first + given.count)):
            if found is not None:
                broken += 1
                say(f"seed {found.seed}: {found.what}")
        seconds = time.monotonic() - began
        say(f"{given.count} schedules from seed {first} in {seconds:.0f} s: {broken} broken")
        missed = 0
        for name, mutant in MUTANTS.items() if given.mutants else ():
            for tried, found in enumerate(many(template, range(first, first + given.mutants), mutant), 1):
                if found is not None:
                    say(f"{name}: found by schedule {tried} (seed {found.seed}, {found.what[:80]})")
                    break
            else:
                missed += 1
                say(f"{name}: NOT FOUND in {given.mutants}")
    finally:
        template.close()
    return 1 if broken or missed else 0


if __name__ == "__main__":
    sys.exit(main())
