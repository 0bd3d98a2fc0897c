"""The entry point: the window at once when nothing else is asked for, a paper almost so, and what becomes of an error."""

import gc
import os
import sys
from pathlib import Path
from typing import Any

from inspector_app.domain.errors import InspectorError

_OPTIONS = {"--register", "--out", "--site", "--inspection", "--batch", "--year", "--language"}
"""What may be said of a paper; the grammar has the same."""


def main() -> None:
    """What a person can understand becomes text, what nobody foresaw goes to the log file."""
    try:
        match sys.argv[1:]:
            case []:
                _window(os.environ.get("INSPECTOR_REGISTER"))
            case ["--register", file]:
                _window(file)
            case _:
                _command()
    except InspectorError as error:
        from inspector_app import settings
        from inspector_app.cli import output
        from inspector_app.i18n import words

        output.explain(error, words(settings.load().language), json_wanted="--json" in sys.argv)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last one to catch it
        _note(error)
        sys.exit(1)


def _window(file: str | None) -> None:
    """Open the window at once: typer and its helpers take longer to understand so little than all of Qt takes to come."""
    gc.disable()  # from here on garbage is the window's to collect (ui/garbage.py)
    from inspector_app.ui import app

    sys.exit(app.run(Path(file) if file else None))


def _command() -> None:
    """What was asked for; typer takes longer to understand a plain wish for a paper than the paper takes."""
    gc.set_threshold(100_000)  # what is imported stays; to look for garbage in it takes a tenth of a second
    try:
        if sys.argv[1] == "report" and (asked := _paper(sys.argv[2:])):
            from inspector_app.cli import commands

            commands.report(**asked)
            sys.exit(0)
        from inspector_app.cli.main import app

        app()
    finally:
        gc.freeze()  # nor is it looked through once more when the process ends


def _paper(given: list[str]) -> dict[str, Any] | None:
    """What `report` was asked for; nothing unless it is complete and plain, so that the grammar says what is wrong."""
    from inspector_app import settings
    from inspector_app.domain.texts import EARLIEST, LATEST
    from inspector_app.i18n import LANGUAGES
    from inspector_app.reports.kinds import KINDS

    if not given or given[0].startswith("-") or len(given) % 2 == 0:
        return None
    kind, names, values = given[0], given[1::2], given[2::2]
    asked = dict(zip(names, values, strict=True))
    register = asked.get("--register") or os.environ.get("INSPECTOR_REGISTER") or settings.load().register
    year = asked.get("--year", "")
    plain = set(asked) <= _OPTIONS and len(asked) == len(names) and not any(each.startswith("-") for each in values)
    plain = plain and kind in KINDS
    # whatever the grammar would refuse is left to it
    plain = plain and asked.get("--language", "en") in LANGUAGES
    plain = plain and (year == "" or (year.isascii() and year.isdigit() and EARLIEST.year <= int(year) <= LATEST.year))
    if not plain or not register or not asked.get("--out"):
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


def _note(error: Exception) -> None:
    """Keep the traceback, and say where."""
    import logging

    from inspector_app import settings
    from inspector_app.cli import output
    from inspector_app.i18n import words

    noted = settings.log_folder() / "inspector.log"
    noted.parent.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=noted, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger(__name__).error("a command ended in an error that nobody foresaw", exc_info=error)
    output.warn(
        words(settings.load().language).say(
            "The program met an error that nobody foresaw. Saved data is safe. What happened is noted in {file}.",
            file=noted,
        )
    )
