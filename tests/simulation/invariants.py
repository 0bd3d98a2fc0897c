"""What must hold after everything has healed (sync.md b.16), asked of the databases themselves."""

import json
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from itertools import chain, pairwise
from typing import Any

from sqlalchemy import text

from inspector_app.domain.ownership import Status, find_step, may_accept
from inspector_app.domain.people import Role, outranks
from inspector_app.domain.rights import reaches
from inspector_app.models import checks, equality
from inspector_app.models.base import Flag, JsonText
from inspector_app.models.entities import ENTITIES, fields, table
from inspector_app.models.heard import STATES
from inspector_app.server import compare, inventory
from inspector_app.sync import wire
from tests.simulation import borders
from tests.simulation.promise import Broken, hold
from tests.simulation.world import Laptop, World

__all__ = ["Broken", "check", "everything_is_there", "is_where_the_server_is", "own_edits_are_seen", "registers_are_sound"]


def check(world: World) -> None:
    """All of them. Raises Broken with the name of the first that fails."""
    _operations_are_kept(world)
    _everybody_agrees(world)
    _nobody_overwrites_unseen(world)
    _rows_follow_from_the_log(world)
    _nothing_waits(world)
    _effects_are_there(world)
    _chains_are_single(world)
    _the_law_was_asked(world)
    _sums_are_equal(world)
    _digests_are_equal(world)
    if world.seed % _CHECKED == 0:
        registers_are_sound(world)


def everything_is_there(world: World) -> None:
    """After everybody was given all regions: nothing was lost by what left a laptop before."""
    _everybody_agrees(world)
    if world.seed % _CHECKED == 0:
        _digests_are_equal(world)
        registers_are_sound(world)


_CHECKED = 4
"""One in so many schedules ends with what `inspector check` and `inspector-server check` look at, which takes as long again."""


def registers_are_sound(world: World) -> None:
    """Log, chain of hashes, references and derived values of every register, and the server's own check."""
    for laptop in world.present():
        with laptop.register.reading() as session:
            for each in chain(*(which(session) for which in _SOUND)):
                hold(False, "check", f"{laptop.name}: {each}")
    found = inventory.problems(world.server.store)
    hold(not found, "server check", "; ".join(found[:3]))


_SOUND = (
    checks.file_is_whole,
    checks.rows_point_to_rows,
    checks.chain_verifies,
    checks.data_follow_the_log,
    checks.derived_values_follow,
    checks.buckets_sum,
)


def own_edits_are_seen(laptop: Laptop) -> None:
    """I9: what a person changed and did not send yet is what the register shows."""
    with laptop.register.glance() as look:
        newest: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)
        for entity, row_id, body in look.rows(_UNSENT):
            what = json.loads(body)
            newest[entity, row_id] |= what.get("data", {})
            newest[entity, row_id] |= {name: new for name, (_old, new) in what.get("changes", {}).items()}
        for (entity, row_id), values in newest.items():
            if entity == "status_event" or not values:
                continue  # its state is the server's word from the first answer on
            (shown,) = look.rows(f"SELECT {', '.join(values)} FROM {entity} WHERE id = ?", (row_id,)) or [()]
            hold(
                tuple(map(_stored, values.values())) == shown,
                "I9",
                f"{entity} {row_id} shows {shown}, {laptop.name} wrote {values}",
            )


_UNSENT = (
    "SELECT entity, row_id, body FROM operation WHERE state <> 'acked' AND state <> 'heard' AND state = 'pending' ORDER BY seq"
)


Row = tuple[str, int, dict[str, Any], dict[str, str]]
"""Entity, deleted, data without what is empty, and sources."""


def rows_of_server(world: World) -> dict[str, Row]:
    """Every row of the server."""
    with world.server.store.reading() as connection:
        found = connection.execute(text("SELECT id, entity, deleted, data, sources FROM sync_row")).all()
    return {each.id: (each.entity, each.deleted, _full(json.loads(each.data)), json.loads(each.sources)) for each in found}


def rows_of_laptop(laptop: Laptop) -> dict[str, Row]:
    """The same, from a register."""
    rows = {}
    with laptop.register.glance() as look:
        for entity in ENTITIES:
            names, kinds = fields(entity), _kinds(entity)
            for row_id, deleted, sources, *values in look.rows(
                f"SELECT id, deleted, sources, {', '.join(names)} FROM {entity}"
            ):
                data = {name: kind(value) for name, kind, value in zip(names, kinds, values, strict=True) if value is not None}
                rows[row_id] = (entity, deleted, _full(data), json.loads(sources))
    return rows


@cache
def _kinds(entity: str) -> tuple[Callable[[Any], Any], ...]:
    """What turns the stored values of an entity's fields into those that JSON carries."""
    kinds = [table(entity).columns[name].type for name in fields(entity)]
    return tuple(bool if isinstance(each, Flag) else json.loads if isinstance(each, JsonText) else _same for each in kinds)


def _same(value: Any) -> Any:
    return value


def _operations_are_kept(world: World) -> None:
    """I1: every edit that a laptop called saved is exactly once in the server's log, with a verdict."""
    with world.server.store.reading() as connection:
        kept = dict(connection.execute(text("SELECT op_id, status FROM sync_operation")).all())
    for laptop in world.present():
        lost = laptop.edits - kept.keys()
        hold(not lost, "I1", f"{len(lost)} edits of {laptop.name} are lost")
    hold(set(kept.values()) <= {"applied", "held", "conflict", "rejected"}, "I1", "a verdict is missing")
    for laptop in world.present():
        with laptop.register.glance() as look:
            for op_id, state in look.rows("SELECT op_id, state FROM operation WHERE seq > 0"):
                heard = STATES[kept[op_id]] if op_id in kept else "nothing"
                hold(state == heard, "I7", f"{laptop.name} believes {op_id} to be {state}, the server said {heard}")


def is_where_the_server_is(world: World, laptop: Laptop) -> None:
    """I3 before everything has healed: who came to the end of a sync and has nothing unsent holds what the server holds."""
    if not world.server.lacks_records():
        _agrees(laptop, rows_of_server(world), borders.regions_of(world.server.store))


def _everybody_agrees(world: World) -> None:
    """I3 and I13: every laptop holds the server's rows and conflicts of its regions, and no others."""
    server, regions = rows_of_server(world), borders.regions_of(world.server.store)
    for laptop in world.present():
        _agrees(laptop, server, regions)


def _agrees(laptop: Laptop, server: dict[str, Row], regions: dict[str, str | None]) -> None:
    rows = {key: value for key, value in server.items() if value[0] != "conflict"}
    waiting, mine = borders.waiting_sites(laptop.register), rows_of_laptop(laptop)
    for row_id in rows.keys() | mine.keys():
        is_shown = reaches(laptop.regions, regions.get(row_id))
        there, here = rows.get(row_id) if is_shown else None, mine.get(row_id)
        if row_id not in rows and here is not None and here[1]:
            continue  # a refused creation, kept as a deleted row
        if not is_shown and here is not None and (row_id in waiting or here[2].get("site_id") in waiting):
            continue  # what is held for ever on a laptop whose disk was lost
        hold(there == here, "I3" if is_shown else "I13", f"{laptop.name} has {here}, the server {there}")
    with laptop.register.glance() as look:
        states = dict(look.rows("SELECT id, state FROM conflict"))
    expected = {
        key: value[2]["state"]
        for key, value in server.items()
        if value[0] == "conflict" and reaches(laptop.regions, regions[key])
    }
    hold(states == expected, "I3", f"{laptop.name} has conflicts {states}, the server {expected}")


def _nobody_overwrites_unseen(world: World) -> None:
    """I4: for every field, each applied change names the change before it, or writes the value that stands."""
    values: dict[tuple[str, str], Any] = {}
    sources: dict[tuple[str, str], str] = {}
    for each in _log(world):
        body = json.loads(each.body)
        if each.status not in {"applied", "conflict"} or each.entity == "status_event":
            continue
        for name, value in body.get("data", {}).items():
            values[each.row_id, name] = value
        clashed = _clashed(world, each.op_id)
        for name, (_old, new) in body.get("changes", {}).items():
            key = (each.row_id, name)
            if name in clashed or "deleted" in clashed:
                continue
            seen = body["prev"].get(name, each.row_id)
            hold(
                sources.get(key, each.row_id) == seen or values.get(key, False if name == "deleted" else None) == new,
                "I4",
                f"{name} was overwritten by {each.op_id}, which had not seen {sources.get(key)}",
            )
            values[key], sources[key] = new, each.op_id


def _rows_follow_from_the_log(world: World) -> None:
    """I5: the rows are the fold of the log in the order of revisions, by a second, naive model."""
    rows: dict[str, dict[str, Any]] = {}
    for each in _log(world):
        if each.status not in {"applied", "conflict"} or each.entity == "status_event":
            continue
        body, clashed = json.loads(each.body), _clashed(world, each.op_id)
        if each.kind == "create":
            hold(each.row_id not in rows, "I2", f"{each.row_id} was made twice")
            rows[each.row_id] = {**body["data"], "deleted": False}
        elif "deleted" not in clashed:
            for name, (_old, new) in body["changes"].items():
                if name not in clashed:
                    rows[each.row_id][name] = new
    server = {key: value for key, value in rows_of_server(world).items() if value[0] not in {"conflict", "status_event"}}
    folded = {key: _full({name: value for name, value in row.items() if name != "deleted"}) for key, row in rows.items()}
    hold({key: value[2] for key, value in server.items()} == folded, "I5", "the rows do not follow from the log")
    hold(
        {key: bool(value[1]) for key, value in server.items()} == {key: row["deleted"] for key, row in rows.items()},
        "I5",
        "deleted",
    )


def _nothing_waits(world: World) -> None:
    """I6 and I8: nothing is unsent, nothing is held, and every refusal says why."""
    for laptop in world.present():
        with laptop.register.glance() as look:
            waiting = look.value("SELECT COUNT(*) FROM operation WHERE state = 'pending'")
            hold(waiting == 0, "I6", f"{laptop.name} still has {waiting} to send")
            silent = look.value("SELECT COUNT(*) FROM operation WHERE state = 'rejected' AND result IS NULL")
            hold(silent == 0, "I7", "a refusal without a reason")
    with world.server.store.reading() as connection:
        odd = connection.execute(
            text(
                "SELECT op_id, result FROM sync_operation WHERE status = 'rejected' AND result NOT LIKE '%RoleMayNot%'"
                " AND result NOT LIKE '%ReadingOnly%' AND result NOT LIKE '%NotYourRegion%' AND result NOT LIKE '%Overtaken%' AND result NOT LIKE '%GuardUnmet%' AND result NOT LIKE '%was refused%'"
            )
        ).all()
    hold(not odd, "I8", f"refused without need: {odd}")
    lost_disks = any(laptop.saved_edits not in (None, laptop.edits) for laptop in world.laptops)
    with world.server.store.reading() as connection:
        held = connection.execute(text("SELECT COUNT(*) FROM sync_hold")).scalar_one()
    hold(held == 0 or lost_disks, "I8", f"{held} operations are held for ever")


def _effects_are_there(world: World) -> None:
    """I7: what was applied has a revision, what was not has a conflict that shows it, and who settled one closed it."""
    with world.server.store.reading() as connection:
        found = connection.execute(text("SELECT id, data FROM sync_row WHERE entity = 'conflict'"))
        conflicts = {conflict_id: json.loads(data) for conflict_id, data in found}
    shown, log = {each["op_id"] for each in conflicts.values()}, _log(world, everything=True)
    revisions = {each.op_id: each.rev or 0 for each in log}
    for each in log:
        if each.status == "conflict":
            hold(each.op_id in shown, "I7", f"the conflict of {each.op_id} is nowhere to be seen")
        if each.status in {"applied", "conflict"}:
            hold(each.rev is not None, "I7", f"{each.op_id} was applied and has no revision")
        if each.kind == "settle" and each.status == "applied":
            conflict = conflicts.get(json.loads(each.body)["conflict"], {"state": "unknown"})
            # after a server was set back a conflict may come again, later than the decision on it
            is_open = conflict["state"] == "open" and revisions[conflict["op_id"]] < each.rev
            hold(not is_open, "I7", f"the conflict that {each.op_id} settles is open")


def _chains_are_single(world: World) -> None:
    """I10: accepted events of a site are one chain, and of two events on one parent at most one stands undisputed."""
    events: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row_id, (entity, _deleted, data, _sources) in rows_of_server(world).items():
        if entity == "status_event":
            events[data["site_id"]].append({**data, "id": row_id})
    for site, found in events.items():
        accepted = sorted((each for each in found if each["state"] == "ACCEPTED"), key=lambda each: each["position"])
        hold([each["position"] for each in accepted] == list(range(1, len(accepted) + 1)), "I10", f"places of {site}")
        for before, after in pairwise(accepted):
            hold(after.get("previous_id") == before["id"], "I10", f"the chain of {site} is broken")
        parents = [each.get("previous_id") for each in found if each["state"] in {"ACCEPTED", "PROPOSED"}]
        hold(len(parents) == len(set(parents)), "I10", f"two undisputed events on one parent of {site}")


def _the_law_was_asked(world: World) -> None:
    """6.3: what stands of a step was accepted by who may accept it, as he wrote it or as his answer to a proposal."""
    answered: dict[str, str] = {}
    for each in _log(world):
        is_answer = each.entity == "status_event" and each.kind == "patch" and each.status == "applied"
        if is_answer and json.loads(each.body)["changes"].get("state", [None, None])[1] == "ACCEPTED":
            answered[each.row_id] = each.role
    for row_id, (entity, _deleted, data, _sources) in rows_of_server(world).items():
        if entity == "status_event" and data["state"] == "ACCEPTED" and data.get("from_status"):
            role = Role(answered.get(row_id, data["role"]))
            if data.get("historical"):
                hold(outranks(role, Role.REGISTRAR), "6.3", f"{row_id} of the past was written by {role}")
            else:
                step = find_step("", Status(data["from_status"]), Status(data["to_status"]))
                hold(may_accept(step, role), "6.3", f"{row_id} was accepted by {role}")


def _sums_are_equal(world: World) -> None:
    """I2: sums of the ledger are those of distinct entries, on every laptop and by derived values."""
    sums: dict[str, int] = defaultdict(int)
    for entity, deleted, data, _sources in rows_of_server(world).values():
        if entity == "ledger_entry" and not deleted:
            sums[data["item_id"]] += data["mass_g"]
    regions = borders.regions_of(world.server.store)
    for laptop in world.present():
        with laptop.register.glance() as look:
            shown = dict(look.rows("SELECT id, corrected_g FROM waste_item WHERE corrected_g <> 0"))
        expected = {key: value for key, value in sums.items() if value and reaches(laptop.regions, regions[key])}
        hold(shown == expected, "I2", f"sums of {laptop.name}")


def _log(world: World, *, everything: bool = False) -> list[Any]:
    asked = "SELECT * FROM sync_operation" + ("" if everything else " WHERE rev IS NOT NULL") + " ORDER BY rev"
    with world.server.store.reading() as connection:
        return list(connection.execute(text(asked)).all())


def _clashed(world: World, op_id: str) -> set[str]:
    found = getattr(world, "_clashes", None)
    if found is None:
        found = defaultdict(set)
        with world.server.store.reading() as connection:
            for (data,) in connection.execute(text("SELECT data FROM sync_row WHERE entity = 'conflict'")):
                conflict = json.loads(data)
                found[conflict["op_id"]].add(conflict["field"])
        world._clashes = found  # type: ignore[attr-defined]
    return found[op_id]


def _full(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}


def _stored(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else json.dumps(value) if isinstance(value, list | dict) else value


def _digests_are_equal(world: World) -> None:
    """I3, as laptops ask it every day: no digest of a bucket differs where rows do not."""
    store = world.server.store
    for laptop in world.present():
        with laptop.register.reading() as session, store.reading() as connection:
            without = equality.unsettled(session, most=wire.EXCEPT_AT_MOST) or []
            ours = {kind: equality.shown(equality.own(session, kind, without=without)[0]) for kind in equality.KINDS}
            epoch = store.facts()["epoch"]
            asked = wire.Digests(epoch=epoch, entities=ours, without=tuple(without))
            told = compare.compare(connection, asked, epoch=epoch, now=store.now(), regions=laptop.regions)
        hold(not told.differ, "I3", f"the digests of {', '.join(told.differ)} of {laptop.name} differ")
