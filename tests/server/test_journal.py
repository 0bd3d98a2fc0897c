"""One suite over SQLite and PostgreSQL: order, verdicts, repetition, holds, epochs, pages."""

import json
import threading
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from inspector_app.domain.people import Role
from inspector_app.models import changes
from inspector_app.models.base import json_text
from inspector_app.models.changes import GENESIS, chain, said
from inspector_app.models.register import new_ids
from inspector_app.server import access, copies, inventory, journal
from inspector_app.server.entries import canonical
from inspector_app.server.journal import Actor, Refused
from inspector_app.server.scale import Scale
from inspector_app.server.store import Store
from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal

AT = "2026-05-02T08:11:09.120Z"
SITE = {"code": "A-1", "region": "47", "lat": 43.65, "lon": 51.16, "radiological": False}


class Device:
    """A stream of operations, put together by hand."""

    def __init__(self, store: Store, role: Role = Role.REGISTRAR, regions: tuple[str, ...] = ()) -> None:
        self.store, self.scale = store, Scale()
        self.actor = Actor(new_ids(), "ann", role, regions)
        self.stream, self.seq, self.hash = new_ids(), 0, GENESIS
        self.epoch = store.facts()["epoch"]

    def message(self, *operations: dict[str, Any], ask: tuple[str, ...] = ()) -> wire.Push:
        first, before, sent = self.seq + 1, self.hash, []
        for each in operations:
            what = said(
                op_id=each["op_id"],
                txn_id=each.setdefault("txn_id", new_ids()),
                entity=each["entity"],
                row_id=each["id"],
                kind=each["kind"],
                body=each["body"],
                occurred_at=AT,
                author="ann",
            )
            self.hash, self.seq = chain(self.hash, what), self.seq + 1
            sent.append(what | {"command": "Test"})
        whole = {
            "epoch": self.epoch,
            "stream_id": self.stream,
            "first_seq": first,
            "prev_hash": before,
            "last_hash": self.hash,
            "operations": sent,
            "ask": ask,
        }
        return wire.read(wire.Push, json_text(whole))

    def push(self, message: wire.Push) -> wire.Judged:
        with self.store.writing() as connection:
            return journal.push(connection, self.actor, message, scale=self.scale, now=datetime(2026, 5, 2, 9, tzinfo=UTC))

    def send(self, *operations: dict[str, Any], ask: tuple[str, ...] = ()) -> wire.Judged:
        return self.push(self.message(*operations, ask=ask))


def create(entity: str, data: dict[str, Any], row_id: str | None = None) -> dict[str, Any]:
    row_id = row_id or new_ids()
    return {"op_id": row_id, "entity": entity, "id": row_id, "kind": "create", "body": {"data": data}}


def patch(entity: str, row_id: str, name: str, old: Any, new: Any, seen: str) -> dict[str, Any]:
    return {
        "op_id": new_ids(),
        "entity": entity,
        "id": row_id,
        "kind": "patch",
        "body": {"changes": {name: [old, new]}, "prev": {name: seen}},
    }


def page(store: Store, cursor: int = 0, limit: int = 100, *, first: bool = False) -> Any:
    with store.reading() as connection:
        return json.loads(journal.pull(connection, epoch="e", cursor=cursor, limit=limit, first=first, since="2000"))


def test_a_repeated_push_is_answered_from_what_was_kept_and_has_no_second_effect(store: Store) -> None:
    device = Device(store)
    message = device.message(create("site", SITE))
    first, again = device.push(message), device.push(message)
    assert (first.last_seq, again.last_seq, again.was, again.head) == (1, 1, first.head, first.head)
    assert len(page(store)["rows"]) == 1


def test_a_gap_a_fork_a_foreign_stream_and_an_old_epoch_are_refused(store: Store) -> None:
    device, other = Device(store), Device(store)
    device.send(create("site", SITE))
    skipped = device.message(create("site", SITE))
    following = device.message(create("site", SITE))
    for changed, code in (
        (following, Refusal.GAP),
        (skipped.model_copy(update={"epoch": new_ids()}), Refusal.EPOCH_CHANGED),
        (skipped.model_copy(update={"last_hash": "0" * 64}), Refusal.MALFORMED),
    ):
        with pytest.raises(Refused) as refused:
            device.push(changed)
        assert refused.value.code is code
    other.stream = device.stream
    with pytest.raises(Refused) as refused:
        other.send(create("site", SITE))
    assert refused.value.code is Refusal.STREAM_FORKED
    forked = Device(store)
    forked.stream, forked.actor = device.stream, device.actor
    with pytest.raises(Refused) as refused:
        forked.send(create("site", SITE))
    assert refused.value.code is Refusal.STREAM_FORKED
    assert len(page(store)["rows"]) == 1


def test_words_that_are_not_known_wait_where_a_newer_laptop_says_them_and_are_refused_otherwise(store: Store) -> None:
    device = Device(store)
    site = create("site", SITE)
    device.send(site)
    strange = [
        patch("site", site["id"], "mood", None, "good", site["id"]),
        create("mood", {"site_id": site["id"]}),
        create("document", {"site_id": site["id"], "type": "SONG", "no": "1", "issued_on": "2024-01-01"}),
    ]
    newer = device.message(*strange[:2]).model_copy(update={"schema_": wire.VOCABULARY + 1})

    waiting = device.push(newer)
    refused = device.send(strange[2], create("mood", {}))

    assert [each.status for each in waiting.verdicts] == ["held", "held"]
    assert [each.facts for each in waiting.verdicts] == [{"entity": "site", "field": "mood"}, {"entity": "mood"}]
    assert [each.status for each in refused.verdicts] == ["rejected", "rejected"]
    assert [each.status for each in device.push(newer).verdicts] == ["held", "held"]


def test_what_a_newer_laptop_made_up_is_refused_once_this_server_has_its_version(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = Device(store)
    lie = create("mood", {"note": "no later version knows this"})
    device.push(device.message(lie).model_copy(update={"schema_": wire.VOCABULARY + 1}))

    monkeypatch.setattr(wire, "VOCABULARY", wire.VOCABULARY + 1)
    judged = device.send(ask=(lie["op_id"],))

    assert [(each.op_id, each.status) for each in judged.verdicts] == [(lie["op_id"], "rejected")]


def test_a_field_that_has_a_default_may_be_left_out(store: Store) -> None:
    device = Device(store)
    judged = device.send(create("site", {name: value for name, value in SITE.items() if name != "radiological"}))
    assert judged.verdicts == ()


def test_an_edit_that_comes_before_its_row_is_held_and_applied_when_it_comes(store: Store) -> None:
    early, late = Device(store), Device(store)
    site = create("site", SITE)
    edit = patch("site", site["id"], "name_en", None, "Early", site["id"])
    item = create(
        "waste_item", {"site_id": site["id"], "line_no": 1, "code": "160209", "outcome": "NONE", "hazards": [], "y_codes": []}
    )
    held = early.send(edit, item)
    assert [each.status for each in held.verdicts] == ["held", "held"]
    late.send(site)
    rows = {row[0]: row for row in page(store)["rows"]}
    assert rows["site"][4]["name_en"] == "Early"
    assert rows["waste_item"][4]["line_no"] == 1
    asked = early.send(ask=(edit["op_id"], item["op_id"]))
    assert [each.status for each in asked.verdicts] == ["applied", "applied"]
    assert inventory.problems(store) == []


@pytest.mark.parametrize(
    ("entity", "data"),
    [
        ("site", {**SITE, "lat": 10.0}),
        ("site", {**SITE, "lat": "43"}),
        ("site", {**SITE, "region": None}),
        ("site", {**SITE, "surprise": 1}),
        ("site", {**SITE, "area_m2": 1.5}),
        ("site", {**SITE, "discovered_on": "2024-02-31"}),
        ("site", {"code": "A-1"}),
        ("status_event", {"site_id": None}),
        ("nothing", {}),
        ("site", {**SITE, "boundary": "text"}),
    ],
)
def test_what_a_register_would_refuse_never_gets_in_and_never_stops_the_queue(
    store: Store, entity: str, data: dict[str, Any]
) -> None:
    device = Device(store)
    answer = device.send(create(entity, data), create("site", {**SITE, "code": "good"}))
    assert [each.status for each in answer.verdicts] == ["rejected"]
    assert answer.verdicts[0].reason == "BadValue"
    assert [row[4]["code"] for row in page(store)["rows"]] == ["good"]


@pytest.mark.parametrize("number", ["1152921504606846976", "NaN", "-Infinity"])
def test_a_number_that_json_cannot_carry_is_malformed_and_nothing_of_it_is_done(store: Store, number: str) -> None:
    device = Device(store)
    sent = device.message(create("site", {**SITE, "area_m2": 77})).model_dump_json().replace("77", number)
    with pytest.raises((Refused, wire.Malformed)) as refused:
        device.push(wire.read(wire.Push, sent))
    assert getattr(refused.value, "code", Refusal.MALFORMED) is Refusal.MALFORMED
    assert page(store)["rows"] == []


def test_what_hangs_on_a_refused_record_is_refused_with_it(store: Store) -> None:
    device = Device(store)
    bad = create("site", {**SITE, "lat": 0.0})
    item = create(
        "waste_item", {"site_id": bad["id"], "line_no": 1, "code": "160209", "outcome": "NONE", "hazards": [], "y_codes": []}
    )
    answer = device.send(bad, item)
    assert [each.status for each in answer.verdicts] == ["rejected", "rejected"]


def test_a_viewer_writes_nothing_and_a_region_is_a_border(store: Store) -> None:
    assert Device(store, Role.VIEWER).send(create("site", SITE)).verdicts[0].reason == "ReadingOnly"
    local = Device(store, Role.INSPECTOR, ("47",))
    answer = local.send(create("site", SITE), create("site", {**SITE, "region": "11"}))
    assert [each.status for each in answer.verdicts] == ["rejected"]
    assert len(page(store)["rows"]) == 1


def test_a_conflict_is_a_row_that_travels_and_a_later_value_of_the_same_author_takes_its_place(store: Store) -> None:
    ann, bob = Device(store), Device(store)
    site = create("site", SITE)
    ann.send(site)
    ann.send(patch("site", site["id"], "name_en", None, "A", site["id"]))
    one = patch("site", site["id"], "name_en", None, "B", site["id"])
    two = patch("site", site["id"], "name_en", "B", "C", one["op_id"])
    answer = bob.send(one, two)
    assert [each.status for each in answer.verdicts] == ["conflict", "conflict"]
    conflicts = {row[4]["proposed"]: row[4] for row in page(store)["rows"] if row[0] == "conflict"}
    assert {name: each["state"] for name, each in conflicts.items()} == {"B": "withdrawn", "C": "open"}
    assert (conflicts["C"]["standing"], conflicts["C"]["base"], conflicts["C"]["standing_author"]) == ("A", None, "ann")


def test_pages_of_any_size_carry_the_same_and_end_where_the_register_ends(store: Store) -> None:
    device = Device(store)
    sites = [create("site", {**SITE, "code": f"S-{n}"}) for n in range(7)]
    device.send(*sites)
    device.send(*[patch("site", each["id"], "name_en", None, "x", each["id"]) for each in sites[:3]])
    whole = page(store)
    for limit in (1, 2, 3, 7, 10):
        cursor, rows, operations, more = 0, {}, [], True
        while more:
            part = page(store, cursor, limit)
            rows.update({row[1]: row for row in part["rows"]})
            operations += part["operations"]
            cursor, more = part["cursor"], part["more"]
        assert (rows, operations, cursor) == ({row[1]: row for row in whole["rows"]}, whole["operations"], whole["cursor"])
    assert [each[6] for each in page(store, first=True)["operations"]] == ["patch"] * 3


def test_a_signed_inspection_is_changed_by_nobody(store: Store) -> None:
    device = Device(store)
    site = create("site", SITE)
    visit = create(
        "inspection",
        {
            "site_id": site["id"],
            "no": "1",
            "kind": "INITIAL",
            "state": "DRAFT",
            "inspector": "ann",
            "attendees": [],
            "answers": {},
            "signatures": [],
        },
    )
    device.send(site, visit)
    device.send(patch("inspection", visit["id"], "state", "DRAFT", "SIGNED", visit["id"]))
    answer = device.send(patch("inspection", visit["id"], "facts", None, "later", visit["id"]))
    assert answer.verdicts[0].reason == "Immutable"


def test_writers_side_by_side_never_hide_a_row_from_a_reader(store: Store) -> None:
    """sync.md F2: revisions are given out in the order of commits."""
    seen: dict[str, int] = {}
    done = threading.Event()

    def write() -> None:
        device = Device(store)
        for n in range(8):
            device.send(create("site", {**SITE, "code": f"S-{n}"}))

    def read() -> None:
        cursor = 0
        while True:
            last = done.is_set()
            part = page(store, cursor, 3)
            seen.update({row[1]: row[2] for row in part["rows"]})
            cursor = part["cursor"]
            if last and not part["more"]:
                return

    writers = [threading.Thread(target=write) for _n in range(4)]
    reader = threading.Thread(target=read)
    for each in (*writers, reader):
        each.start()
    for each in writers:
        each.join()
    done.set()
    reader.join()
    assert len(seen) == 32
    assert sorted(seen.values()) == list(range(1, 33))


def test_a_copy_restores_into_either_database_with_a_new_epoch(store: Store, tmp_path: Any) -> None:
    device = Device(store)
    site = create("site", SITE)
    device.send(site)
    copy = tmp_path / "copy.db"
    store.copy_to(copy)
    before = store.facts()["epoch"]
    device.send(patch("site", site["id"], "name_en", None, "gone", site["id"]))
    copies.put_back(store, copy)
    assert store.facts()["epoch"] != before
    assert page(store)["rows"][0][4] == SITE
    assert inventory.problems(store) == []


def test_a_changed_log_is_found(store: Store) -> None:
    device = Device(store)
    device.send(create("site", SITE), create("site", SITE))
    with store.writing() as connection:
        connection.execute(text("UPDATE sync_operation SET body = replace(body, 'A-1', 'A-2') WHERE seq = 1"))
    signed, folded = inventory.problems(store)
    assert "is not what its laptop signed" in signed
    assert "has another code than its operations say" in folded


def test_codes_are_spent_once_and_passwords_are_checked(store: Store) -> None:
    now = store.now()
    with store.writing() as connection:
        access.add_person(connection, "ann", role=Role.INSPECTOR, regions=["47"], password="secret", now=now)
        code = access.make_code(connection, "ann", now=now)
    ask = {"code": code, "public_key": "0" * 64, "name": "laptop", "kind": "real"}
    for wrong in ({"password": "guess"}, {"person": "bob"}, {"code": "AAAA"}, {"kind": "demo"}):
        with pytest.raises(Refused), store.writing() as connection:
            access.enrol(connection, wire.Enrol(**{**ask, **wrong}), demo=False, now=now)
    with store.writing() as connection:
        enrolled = access.enrol(connection, wire.Enrol(**ask, password="secret"), demo=False, now=now)
    assert (enrolled.person, enrolled.role) == ("ann", "INSPECTOR")
    with pytest.raises(Refused), store.writing() as connection:
        access.enrol(connection, wire.Enrol(**ask), demo=False, now=now)
    with pytest.raises(access.Unknown), store.writing() as connection:
        access.make_code(connection, "nobody", now=now)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e12, 1e12, allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(max_size=4), _JSON, max_size=4))
def test_the_server_writes_a_body_as_the_laptop_that_signed_it(body: dict[str, object]) -> None:
    for each in (body, dict(sorted(body.items()))):
        assert canonical(each).encode() == changes.canonical(each)
