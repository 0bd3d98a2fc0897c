"""One demo register for all tests of this room, and copies of it for those that change something."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inspector_app.demo.build import write_demo
from inspector_app.models import files
from inspector_app.models.register import Register


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.register"
    write_demo(path)
    return path


@pytest.fixture
def demo(demo_file: Path) -> Iterator[Register]:
    register = Register.open(demo_file)
    yield register
    register.close()


@pytest.fixture
def demo_copy(demo_file: Path, tmp_path: Path) -> Iterator[Register]:
    path = tmp_path / "copy.register"
    shutil.copy2(demo_file, path)
    shutil.copytree(files.folder(demo_file), files.folder(path))
    register = Register.open(path)
    yield register
    register.close()


@pytest.fixture
def dump() -> Callable[[Register], dict[str, list[tuple[object, ...]]]]:
    """Every table of a register as rows in a fixed order, the search index among them."""
    from sqlalchemy import text

    def rows(register: Register) -> dict[str, list[tuple[object, ...]]]:
        with register.reading() as session:
            names = session.scalars(
                text(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%' AND name NOT LIKE 'sqlite%'"
                )
            )
            found = {name: [tuple(row) for row in session.execute(text(f"SELECT * FROM {name}"))] for name in names.all()}
            found["search"] = [tuple(row) for row in session.execute(text("SELECT rowid, * FROM search ORDER BY rowid"))]
        return {name: sorted(rows, key=repr) for name, rows in found.items()}

    return rows
