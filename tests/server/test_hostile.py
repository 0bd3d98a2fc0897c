"""A laptop that lies: about its region, its author, its rows, its stream. It sees nothing more and changes nothing."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import jwt
import pytest
from sqlalchemy import text

from inspector_app.domain.people import Role
from inspector_app.models.register import new_ids
from inspector_app.server import access, inventory, journal
from inspector_app.server.journal import Refused
from inspector_app.server.store import Store
from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal
from tests.server.conftest import Ed25519PrivateKey, enrolled, serving
from tests.server.test_app import assertion
from tests.server.test_journal import SITE, Device, create, page, patch
from tests.server.test_rights import whole


def reasons(judged: wire.Judged) -> list[str | None]:
    return [each.reason for each in judged.verdicts]


@pytest.fixture
def far(store: Store) -> dict[str, str]:
    """A site in region 63 with a contract, a document and an item, which the liar may not see."""
    ids = {entity: new_ids() for entity in ("site", "contract", "document", "waste_item")}
    rows = [create("site", {**SITE, "code": "FAR", "region": "63"}, ids["site"])]
    rows += [create(entity, whole(entity, ids), ids[entity]) for entity in ("contract", "document", "waste_item")]
    assert reasons(Device(store).send(*rows)) == []
    return ids


def test_a_row_never_goes_over_a_border_by_what_an_operation_says_of_itself(store: Store, far: dict[str, str]) -> None:
    liar = Device(store, Role.REGISTRAR, ("47",))
    near = create("site", SITE)
    item = create("waste_item", whole("waste_item", {"site": near["id"]}))
    assert reasons(liar.send(near, item)) == []
    before = page(store)
    judged = liar.send(
        create("site", {**SITE, "region": "63"}),
        create("waste_item", whole("waste_item", far)),
        patch("waste_item", item["id"], "site_id", near["id"], far["site"], item["id"]),
        patch("waste_item", far["waste_item"], "site_id", far["site"], near["id"], far["waste_item"]),
        patch("site", far["site"], "region", "63", "47", far["site"]),
        patch("site", near["id"], "region", "47", "63", near["id"]),
        create("removal_batch", whole("removal_batch", {"site": near["id"], "contract": far["contract"]})),
        create("status_event", whole("status_event", {"site": near["id"]}, basis=[far["document"]])),
        create("finding", whole("finding", {"site": near["id"], "inspection": far["waste_item"]})),
    )
    assert [each.status for each in judged.verdicts] == ["rejected"] * 9
    assert set(reasons(judged)) == {"NotYourRegion", "RuleBroken", "BadValue"}
    assert page(store)["rows"] == before["rows"]
    assert "FAR" not in judged.model_dump_json()
    assert inventory.problems(store) == []


def test_within_its_region_a_record_stays_with_its_site(store: Store) -> None:
    device = Device(store)
    one, two = create("site", SITE), create("site", {**SITE, "code": "A-2"})
    item = create("waste_item", whole("waste_item", {"site": one["id"]}))
    estimate = whole("quantity_estimate", {"site": two["id"], "waste_item": item["id"]})
    judged = device.send(
        one,
        two,
        item,
        create("quantity_estimate", estimate),
        patch("waste_item", item["id"], "site_id", one["id"], two["id"], "x"),
    )
    assert reasons(judged) == ["RuleBroken", "RuleBroken"]


def test_nothing_of_a_foreign_row_is_told_to_who_asks_about_it(store: Store, far: dict[str, str]) -> None:
    liar = Device(store, Role.INSPECTOR, ("47",))
    with store.reading() as connection:
        known = connection.execute(text("SELECT op_id FROM sync_operation")).scalars().all()
    judged = liar.send(ask=tuple(known))
    assert {row[0] for each in judged.verdicts for row in each.rows} == {"gone"}
    assert "FAR" not in judged.model_dump_json()
    for only in ((), ("63",), ("47", "63"), ("'); --",)):
        with store.reading() as connection:
            body = journal.pull(
                connection, epoch="e", cursor=0, limit=100, first=False, since="2000", regions=("47",), only=only
            )
        assert json.loads(body)["rows"] == json.loads(body)["operations"] == []


def test_a_deletion_is_called_one_and_nothing_else_is(store: Store) -> None:
    device = Device(store)
    site = create("site", SITE)
    device.send(site)
    hidden = patch("site", site["id"], "deleted", False, True, site["id"])
    named = patch("site", site["id"], "name_en", None, "x", site["id"]) | {"kind": "delete"}
    half = patch("site", site["id"], "deleted", True, True, site["id"]) | {"kind": "restore"}
    assert reasons(device.send(hidden, named, half)) == ["BadValue"] * 3
    assert page(store)["rows"][0][3] == 0


def test_who_names_another_author_is_recorded_and_shown_beside_him(store: Store) -> None:
    ann, liar = Device(store), Device(store, Role.INSPECTOR)
    liar.actor = journal.Actor(liar.actor.device_id, "bob", Role.INSPECTOR)
    site = create("site", SITE)
    ann.send(site)
    ann.send(patch("site", site["id"], "name_en", None, "A", site["id"]))
    liar.send(patch("site", site["id"], "address", None, "B", site["id"]))  # every operation here says that it is by ann
    clash = patch("site", site["id"], "name_en", None, "B", site["id"])
    event = create("status_event", whole("status_event", {"site": site["id"]}, actor="ann", role="REGISTRAR"))
    liar.send(clash, event)
    told = page(store)
    assert [each[9] for each in told["operations"]][:3] == ["ann", "ann", "ann (bob)"]
    rows = {row[0]: row[4] for row in told["rows"]}
    assert (rows["conflict"]["author"], rows["conflict"]["standing_author"]) == ("ann (bob)", "ann")
    assert (rows["status_event"]["actor"], rows["status_event"]["role"]) == ("bob", "INSPECTOR")
    with store.reading() as connection:
        kept = connection.execute(text("SELECT author, person, role FROM sync_operation ORDER BY rev")).all()
    assert tuple(kept[-1]) == ("ann", "bob", "INSPECTOR")


def test_what_waited_is_judged_by_who_sent_it_and_not_by_who_brought_its_record(store: Store) -> None:
    near, wide = Device(store, Role.INSPECTOR, ("47",)), Device(store, Role.REGISTRAR)
    site = create("site", {**SITE, "region": "63"})
    early = patch("site", site["id"], "name_en", None, "Over the border", site["id"])
    assert [each.status for each in near.send(early).verdicts] == ["held"]
    wide.send(site)
    (verdict,) = near.send(ask=(early["op_id"],)).verdicts
    assert (verdict.status, verdict.reason) == ("rejected", "NotYourRegion")
    assert "name_en" not in page(store)["rows"][0][4]


def test_a_conflict_of_another_region_is_not_settled_from_here(store: Store, far: dict[str, str]) -> None:
    Device(store).send(patch("site", far["site"], "name_en", None, "A", far["site"]))
    Device(store).send(patch("site", far["site"], "name_en", None, "B", far["site"]))
    conflict = next(row[1] for row in page(store)["rows"] if row[0] == "conflict")
    settle = {
        "op_id": new_ids(), "entity": "site", "id": far["site"], "kind": "settle",
        "body": {
            "conflict": conflict, "choice": "mine", "reason": "because I say so",
            "changes": {"name_en": ["A", "B"]}, "prev": {"name_en": far["site"]},
        },
    }  # fmt: skip
    liar = Device(store, Role.SUPERVISOR, ("47",))
    assert reasons(liar.send(settle)) == ["NotYourRegion"]
    assert next(row[4]["state"] for row in page(store)["rows"] if row[0] == "conflict") == "open"


def test_the_push_of_another_laptop_has_no_effect_a_second_time(store: Store) -> None:
    ann, thief = Device(store), Device(store, Role.INSPECTOR)
    message = ann.message(create("site", SITE))
    ann.push(message)
    with pytest.raises(Refused) as refused:
        thief.push(message)
    assert refused.value.code is Refusal.STREAM_FORKED
    before = page(store)
    judged = thief.push(message.model_copy(update={"stream_id": thief.stream}))
    assert (judged.was, judged.verdicts) == (judged.head, ())
    assert page(store) == before


# -- over HTTP ------------------------------------------------------------------------------------------------------------

Laptop = tuple[str, Ed25519PrivateKey]


def token_of(http: httpx.Client, laptop: Laptop) -> dict[str, str]:
    answer = http.post("/v1/token", json=assertion(*laptop))
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def everything(http: httpx.Client, store: Store, bearer: dict[str, str]) -> list[tuple[int, str]]:
    """Every request of a device: its status and the code of its refusal."""
    hello = wire.Hello(
        protocol=wire.PROTOCOL,
        schema_=wire.VOCABULARY,
        app="1",
        kind="real",
        stream_id=new_ids(),
        client_time="2026-01-01T00:00:00Z",
    )
    message = Device(store).message(create("site", SITE))
    answers = [
        http.post("/v1/sync/hello", content=hello.model_dump_json(by_alias=True), headers=bearer),
        http.post("/v1/sync/push", content=message.model_dump_json(), headers=bearer),
        http.get("/v1/sync/pull?cursor=0", headers=bearer),
    ]
    return [(each.status_code, each.json().get("code", "")) for each in answers]


def test_a_laptop_that_is_shut_out_is_out_at_its_next_request_whatever_it_holds(app_store: Store, http: httpx.Client) -> None:
    lost, kept = enrolled(app_store, http, "ann", Role.REGISTRAR), enrolled(app_store, http, "ann", Role.REGISTRAR)
    bearer = token_of(http, lost)
    assert everything(http, app_store, bearer) == [(200, "")] * 3
    with app_store.writing() as connection:
        access.revoke(connection, lost[0], now=app_store.now())
    assert everything(http, app_store, bearer) == [(401, "device_revoked")] * 3
    answer = http.post("/v1/token", json=assertion(*lost))
    assert (answer.status_code, answer.json()["code"]) == (401, "device_revoked")
    assert everything(http, app_store, token_of(http, kept)) == [(200, "")] * 3


def test_a_person_who_is_removed_is_out_with_every_laptop_and_code_and_comes_back_only_by_a_new_one(
    app_store: Store, http: httpx.Client
) -> None:
    laptop = enrolled(app_store, http, "ann", Role.REGISTRAR)
    bearer = token_of(http, laptop)
    with app_store.writing() as connection:
        code = access.make_code(connection, "ann", now=app_store.now())
        assert access.remove_person(connection, "ann", now=app_store.now()) == 1
    assert everything(http, app_store, bearer) == [(401, "person_removed")] * 3
    assert http.post("/v1/token", json=assertion(*laptop)).json()["code"] == "person_removed"
    asked = {"code": code, "public_key": "0" * 64, "name": "laptop", "kind": "real"}
    assert http.post("/v1/devices/enrol", json=asked).json()["code"] == "bad_code"
    again = enrolled(app_store, http, "ann", Role.INSPECTOR)
    assert everything(http, app_store, token_of(http, again)) == [(200, "")] * 3
    assert everything(http, app_store, bearer) == [(401, "device_revoked")] * 3


def test_a_new_role_and_new_regions_count_from_the_next_request_on(app_store: Store, http: httpx.Client) -> None:
    bearer = token_of(http, enrolled(app_store, http, "ann", Role.REGISTRAR))
    everything(http, app_store, bearer)
    assert len(http.get("/v1/sync/pull?cursor=0", headers=bearer).json()["rows"]) == 1
    with app_store.writing() as connection:
        access.set_person(connection, "ann", role=Role.VIEWER, regions=("63",), now=app_store.now())
    assert http.get("/v1/sync/pull?cursor=0", headers=bearer).json()["rows"] == []
    assert http.get("/v1/sync/pull?cursor=0&only=47", headers=bearer).json()["rows"] == []
    message = Device(app_store).message(create("site", SITE))
    answer = http.post("/v1/sync/push", content=message.model_dump_json(), headers=bearer)
    assert answer.json()["verdicts"][0]["reason"] == "ReadingOnly"


def test_an_access_token_is_signed_by_this_server_with_its_own_algorithm_or_it_opens_nothing(
    app_store: Store, http: httpx.Client
) -> None:
    laptop = enrolled(app_store, http, "ann", Role.REGISTRAR)
    good = token_of(http, laptop)["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(good, options={"verify_signature": False})
    secret = bytes.fromhex(app_store.facts()["token_key"])
    public = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()

    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    def hs256(key: bytes) -> str:
        head = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
        mac = hmac.new(key, head.encode(), hashlib.sha256).digest()
        return f"{head}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

    forged = [
        f"{part({'alg': 'none'})}.{part(claims)}.",
        f"{part({'alg': 'EdDSA'})}.{part(claims)}.",
        hs256(public),
        hs256(secret),
        hs256(public.hex().encode()),
        jwt.encode(claims, laptop[1], algorithm="EdDSA"),
        good.rsplit(".", 1)[0] + "." + "A" * 86,
        good + ".x",
    ]
    late = {**claims, "exp": int(time.time()) - 1}
    other = {**claims, "aud": "assertion"}
    forged += [
        jwt.encode(each, Ed25519PrivateKey.from_private_bytes(secret), algorithm="EdDSA")
        for each in (late, other, {**claims, "exp": "tomorrow"}, {name: claims[name] for name in ("sub", "aud", "exp")})
    ]
    for each in forged:
        assert everything(http, app_store, {"Authorization": f"Bearer {each}"}) == [(401, "bad_token")] * 3


def test_who_guesses_the_password_of_an_account_waits_whichever_process_he_asks(store: Store) -> None:
    with store.writing() as connection:
        access.add_person(connection, "ann", role=Role.INSPECTOR, regions=(), password="right", now=store.now())
        code = access.make_code(connection, "ann", now=store.now())
    asked = {"code": code, "public_key": "0" * 64, "name": "laptop", "kind": "real"}

    def tries(*passwords: str | None) -> list[str]:
        with serving(store) as client:
            given = [asked if each is None else asked | {"password": each} for each in passwords]
            return [client.post("/v1/devices/enrol", json=each).json().get("code", "in") for each in given]

    assert tries(None, "wrong", "") == ["bad_password"] * 3
    assert tries("wrong", "wrong", "right") == ["bad_password", "bad_password", "too_often"]
    with store.writing() as connection:
        connection.execute(text("UPDATE password_failure SET at = '2020'"))
    assert tries("right") == ["in"]


def test_a_paper_that_was_everybodys_comes_to_a_site_once_and_stays_there(store: Store, far: dict[str, str]) -> None:
    paper = create("document", {"type": "OTHER", "no": "1", "issued_on": "2024-01-01"})
    near, wide = Device(store, Role.INSPECTOR, ("47",)), Device(store)
    wide.send(paper)
    assert reasons(near.send(patch("document", paper["id"], "site_id", None, far["site"], paper["id"]))) == ["NotYourRegion"]
    assert reasons(wide.send(patch("document", paper["id"], "site_id", None, far["site"], paper["id"]))) == []
    kept = next(row for row in page(store)["rows"] if row[1] == paper["id"])
    assert kept[4]["site_id"] == far["site"]
    moved = wide.send(patch("document", paper["id"], "site_id", far["site"], None, kept[5]["site_id"]))
    assert reasons(moved) == ["RuleBroken"]
