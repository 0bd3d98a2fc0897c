"""Several server processes beside each other on one PostgreSQL keep one order, whatever is killed."""

from pathlib import Path

from sqlalchemy import text

from inspector_app.server.store import Store
from tests.postgres import Cluster, running
from tests.server.race import race


def test_no_revision_is_missed_and_none_is_doubled_while_backends_are_killed(tmp_path: Path) -> None:
    with running() as cluster:
        outcome = race(cluster, tmp_path, writers=4, pushes=15, readers=2, kills=3)
    assert outcome.pushes >= 60
    assert outcome.kills == 3
    assert outcome.codes <= {200, 503}


def test_a_commit_is_on_the_disk_before_it_is_answered_whatever_the_database_was_told(postgresql: Cluster) -> None:
    url = postgresql.new_database()
    postgresql.say(f"ALTER DATABASE {url.rpartition('/')[2]} SET synchronous_commit = off")
    store = Store(f"{url}?options=-c%20synchronous_commit%3Doff%20-c%20work_mem%3D9MB")
    with store.reading() as connection:
        told = {name: connection.execute(text(f"SHOW {name}")).scalar_one() for name in ("synchronous_commit", "work_mem")}
        times = [connection.execute(text(f"SHOW {name}_timeout")).scalar_one() for name in ("statement", "lock")]
    store.close()
    assert told == {"synchronous_commit": "on", "work_mem": "9MB"}
    assert "0" not in times
