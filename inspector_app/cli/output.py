"""Text for people, JSON for programs; the only place of the command line that prints."""

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import Words


def line(text: str = "") -> None:
    """One line for a person."""
    print(text)  # noqa: T201 - the home of print


def as_json(value: Any) -> None:
    """One JSON document for a program."""
    print(json.dumps(value, ensure_ascii=False, indent=2, default=str))  # noqa: T201


def table(rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()) -> None:
    """Columns of text, two blanks apart; the columns named in `right` stand at the right."""
    lines = [tuple(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for row in lines:
        cells = (
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        line("  ".join(cells).rstrip())


def explain(error: InspectorError, words: Words, *, json_wanted: bool) -> None:
    """What happened, what was kept, what to do; on standard error, or as JSON where a program reads."""
    facts = words.told(error.facts)
    sentences = [words.say(each, **facts) for each in (error.happened, error.kept, error.advice)]
    if json_wanted:
        as_json({"error": error.code, "happened": sentences[0], "kept": sentences[1], "advice": sentences[2]})
    else:
        print("\n".join(each for each in sentences if each), file=sys.stderr)  # noqa: T201


def warn(text: str) -> None:
    """One line on standard error."""
    print(text, file=sys.stderr)  # noqa: T201
