"""A server's database grows up: the revisions make the very tables of the program, and no other database is touched."""

from pathlib import Path

import alembic.command
import pytest
from sqlalchemy import Connection, text
from typer.testing import CliRunner, Result

from inspector_app.server import command, copies, inventory, migrations
from inspector_app.server.store import NoServer, OtherSchema, Store, init_data, metadata
from tests.server.test_journal import SITE, Device, create, page

_LATER = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "9999", {head!r}
def upgrade():
    op.create_table("later", sa.Column("name", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("name"))
    op.execute("{last}")
"""


def shape(connection: Connection) -> list[str]:
    """Every table, column, constraint and index, in the database's own words."""
    if connection.dialect.name == "sqlite":
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"
        asked = [
            f'SELECT t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk FROM ({tables}) t, pragma_table_info(t.name) c ORDER BY 1, 2',
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
        ]
    else:
        asked = [
            (
                "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns"
                " WHERE table_schema = 'public' AND table_name <> 'alembic_version' ORDER BY table_name, column_name"
            ),
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY indexname",
            (
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE"
                " connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version' ORDER BY conname"
            ),
        ]
    return [str(tuple(row)) for each in asked for row in connection.execute(text(each))]


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program that knows one revision more; the file may be written anew."""
    folder = tmp_path / "later"
    folder.mkdir()
    revision = folder / "v9999_later.py"
    revision.write_text(_LATER.format(head=migrations.newest(), last="INSERT INTO later VALUES ('upgraded')"))
    monkeypatch.setattr(migrations, "VERSIONS", [*migrations.VERSIONS, folder])
    return revision


def say(*words: object) -> Result:
    return CliRunner().invoke(command.app, [str(each) for each in words])


def test_the_revisions_make_the_very_tables_of_the_program(store: Store) -> None:
    with store.reading() as connection:
        made = shape(connection)
    with store.writing() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
        assert shape(connection) == made


def test_a_database_of_an_older_program_is_refused_in_a_sentence_and_upgraded_on_demand(
    store_url: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    data = tmp_path / "data"
    is_sqlite = store_url.startswith("sqlite:")
    store = init_data(data, url=None if is_sqlite else store_url, demo=False)
    Device(store).send(create("site", SITE))
    request.getfixturevalue("later")

    refused = say("serve", "--data", data)
    assert refused.exit_code == 1
    assert refused.stderr.strip().endswith("this program 9999: stop the server and say «inspector-server upgrade».")
    if not is_sqlite:
        assert say("upgrade", "--data", data).exit_code == 2
        assert store.schema() != "9999"
    done = say("upgrade", "--data", data, *([] if is_sqlite else ["--backed-up"]))
    assert done.exit_code == 0, done.stderr
    assert "The database has schema 9999." in done.stdout
    assert (data / "before-schema-9999.db").exists() is is_sqlite
    with store.reading() as connection:
        assert connection.execute(text("SELECT name FROM later")).scalar_one() == "upgraded"
    assert len(page(store)["rows"]) == 1
    assert inventory.problems(store) == []
    assert "already" in say("upgrade", "--data", data).stdout
    store.close()


def test_an_upgrade_that_fails_leaves_the_database_as_it_was(store: Store, later: Path, tmp_path: Path) -> None:
    before = store.schema()
    later.write_text(later.read_text().replace("upgraded", "upgraded'), ('upgraded"))
    with pytest.raises(Exception, match=r"UNIQUE|duplicate key"):
        copies.upgrade(store, tmp_path)
    assert store.schema() == before
    with store.reading() as connection:
        assert not any("later" in line for line in shape(connection))


def test_a_database_of_a_newer_program_is_refused_by_its_number(store: Store, tmp_path: Path) -> None:
    with store.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0815'"))
    for use in (store.facts, store.upgrade):
        with pytest.raises(OtherSchema, match="0815, which is newer than this program"):
            use()


def test_a_server_made_before_schemas_were_counted_has_the_first_and_comes_to_the_newest(store: Store) -> None:
    with store.reading() as connection:
        made = shape(connection)
    with store.writing() as connection:
        metadata.drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        config = migrations.config()
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, migrations.FIRST)
        connection.execute(text("DROP TABLE alembic_version"))
        for name in ("old", "older"):
            row = {"id": f"{name}-laptop", "at": f"2026-01-0{len(name)}"}
            connection.execute(text("INSERT INTO device VALUES (:id, 'ann', 'key', 'laptop', :at, NULL, NULL)"), row)
        connection.execute(text("INSERT INTO fact VALUES ('epoch', 'e'), ('demo', '0'), ('token_key', 'k')"))
    assert store.schema() == migrations.FIRST
    store.upgrade()
    assert store.schema() == migrations.newest()
    with store.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == migrations.newest()
        assert connection.execute(text("SELECT no FROM device ORDER BY enrolled_at")).scalars().all() == [1, 2]
        assert shape(connection) == made
    assert len(bytes.fromhex(store.facts()["sealing_key"])) == 32


def test_an_empty_database_is_no_server_and_a_server_is_made_once(store_url: str) -> None:
    store = Store(store_url)
    with pytest.raises(NoServer):
        store.facts()
    store.create(demo=False)
    with pytest.raises(NoServer, match="holds a server already"):
        store.create(demo=False)
    store.close()
