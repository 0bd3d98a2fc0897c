"""Real parts for every test: a register on disk, a clock that stands still, ids that count."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from inspector_app.models.register import Register

NOW = datetime(2026, 5, 2, 8, 11, 9, 120_000, UTC)
"""The instant at which every test register lives."""


@pytest.fixture(autouse=True)
def _own_preferences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INSPECTOR_CONFIG", str(tmp_path / "settings.toml"))


@pytest.fixture
def new_register(tmp_path: Path) -> Iterator[Callable[..., Register]]:
    """Make registers that are closed at the end of the test."""
    made: list[Register] = []

    def make(name: str = "test.register", **given: object) -> Register:
        given.setdefault("clock", lambda: NOW)
        register = Register.create(tmp_path / name, **given)
        made.append(register)
        return register

    yield make
    for register in made:
        register.close()


@pytest.fixture
def register(new_register: Callable[..., Register]) -> Register:
    """An empty register of a registrar."""
    return new_register(person="A. Registrar")


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo register, written once; tests that change something copy it."""
    from inspector_app.demo.build import write_demo

    path = tmp_path_factory.mktemp("demo") / "demo.register"
    write_demo(path)
    return path
