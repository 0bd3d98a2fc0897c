"""Each big library and each dangerous word has a home; a line of code knows its room."""

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "inspector_app"

LIBRARIES = {
    "PySide6": {"ui"},
    "qtawesome": {"ui"},
    "sqlalchemy": {"models", "actions", "server"},
    "sqlite3": set(),
    "sqlcipher3": {"models", "server", "maps"},
    "alembic": {"models", "server"},
    "httpx": {"sync"},
    "fastapi": {"server"},
    "uvicorn": {"server"},
    "psycopg": {"server"},
    "boto3": {"server"},
    "reportlab": {"reports"},
    "folium": {"maps"},
    "pyproj": {"domain"},
    "openpyxl": {"exchange"},
    "typer": {"cli", "server"},
}
CALLS = {
    "commit": {"models/transactions.py", "models/backup.py", "server/store.py", "maps/tiles.py"},
    "print": {"cli/output.py", "server/command.py"},
}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time")}
"""Calls that ask the machine for the time; everywhere else the instant is handed in."""
CLOCK_HOMES = {"models/register.py", "server/store.py"}


@cache
def trees() -> list[tuple[str, ast.AST]]:
    paths = sorted(PACKAGE.rglob("*.py"))
    return [(path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8"))) for path in paths]


@cache
def importers() -> dict[str, set[str]]:
    """The files that import a library, by its name."""
    found: dict[str, set[str]] = {}
    for file, tree in trees():
        for name in imported(tree):
            found.setdefault(name, set()).add(file)
    return found


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_library_is_imported_only_in_its_room(library: str) -> None:
    rooms = {file.split("/")[0] for file in importers().get(library, ())}
    assert rooms <= LIBRARIES[library]


@pytest.mark.parametrize("word", CALLS)
def test_a_dangerous_word_is_called_only_at_home(word: str) -> None:
    files = {
        file
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and word == (getattr(node.func, "attr", None) or getattr(node.func, "id", None))
    }
    assert files <= CALLS[word]


def test_the_time_is_asked_for_at_home_and_handed_in_everywhere_else() -> None:
    files = {
        file
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and (node.func.value.id, node.func.attr) in CLOCKS
    }
    assert files <= CLOCK_HOMES


def test_bulk_statements_that_pass_the_log_by_stay_in_the_rooms_that_keep_tables() -> None:
    files = {
        file
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "sqlalchemy"
        and {alias.name for alias in node.names} & {"insert", "update", "delete"}
    }
    assert {file for file in files if not file.startswith(("models/", "server/"))} == set()


def test_every_module_says_what_it_keeps() -> None:
    silent = [file for file, tree in trees() if not ast.get_docstring(tree)]
    assert [file for file in silent if "/versions/" not in file] == []


def test_no_file_outgrows_its_room() -> None:
    long = {file: len((PACKAGE / file).read_text("utf-8").splitlines()) for file, _tree in trees()}
    assert {file: lines for file, lines in long.items() if lines > 600 and "/versions/" not in file} == {}


def test_every_error_a_person_meets_is_in_the_tree_of_errors() -> None:
    errors = ast.parse((PACKAGE / "domain/errors.py").read_text("utf-8"))
    for node in ast.walk(errors):
        if isinstance(node, ast.ClassDef):
            assert ast.get_docstring(node), node.name


def test_the_page_of_rooms_names_every_module() -> None:
    spec = importlib.util.spec_from_file_location("rooms", PACKAGE.parent / "scripts" / "rooms.py")
    rooms = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(rooms)
    assert rooms.PAGE.read_text("utf-8") == rooms.page(), "run scripts/rooms.py"


def test_the_first_pages_are_painted_without_sqlalchemy() -> None:
    first = "inspector_app.cli.start, inspector_app.ui.app, inspector_app.ui.pages.overview, inspector_app.ui.pages.sites"
    asked = f"import sys, {first}; print(sorted({{'sqlalchemy', 'numpy', 'typer', 'reportlab'}} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
