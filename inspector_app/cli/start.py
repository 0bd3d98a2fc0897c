"""The entry point: the window at once when nothing else is asked for, and what becomes of an error."""

import os
import sys
from pathlib import Path

from inspector_app.domain.errors import InspectorError


def main() -> None:
    """What a person can understand becomes text, what nobody foresaw goes to the log file."""
    try:
        match sys.argv[1:]:
            case []:
                _window(os.environ.get("INSPECTOR_REGISTER"))
            case ["--register", file]:
                _window(file)
            case _:
                from inspector_app.cli.main import app

                app()
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
    from inspector_app.ui import app

    sys.exit(app.run(Path(file) if file else None))


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
