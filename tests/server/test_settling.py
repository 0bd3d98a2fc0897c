"""A decision on a conflict is one with its value: taken or refused together, and never over what its author had not seen."""

from typing import Any

import pytest

from inspector_app.domain.people import Role
from inspector_app.models.register import new_ids
from inspector_app.server import inventory
from inspector_app.server.store import Store
from tests.server.test_journal import SITE, Device, create, page, patch

WHY = "measured again on the spot"


def settlement(
    conflict: str, row_id: str, name: str, old: Any, new: Any, seen: str, *, entity: str = "site", **said: Any
) -> Any:
    body = {"conflict": conflict, "choice": "other", "reason": WHY, **said}
    return {
        "op_id": new_ids(),
        "entity": entity,
        "id": row_id,
        "kind": "settle",
        "body": {**body, "changes": {name: [old, new]}, "prev": {name: seen}},
    }


def contested(store: Store, name: str = "lat", one: Any = 44.0, two: Any = 45.0) -> tuple[str, str, str]:
    """A site, the conflict over a field of it, and the operation whose value stands."""
    ann, bob = Device(store), Device(store)
    site = create("site", SITE)
    standing = patch("site", site["id"], name, SITE.get(name), one, site["id"])
    ann.send(site, standing)
    bob.send(patch("site", site["id"], name, SITE.get(name), two, site["id"]))
    (conflict,) = [row[1] for row in page(store)["rows"] if row[0] == "conflict"]
    return site["id"], conflict, standing["op_id"]


def shown(store: Store) -> dict[str, Any]:
    """The data of every row by its id."""
    return {row[1]: row[4] for row in page(store, limit=1000)["rows"]}


def test_a_third_value_and_its_reason_are_taken_as_one(store: Store) -> None:
    site, conflict, standing = contested(store)
    said = settlement(conflict, site, "lat", 44.0, 44.5, standing)
    answer = Device(store).send(said)
    (verdict,) = answer.verdicts
    assert verdict.status == "applied"
    assert {row[1] for row in verdict.rows} == {site, conflict}
    rows = shown(store)
    assert rows[site]["lat"] == 44.5
    assert (rows[conflict]["state"], rows[conflict]["reason"], rows[conflict]["choice"]) == ("settled", WHY, "other")
    assert inventory.problems(store) == []


@pytest.mark.parametrize(
    ("role", "said", "reason"),
    [
        (Role.INSPECTOR, {}, "RoleMayNot"),
        (Role.SUPERVISOR, {"reason": "short"}, "RuleBroken"),
        (Role.SUPERVISOR, {"reason": None}, "RuleBroken"),
        (Role.SUPERVISOR, {"reason": 7}, "BadValue"),
    ],
)
def test_a_refused_decision_leaves_the_value_and_the_conflict_as_they_were_and_says_so(
    store: Store, role: Role, said: dict[str, Any], reason: str
) -> None:
    site, conflict, standing = contested(store)
    answer = Device(store, role).send(settlement(conflict, site, "lat", 44.0, 44.5, standing, **said))
    (verdict,) = answer.verdicts
    assert (verdict.status, verdict.reason) == ("rejected", reason)
    told = {row[1]: row[4] for row in verdict.rows}
    assert (told[site]["lat"], told[conflict]["state"]) == (44.0, "open")


@pytest.mark.parametrize("value", [10.0, "44", None])
def test_a_value_that_cannot_be_takes_its_decision_with_it(store: Store, value: Any) -> None:
    site, conflict, standing = contested(store)
    Device(store).send(settlement(conflict, site, "lat", 44.0, value, standing))
    rows = shown(store)
    assert (rows[site]["lat"], rows[conflict]["state"]) == (44.0, "open")


@pytest.mark.parametrize(("first", "second"), [(44.5, 44.7), (45.0, 44.0), (44.0, 45.0)])
def test_who_settles_without_having_seen_the_first_decision_gets_a_conflict_again(
    store: Store, first: float, second: float
) -> None:
    site, conflict, standing = contested(store)
    assert Device(store).send(settlement(conflict, site, "lat", 44.0, first, standing)).verdicts[0].status == "applied"
    again = settlement(conflict, site, "lat", 44.0, second, standing)
    assert Device(store).send(again).verdicts[0].status == "conflict"
    rows = shown(store)
    assert (rows[site]["lat"], rows[conflict]["state"]) == (first, "settled")
    (newer,) = [each for each in rows.values() if each.get("op_id") == again["op_id"]]
    assert (newer["standing"], newer["proposed"], newer["state"]) == (first, second, "open")


def test_two_people_who_decide_alike_agree(store: Store) -> None:
    site, conflict, standing = contested(store)
    for _each in range(2):
        answer = Device(store).send(settlement(conflict, site, "lat", 44.0, 45.0, standing))
        assert answer.verdicts[0].status == "applied"
    assert [each["state"] for each in shown(store).values() if "standing_op" in each] == ["settled"]


def test_a_decision_meets_an_edit_that_it_had_not_seen_as_a_new_conflict(store: Store) -> None:
    site, conflict, standing = contested(store)
    Device(store).send(patch("site", site, "lat", 44.0, 46.0, standing))
    said = settlement(conflict, site, "lat", 44.0, 45.0, standing)
    assert Device(store).send(said).verdicts[0].status == "conflict"
    rows = shown(store)
    assert (rows[site]["lat"], rows[conflict]["state"]) == (46.0, "withdrawn")
    assert [each["proposed"] for each in rows.values() if each.get("state") == "open"] == [45.0]


def test_a_decision_on_a_conflict_that_was_replaced_is_answered_in_words(store: Store) -> None:
    ann, bob = Device(store), Device(store)
    site = create("site", SITE)
    standing = patch("site", site["id"], "lat", 43.65, 44.0, site["id"])
    ann.send(site, standing)
    one = patch("site", site["id"], "lat", 43.65, 45.0, site["id"])
    bob.send(one)
    (conflict,) = [row[1] for row in page(store)["rows"] if row[0] == "conflict"]
    bob.send(patch("site", site["id"], "lat", 45.0, 45.5, one["op_id"]))
    (verdict,) = ann.send(settlement(conflict, site["id"], "lat", 44.0, 45.0, standing["op_id"])).verdicts
    assert (verdict.status, verdict.reason, verdict.facts) == ("rejected", "Overtaken", {"field": "lat"})
    assert shown(store)[site["id"]]["lat"] == 44.0


def test_a_decision_on_a_conflict_that_the_server_does_not_know_is_judged_by_what_its_author_saw(store: Store) -> None:
    device = Device(store)
    site = create("site", SITE)
    device.send(site)
    unknown = "f" * 16
    assert device.send(settlement(unknown, site["id"], "lat", 43.65, 44.5, site["id"])).verdicts[0].status == "applied"
    late = settlement(unknown, site["id"], "lat", 43.65, 44.7, site["id"])
    assert Device(store).send(late).verdicts[0].status == "conflict"
    assert Device(store, Role.INSPECTOR).send(late | {"op_id": new_ids()}).verdicts[0].reason == "RoleMayNot"


def test_a_decision_about_another_record_or_without_a_value_is_none(store: Store) -> None:
    site, conflict, standing = contested(store)
    other = create("site", {**SITE, "code": "other"})
    empty = settlement(conflict, site, "lat", 44.0, 44.5, standing)
    del empty["body"]["changes"]
    answer = Device(store).send(
        other, settlement(conflict, other["id"], "lat", 43.65, 44.0, other["id"]), empty,
        settlement(other["id"], site, "lat", 44.0, 44.5, standing),
    )  # fmt: skip
    assert [each.reason for each in answer.verdicts] == ["BadValue"] * 3
    assert shown(store)[conflict]["state"] == "open"


def test_of_a_signed_inspection_only_what_stands_can_be_kept(store: Store) -> None:
    ann, bob = Device(store), Device(store)
    site = create("site", SITE)
    data = {"site_id": site["id"], "no": "1", "kind": "INITIAL", "state": "DRAFT", "inspector": "ann", "attendees": [],
            "answers": {}, "signatures": []}  # fmt: skip
    act = create("inspection", data)
    facts = patch("inspection", act["id"], "facts", None, "by ann", act["id"])
    ann.send(site, act, facts)
    bob.send(patch("inspection", act["id"], "facts", None, "by bob", act["id"]))
    ann.send(patch("inspection", act["id"], "state", "DRAFT", "SIGNED", act["id"]))
    (conflict,) = [row[1] for row in page(store)["rows"] if row[0] == "conflict"]
    change = settlement(conflict, act["id"], "facts", "by ann", "by bob", facts["op_id"], entity="inspection")
    keep = settlement(conflict, act["id"], "facts", "by ann", "by ann", facts["op_id"], entity="inspection")
    assert ann.send(change).verdicts[0].reason == "Immutable"
    assert ann.send(keep).verdicts[0].status == "applied"


def test_a_verdict_carries_its_rows_as_the_whole_push_has_left_them(store: Store) -> None:
    site, conflict, standing = contested(store)
    said = settlement(conflict, site, "lat", 44.0, 44.5, standing)
    (verdict,) = Device(store).send(said, patch("site", site, "address", None, "Aktau", site)).verdicts
    (row,) = [each for each in verdict.rows if each[0] == "site"]
    assert (row[4]["lat"], row[4]["address"]) == (44.5, "Aktau")
