"""What the exchange promises, each promise in a story of its own: real registers, the real journal, a line of ours."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from inspector_app.actions import conflicts as conflicts_of
from inspector_app.actions import ownership
from inspector_app.actions.conflicts import settle
from inspector_app.domain.ownership import Status
from inspector_app.domain.people import Role
from inspector_app.models.sites import Site
from inspector_app.server.journal import Refused
from inspector_app.sync import round as rounds
from inspector_app.sync import wire
from tests.simulation import invariants
from tests.simulation.bench import Bench
from tests.simulation.edits import FROM_NOTHING, NEXT_DAY, Hand, papers_of, register_site
from tests.simulation.link import Wire
from tests.simulation.run import digest
from tests.simulation.stories import healed, open_conflicts, put, shown
from tests.simulation.world import Laptop, World

# -- deletions ---------------------------------------------------------------------------------------------------------------


def test_what_was_deleted_stays_deleted_whoever_comes_late(world: World) -> None:
    ann, ben, cid = world.laptops
    cid.save()
    ann.edit(put(deleted=True))
    ben.edit(put(address="written weeks ago"))
    ann.sync()
    ben.sync()
    cid.restore()  # an image of the disk in which the site was alive
    cid.edit(put(former_owner="from an old image"))
    world.server.restore()  # and a server that never heard of the deletion
    world.copy(ben)
    world.laptops[3].edit(put(cadastral_no="from a copied laptop"))
    healed(world)
    assert [shown(each, "deleted") for each in world.laptops] == [1, 1, 1, 1]
    assert {field for _id, field in open_conflicts(ann)} == {"deleted"}


def test_an_edit_against_a_deletion_is_one_conflict_and_everything_else_goes_through(world: World) -> None:
    ann, ben, cid = world.laptops
    ann.edit(put(deleted=True))
    ben.edit(put(address="b", former_owner="b", name_en="b"))
    ben.edit(register_site)
    ann.sync()
    ben.sync()
    world.heal()
    assert [field for _id, field in open_conflicts(cid)] == ["deleted"]
    assert all(len(invariants.rows_of_laptop(each)) == len(invariants.rows_of_laptop(ann)) for each in world.laptops)
    with cid.register.glance() as look:
        assert look.value("SELECT COUNT(*) FROM site WHERE deleted = 0") == 1  # Ben's new site
    healed(world)


def test_a_deletion_that_a_person_takes_back_brings_the_edit_with_it(world: World) -> None:
    ann, ben, cid = world.laptops
    ann.edit(put(deleted=True))
    ben.edit(put(address="b"))
    ann.sync()
    ben.sync()
    cid.sync()
    ((conflict, _field),) = open_conflicts(cid)
    cid.edit(lambda hand: settle(hand.session, conflict, keep="mine", reason="it is still there") and None)
    healed(world)
    assert {(shown(each, "deleted"), shown(each, "address")) for each in world.laptops} == {(0, "b")}


# -- clocks, cuts and repeats ------------------------------------------------------------------------------------------------


def test_clocks_change_nothing_but_the_recorded_times(bench: Bench) -> None:
    told = []
    for days in (0, -7000, 7000):
        world = World(bench, 2, people=2, mix=FROM_NOTHING)
        ann, ben = world.laptops
        ben.skew = timedelta(days=days)
        for laptop in (ann, ben, ann, ben):
            laptop.edit(register_site)
            laptop.edit(lambda hand: put_first(hand, hand.dice.choice("abc")))
            laptop.sync()
        healed(world)
        told.append(digest(world))
        with world.server.store.reading() as connection:
            assert min(connection.execute(text("SELECT received_at FROM sync_operation")).scalars()) >= "2026-05-02"
        world.close()
    assert len(set(told)) == 1


def put_first(hand: Hand, value: str) -> None:
    hand.all(Site)[0].name_en = value


def test_what_is_written_while_a_sync_runs_is_seen_at_once_and_sent_with_the_next(world: World) -> None:
    ann, ben, _cid = world.laptops
    ben.edit(put(address="b", name_en="b"))
    ben.sync()
    ann.edit(put(former_owner="before"))
    waiting = [put(cadastral_no="meanwhile"), put(former_owner="meanwhile")]
    link = Wire(world, ann.actor, bad=0, old=[], meanwhile=lambda: ann.edit(waiting.pop()) if waiting else None)
    rounds.sync(ann.register, link=link)
    assert (shown(ann, "cadastral_no"), shown(ann, "former_owner"), shown(ann, "address")) == ("meanwhile", "meanwhile", "b")
    healed(world)
    assert {(shown(each, "former_owner"), shown(each, "cadastral_no")) for each in world.laptops} == {("meanwhile",) * 2}


def pushes(world: World, laptop: Laptop) -> list[dict[str, Any]]:
    return [json.loads(wire.unpacked(each)) for each in laptop.pushes]


def sent(world: World, laptop: Laptop, message: dict[str, Any]) -> str:
    """Send a push again as somebody's; what it came to."""
    try:
        world.server.push(laptop.actor, wire.read(wire.Push, json.dumps(message)))
    except (Refused, wire.Malformed) as refused:
        return str(refused).split(":")[0]
    return "answered"


def test_replayed_and_reordered_pushes_change_nothing(world: World) -> None:
    ann = world.laptops[0]
    for value in "abcd":
        ann.edit(put(name_en=value))
        ann.sync()
    healed(world)
    before, known = digest(world), world.server.known()
    history = pushes(world, ann)
    for message in (*reversed(history), *history):
        assert sent(world, ann, message) == "answered"
    assert (digest(world), world.server.known()) == (before, known)


def test_forged_pushes_are_refused_and_change_nothing(world: World) -> None:
    ann, ben, _cid = world.laptops
    ann.edit(put(name_en="true"))
    ann.sync()
    healed(world)
    before, known = digest(world), world.server.known()
    last = pushes(world, ann)[-1]
    (operation,) = last["operations"]
    body = {"changes": {"name_en": ["new", "forged"]}, "prev": operation["body"]["prev"]}
    other = "f" * 64
    forgeries = {
        "another device's stream": (ben, last, "stream_forked"),
        "another value under the same hash": (ann, {**last, "operations": [{**operation, "body": body}]}, "the hashes do not"),
        "another author": (ann, {**last, "operations": [{**operation, "author": "ben"}]}, "the hashes do not"),
        "another hash": (ann, {**last, "last_hash": other}, "the hashes do not"),
        "a history of its own": (ann, {**last, "prev_hash": other}, "the hashes do not"),
        "a number that was skipped": (ann, {**last, "first_seq": last["first_seq"] + 2}, "gap"),
        "another epoch": (ann, {**last, "epoch": operation["op_id"]}, "epoch_changed"),
        "a field that nobody knows": (ann, {**last, "extra": 1}, "extra"),
    }
    came_to = {}
    for name, (who, message, expected) in forgeries.items():
        answer = sent(world, who, message)
        came_to[name] = answer if answer == "answered" or expected not in answer else expected
    assert {
        name: expected if "hashes" not in expected else came_to[name] for name, (_who, _m, expected) in forgeries.items()
    } == came_to
    assert "answered" not in came_to.values()
    assert (digest(world), world.server.known()) == (before, known)


# -- people who decide ---------------------------------------------------------------------------------------------------------


def test_two_people_who_settle_one_conflict_at_once_never_overwrite_each_other_unseen(world: World) -> None:
    ann, ben, cid = world.laptops
    ann.edit(put(cadastral_no="a"))
    ben.edit(put(cadastral_no="b"))
    ann.sync()
    ben.sync()
    world.heal()
    ((conflict, _field),) = open_conflicts(ann)
    ann.edit(lambda hand: settle(hand.session, conflict, keep="mine", reason="the paper says a") and None)
    cid.edit(lambda hand: settle(hand.session, conflict, keep="other", value="c", reason="the cadastre says c") and None)
    ann.sync()
    cid.sync()
    healed(world)
    values = {shown(each, "cadastral_no") for each in world.laptops}
    assert len(values) == 1
    with world.server.store.reading() as connection:
        kinds = connection.execute(text("SELECT COUNT(*) FROM sync_operation WHERE kind = 'settle'")).scalar_one()
    assert kinds == 2  # both decisions are in the log for ever


def test_a_proposal_waits_for_a_registrar_and_of_two_one_is_disputed(world: World) -> None:
    ann, ben, cid = world.laptops

    def step(target: Status) -> Callable[[Hand], None]:
        return lambda hand: ownership.take_step(hand.session, hand.all(Site)[0].id, target, on=NEXT_DAY) and None

    ben.edit(lambda hand: papers_of(hand, hand.all(Site)[0].id))
    ben.edit(lambda hand: papers_of(hand, hand.all(Site)[0].id))
    ben.edit(step(Status.OWNER_SEARCH))
    world.heal()
    ben.edit(step(Status.CLAIM_FILED))
    cid.edit(step(Status.CLAIM_FILED))
    ben.sync()
    cid.sync()
    world.heal()
    assert shown(ann, "status") == Status.OWNER_SEARCH
    assert shown(ann, "disputed") == 1
    assert ben.actor.role is Role.INSPECTOR
    ann.edit(lambda hand: conflicts_of.refuse_disputed(hand.session, one_event(ann, "DISPUTED"), "a second time") and None)
    ann.edit(lambda hand: ownership.accept_proposal(hand.session, one_event(ann, "PROPOSED")) and None)
    healed(world)
    assert {shown(each, "status") for each in world.laptops} == {Status.CLAIM_FILED}


def one_event(laptop: Laptop, state: str) -> str:
    with laptop.register.glance() as look:
        return str(look.value("SELECT id FROM status_event WHERE state = ?", (state,)))


# -- what the campaign found -----------------------------------------------------------------------------------------------------


def test_an_edit_after_a_decision_in_one_push_is_not_taken_back_by_the_answer(world: World) -> None:
    ann, ben, _cid = world.laptops
    ann.edit(put(name_en="a"))
    ben.edit(put(name_en="b"))
    ann.sync()
    ben.sync()
    world.heal()
    ((conflict, _field),) = open_conflicts(ann)
    ann.edit(lambda hand: settle(hand.session, conflict, keep="mine", reason="we looked again") and None)
    ann.edit(put(name_en="newer", address="newer"))
    ann.sync()
    assert (shown(ann, "name_en"), shown(ann, "address")) == ("newer", "newer")
    healed(world)


def test_an_unsent_edit_of_a_refused_record_stays_in_sight(world: World) -> None:
    ben = world.laptops[1]
    world.appoint(ben)
    ben.edit(register_site)
    link = Wire(world, ben.actor, bad=0, old=[], meanwhile=lambda: ben.edit(bring_back) if not seen else None)
    seen: list[bool] = []

    def bring_back(hand: Hand) -> None:
        seen.append(True)
        site = max(hand.all(Site), key=lambda each: each.id)
        site.deleted, site.address = False, "it is there"

    rounds.sync(ben.register, link=link)
    invariants.own_edits_are_seen(ben)
    healed(world)


def test_conflicts_of_a_history_that_is_no_more_go_with_it(world: World) -> None:
    ann, ben, cid = world.laptops
    world.server.save()
    ann.edit(put(name_en="a"))
    ben.edit(put(name_en="b"))
    ann.sync()
    ben.sync()
    world.heal()
    assert len(open_conflicts(cid)) == 1
    (former,) = open_conflicts(cid)
    world.server.restore()
    ben.sync()  # this time Ben is the first
    healed(world)
    assert len(open_conflicts(cid)) == 1
    assert open_conflicts(cid) != [former]


def test_bringing_back_a_record_that_another_person_deleted_as_well_is_one_conflict_that_can_be_settled(world: World) -> None:
    ann, ben, cid = world.laptops
    ann.edit(put(deleted=True))
    ben.edit(put(deleted=True))
    ann.sync()
    ben.sync()
    ann.edit(put(deleted=False, name_en="it is there"))
    ann.sync()
    cid.sync()
    assert shown(cid, "deleted") == 1
    assert shown(cid, "name_en") != "it is there"  # nothing by halves
    ((conflict, field),) = open_conflicts(cid)
    assert field == "deleted"
    cid.edit(lambda hand: settle(hand.session, conflict, keep="mine", reason="seen on the site") and None)
    healed(world)
    assert {(shown(each, "deleted"), shown(each, "name_en")) for each in world.laptops} == {(0, "it is there")}
