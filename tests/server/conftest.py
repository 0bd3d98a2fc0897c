"""The server's database twice: an SQLite file, and a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector_app.server.store import Store
from tests.postgres import postgresql  # noqa: F401 - a fixture


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'server.db'}"
    return str(request.getfixturevalue("postgresql").new_database())


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A new server's database."""
    made = Store(store_url)
    made.create(demo=False)
    yield made
    made.close()
