"""Journeys look at the county, or write into a register of their own."""

from collections.abc import Iterator

import county
import pytest
from office import Office
from window import Watchdog

from inspector_app.models.register import Register
from inspector_app.ui.app import prepare_web_engine

prepare_web_engine()


@pytest.fixture
def office(register: Register) -> Office:
    return Office(register)


@pytest.fixture(scope="module")
def county_register(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """Fourteen sites in every state of their way; tests only look at it."""
    register = Register.create(tmp_path_factory.mktemp("county") / "county.register", person="A. Registrar")
    county.fill(Office(register))
    yield register
    register.close()


@pytest.fixture
def watchdog(qapp: object) -> Iterator[Watchdog]:
    """Fails the test in which the window's thread worked too long at a stretch."""
    dog = Watchdog()
    yield dog
    dog.check()
