"""The server's database twice: an SQLite file, and a real PostgreSQL that the tests start for themselves."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from inspector_app.server.store import Store
from tests.sync.conftest import free_port


def _postgres() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def _as_ordinary_user(*words: str | Path) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return [str(each) for each in words]
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *[str(each) for each in words]]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """URL of a cluster of our own, gone at the end."""
    programs = _postgres()
    if programs is None:
        pytest.skip("PostgreSQL is not installed on this machine")
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "nobody", "nogroup")
    data, port = folder / "data", free_port()

    def run(*words: str | Path) -> None:
        subprocess.run(_as_ordinary_user(*words), check=True, stdout=subprocess.DEVNULL, cwd="/")

    run(programs / "initdb", "-D", data, "-U", "register", "--auth=trust", "--encoding=UTF8", "--no-sync")
    run(
        programs / "pg_ctl",
        "-D",
        data,
        "-w",
        "-l",
        folder / "log",
        "-o",
        f"-p {port} -k {folder} -c listen_addresses=127.0.0.1",
        "start",
    )
    try:
        yield f"postgresql://register@127.0.0.1:{port}/"
    finally:
        run(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


_count = iter(range(1_000_000))


def new_database(url: str) -> str:
    """An empty database in the cluster."""
    name = f"register{next(_count)}"
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:") + "postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url + name


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'server.db'}"
    return new_database(request.getfixturevalue("postgresql"))


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A new server's database."""
    made = Store(store_url)
    made.create(demo=False)
    yield made
    made.close()
