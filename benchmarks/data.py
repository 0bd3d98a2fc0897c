"""The registers that are measured: synthetic sites with everything that hangs on them, made once and kept in .run/bench."""

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy.schema import CreateIndex, CreateTable
from sqlcipher3 import dbapi2

from inspector_app.demo import synthetic
from inspector_app.models import derived
from inspector_app.models.base import Base
from inspector_app.models.register import Register

SEED = 2026
PASSPHRASE = "bench"  # noqa: S105 - opens a register that is made up


class Data:
    """Registers by number of sites, in one folder."""

    def __init__(self, folder: Path) -> None:
        """Keep them in `folder`; what an older version of the tables or of the generator made is not used."""
        self.folder = folder
        self._sort = _fingerprint()

    def register(self, sites: int, *, encrypted: bool = False) -> Path:
        """The register with so many synthetic sites; made first when it is not there (four minutes for 100,000)."""
        path = self.named(f"{sites}{'-encrypted' if encrypted else ''}")
        if path.is_file():
            return path
        self.folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        for leftover in self.folder.glob(part.name + "*"):
            leftover.unlink()
        register = Register.create(part, kind="demo", person="Bench", passphrase=PASSPHRASE if encrypted else None, draft=True)
        with register.writing("Write synthetic sites", bulk=True) as session:
            synthetic.add_sites(session, sites, seed=SEED)
        register.finish()
        part.replace(path)
        return path

    def named(self, name: str) -> Path:
        """Where a register is kept that this version of the tables and the generator makes."""
        return self.folder / f"{name}-{self._sort}.register"

    @contextlib.contextmanager
    def opened(self, sites: int, *, encrypted: bool = False) -> Iterator[Register]:
        """The same, open."""
        register = Register.open(self.register(sites, encrypted=encrypted), passphrase=PASSPHRASE if encrypted else None)
        try:
            yield register
        finally:
            register.close()

    def scratch(self, name: str) -> Path:
        """A name for a file of one run; what lies there is taken away, with everything that SQLite laid beside it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for leftover in self.folder.glob(f"scratch-{name}*"):
            if leftover.is_dir():
                shutil.rmtree(leftover)
            else:
                leftover.unlink()
        return self.folder / f"scratch-{name}"


@contextlib.contextmanager
def raw(path: Path) -> Iterator[Any]:
    """The same file without anything of ours: the driver's own connection, set as the register sets it, for floors."""
    connection = dbapi2.connect(str(path), isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "mmap_size = 0", "temp_store = MEMORY", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}")
    try:
        yield connection
    finally:
        connection.close()


def _fingerprint() -> str:
    """Changes with the tables, the triggers and the generator."""
    said = hashlib.sha256(Path(synthetic.__file__).read_bytes())
    for table in Base.metadata.sorted_tables:
        said.update(str(CreateTable(table)).encode())
        for statement in sorted(str(CreateIndex(each)) for each in table.indexes):
            said.update(statement.encode())
    for statement in derived.triggers().values():
        said.update(statement.encode())
    return said.hexdigest()[:8]
