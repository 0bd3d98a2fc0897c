"""Registers of every earlier schema open with the newest program, and lose nothing."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, inspect, text
from sqlcipher3 import dbapi2

from inspector_app.domain.errors import CannotWrite
from inspector_app.models import derived, migrations
from inspector_app.models.register import APPLICATION_ID, SCHEMA, Register
from inspector_app.models.sites import Site


def an_older_register(path: Path, schema: int) -> Path:
    """A register as the program wrote it when `schema` was the newest, with one site in it."""
    engine = create_engine("sqlite://", creator=lambda: dbapi2.connect(str(path)), module=dbapi2)
    with engine.connect() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(migrations.__file__).parent))
        config.attributes["connection"] = connection
        command.upgrade(config, f"{schema:04}")
        derived.install(connection)
        run = connection.exec_driver_sql
        run("INSERT INTO fact VALUES ('kind', 'real'), ('register_id', 'r'), ('person', 'A'), ('role', 'INSPECTOR')")
        run("INSERT INTO site (id, code, region, lat, lon) VALUES ('s-1', 'OLD-1', '47', 43.65, 51.16)")
        run(
            "INSERT INTO operation (seq, op_id, txn_id, command, entity, row_id, kind, body, occurred_at, author, prev_hash, hash)"
            " VALUES (1, 's-1', 't', 'Register a site', 'site', 's-1', 'create', '{}', '2026-01-01T00:00:00.000Z', 'A', '0', '1')"
        )
        run(f"PRAGMA application_id = {APPLICATION_ID}")
        run(f"PRAGMA user_version = {schema}")
        connection.commit()
    engine.dispose()
    return path


def shape(register: Register) -> dict[str, object]:
    """Tables with columns, indexes, checks and keys, and the triggers, as the database itself tells them."""
    with register.reading() as session:
        look = inspect(session.connection())
        names = sorted(name for name in look.get_table_names() if not name.startswith(("search", "alembic")))
        strict = session.execute(
            text("SELECT name, strict, wr FROM pragma_table_list WHERE schema = 'main' AND name <> 'alembic_version'")
        ).all()
        made = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")).all()
        triggers = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        return {
            "columns": {name: sorted((c["name"], str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(name)) for name in names},
            "checks": {name: sorted(str((c["name"], c["sqltext"])) for c in look.get_check_constraints(name)) for name in names},
            "keys": {name: sorted(str((k["constrained_columns"], k["referred_table"])) for k in look.get_foreign_keys(name)) for name in names},
            "strict": sorted(map(tuple, strict)),
            "indexes": sorted(map(tuple, made)),
            "triggers": sorted(map(tuple, triggers)),
        }  # fmt: skip


@pytest.mark.parametrize("schema", range(1, SCHEMA))
def test_an_older_register_is_copied_upgraded_and_keeps_its_records_and_unsent_changes(tmp_path, schema):
    file = an_older_register(tmp_path / "old.register", schema)

    register = Register.open(file)

    with register.reading() as session:
        assert session.query(Site).one().code == "OLD-1"
        assert session.execute(text("SELECT state, count(*) FROM operation")).all() == [("pending", 1)]
        assert session.execute(text("PRAGMA user_version")).scalar_one() == SCHEMA
    register.close()
    kept = dbapi2.connect(str(tmp_path / f"old.register.before-{schema}-to-{SCHEMA}"))
    assert kept.execute("PRAGMA user_version").fetchone() == (schema,)
    assert kept.execute("SELECT code FROM site").fetchall() == [("OLD-1",)]
    kept.close()


@pytest.mark.parametrize("schema", range(1, SCHEMA))
def test_an_upgraded_register_has_the_shape_of_a_new_one(tmp_path, new_register, schema):
    upgraded = Register.open(an_older_register(tmp_path / "old.register", schema))
    assert shape(upgraded) == shape(new_register("new.register"))
    upgraded.close()


def test_a_failed_upgrade_leaves_the_register_as_it_was(tmp_path, monkeypatch):
    file = an_older_register(tmp_path / "old.register", 1)

    def fail(connection) -> None:
        connection.exec_driver_sql("DROP TABLE photo")
        raise RuntimeError("a defect in a migration")

    monkeypatch.setattr(migrations, "upgrade", fail)
    with pytest.raises(RuntimeError):
        Register.open(file)
    monkeypatch.undo()

    again = Register.open(file)
    with again.reading() as session:
        assert session.query(Site).one().code == "OLD-1"
    again.close()


def test_an_upgrade_that_cannot_keep_its_copy_does_not_begin(tmp_path):
    file = an_older_register(tmp_path / "old.register", 1)
    (tmp_path / f"old.register.before-1-to-{SCHEMA}").mkdir()  # where the copy should go stands something else

    with pytest.raises(CannotWrite):
        Register.open(file)

    untouched = dbapi2.connect(str(file))
    assert untouched.execute("PRAGMA user_version").fetchone() == (1,)
    untouched.close()
