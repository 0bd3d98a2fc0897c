"""The server's database twice: an SQLite file, and a real PostgreSQL; the routes on loopback, and a laptop that is known."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inspector_app.domain.people import Role
from inspector_app.server import access
from inspector_app.server.app import create
from inspector_app.server.store import Store
from tests.postgres import free_port, postgresql  # noqa: F401 - a fixture


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


@pytest.fixture
def app_store(tmp_path: Path) -> Iterator[Store]:
    """The database behind the routes."""
    made = Store(f"sqlite:///{tmp_path / 'server.db'}")
    made.create(demo=False)
    yield made
    made.close()


@pytest.fixture
def http(app_store: Store) -> Iterator[httpx.Client]:
    """Somebody who asks them."""
    with serving(app_store) as client:
        yield client


@contextmanager
def serving(store: Store) -> Iterator[httpx.Client]:
    """A client of the routes over a store, as one process serves them."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(create(store), port=port, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        until = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive()
            assert time.monotonic() < until
            thread.join(0.01)
        yield client
    server.should_exit = True
    thread.join()


@pytest.fixture
def device(app_store: Store, http: httpx.Client) -> tuple[str, Ed25519PrivateKey]:
    """An enrolled laptop and its key."""
    return enrolled(app_store, http, "ann", Role.INSPECTOR)


def enrolled(store: Store, http: httpx.Client, person: str, role: Role) -> tuple[str, Ed25519PrivateKey]:
    """A laptop of a person who is let in with it."""
    key = Ed25519PrivateKey.generate()
    with store.writing() as connection:
        if person not in {each.name for each in access.people(connection)}:
            access.add_person(connection, person, role=role, regions=(), password=None, now=store.now())
        code = access.make_code(connection, person, now=store.now())
    asked = {"code": code, "public_key": key.public_key().public_bytes_raw().hex(), "name": "laptop", "kind": "real"}
    return http.post("/v1/devices/enrol", json=asked).json()["device_id"], key
