"""The clock of a laptop that is wrong stops nothing; how wrong it was is kept and shown beside the times that it told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from inspector_app.i18n import words
from inspector_app.models.queries.history import Clock, conflicts
from inspector_app.models.register import Register
from inspector_app.sync import round as rounds
from inspector_app.sync import wire
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site, edit

FAST = timedelta(minutes=12)


@pytest.fixture
def fast(new_register: Callable[..., Register], server: CentralServer) -> Register:
    """A laptop whose clock is twelve minutes ahead."""
    register = new_register("fast.register", person="nobody", clock=lambda: datetime.now(UTC) + FAST)
    rounds.enrol(register, url=server.url, code=server.code("fay"))
    return register


def is_about_fast(clock: Clock | None) -> bool:
    return (
        clock is not None
        and clock.offset_ms is not None
        and clock.received_at is not None
        and abs(clock.offset_ms - FAST.total_seconds() * 1000) < 60_000
        and abs(clock.received_at - datetime.now(UTC)) < timedelta(minutes=2)
    )


def test_the_server_keeps_how_wrong_the_clock_was_beside_every_operation(fast, laptop, server):
    site = a_site(fast)
    receipt = rounds.sync(fast)
    ann = laptop("ann")
    rounds.sync(ann)
    edit(ann, site, name_en="By a right clock")
    rounds.sync(ann)

    with server.opened() as store, store.reading() as connection:
        asked = text("SELECT clock_offset_ms, schema, person FROM sync_operation ORDER BY seq, person DESC")
        found = connection.execute(asked).all()
    assert [each.clock_offset_ms for each in found if each.person == "fay"] == [receipt.clock_offset_ms] * 4
    assert all(abs(each.clock_offset_ms) < 60_000 for each in found if each.person == "ann")
    assert {each.schema for each in found} == {wire.VOCABULARY}
    assert receipt.sentences(words("en"))[-1] == "The clock of this laptop is 12 minutes off."


def test_a_conflict_shows_on_every_laptop_what_the_time_of_each_value_is_worth(fast, laptop):
    site = a_site(fast)
    rounds.sync(fast)
    ann = laptop("ann")
    rounds.sync(ann)
    edit(fast, site, lat=44.0)
    edit(ann, site, lat=45.0)
    rounds.sync(fast)
    rounds.sync(ann)
    rounds.sync(fast)

    for register, of_fast in ((ann, "theirs_clock"), (fast, "mine_clock")):
        with register.reading() as session:
            (found,) = conflicts(session)
        other = found.mine_clock if of_fast == "theirs_clock" else found.theirs_clock
        assert is_about_fast(getattr(found, of_fast))
        assert other is not None
        assert other.offset_ms is not None
        assert abs(other.offset_ms) < 60_000
