"""The door of the command line and its exit codes: 0 done, 1 a failure that the text explains, 2 wrong usage."""

import gc
import logging
import os
import sys
from pathlib import Path
from typing import Any

from inspector_app import settings
from inspector_app.cli import output
from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import words

_OPTIONS = {"--register", "--out", "--site", "--inspection", "--batch", "--year", "--language"}
"""What may be said of a paper; the grammar has the same."""


def main() -> None:
    """The entry point: what a person can understand becomes text, what nobody foresaw goes to the log file."""
    wanted = "--json" in sys.argv
    try:
        _run(sys.argv[1:])
    except InspectorError as error:
        output.explain(error, words(settings.load().language), json_wanted=wanted)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:
        noted = settings.log_folder() / "inspector.log"
        noted.parent.mkdir(parents=True, exist_ok=True)
        logging.basicConfig(filename=noted, format="%(asctime)s %(levelname)s %(name)s %(message)s")
        logging.getLogger(__name__).exception("a command ended in an error that nobody foresaw")
        output.warn(
            words(settings.load().language).say(
                "The program met an error that nobody foresaw. Saved data is safe. What happened is noted in {file}.",
                file=noted,
            )
        )
        sys.exit(1)


def _run(given: list[str]) -> None:
    """The two things that are asked for most start without typer, which takes longer to understand than they take to begin."""
    match given:
        case []:
            _window(os.environ.get("INSPECTOR_REGISTER"))
        case ["--register", file]:
            _window(file)
        case _:
            gc.set_threshold(100_000)  # what is imported stays; to look for garbage in it takes a tenth of a second
            if given[0] == "report" and (asked := _paper(given[1:])):
                from inspector_app.cli import commands

                commands.report(**asked)
                sys.exit(0)
            from inspector_app.cli import grammar

            grammar.app()


def _window(file: str | None) -> None:
    from inspector_app.ui import app as program

    sys.exit(program.run(Path(file) if file else None))


def _paper(given: list[str]) -> dict[str, Any] | None:
    """What `report` was asked for; nothing unless it is complete and plain, so that the grammar says what is wrong."""
    if not given or given[0].startswith("-") or len(given) % 2 == 0:
        return None
    kind, names, values = given[0], given[1::2], given[2::2]
    asked = dict(zip(names, values, strict=True))
    register = asked.get("--register") or os.environ.get("INSPECTOR_REGISTER") or settings.load().register
    year = asked.get("--year", "")
    plain = set(asked) <= _OPTIONS and len(asked) == len(names) and not any(each.startswith("-") for each in values)
    if not plain or not register or not asked.get("--out") or not (year == "" or (year.isascii() and year.isdigit())):
        return None
    return {
        "file": Path(register),
        "kind": kind,
        "out": Path(asked["--out"]),
        "site": asked.get("--site"),
        "inspection": asked.get("--inspection"),
        "batch": asked.get("--batch"),
        "year": int(year) if year else None,
        "language": asked.get("--language", "en"),
    }
