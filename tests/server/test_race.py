"""Several server processes beside each other on one PostgreSQL keep one order, whatever is killed."""

from pathlib import Path

import pytest
from sqlalchemy import text

from inspector_app.server.store import Store
from tests.postgres import Cluster, running
from tests.server.race import known_laptop, race
from tests.server.test_journal import SITE, Device, create
from tests.server.test_limits import serving, signed


def test_no_revision_is_missed_and_none_is_doubled_while_backends_are_killed(tmp_path: Path) -> None:
    with running() as cluster:
        outcome = race(cluster, tmp_path, writers=4, pushes=10, readers=2, kills=2)
    assert outcome.pushes >= 40
    assert outcome.kills == 2
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


_GIVES_WAY = """
CREATE SEQUENCE tries;
CREATE FUNCTION give_way() RETURNS trigger AS $$
BEGIN
  IF nextval('tries') <= {times} THEN RAISE EXCEPTION 'give way' USING ERRCODE = '{sqlstate}'; END IF;
  RETURN NEW;
END $$ LANGUAGE plpgsql;
CREATE TRIGGER gives_way BEFORE INSERT ON sync_operation FOR EACH ROW EXECUTE FUNCTION give_way();
"""


@pytest.mark.parametrize(
    ("times", "sqlstate", "status"),
    [(1, "40001", 200), (2, "40P01", 200), (9, "40001", 503), (1, "55P03", 503), (1, "57014", 503)],
    ids=["serialization", "deadlock", "for ever", "lock timeout", "statement timeout"],
)
def test_a_push_that_had_to_give_way_is_done_again_or_put_off(
    postgresql: Cluster, times: int, sqlstate: str, status: int
) -> None:
    store = Store(postgresql.new_database())
    store.create(demo=False)
    known = known_laptop(store)
    postgresql.say(_GIVES_WAY.format(times=times, sqlstate=sqlstate), store.url)
    with serving(store) as client:
        sent = Device(store).message(create("site", SITE)).model_dump_json()
        answer = client.post("/v1/sync/push", content=sent, headers=signed(client, known))
    with store.reading() as connection:
        kept = connection.execute(text("SELECT count(*) FROM sync_row")).scalar_one()
    store.close()
    assert (answer.status_code, kept) == (status, int(status == 200))
    assert status == 200 or answer.headers["retry-after"] == "5"
