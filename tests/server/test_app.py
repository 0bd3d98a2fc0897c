"""What strangers, thieves and liars get from the routes."""

import gzip
import json
import secrets
import time

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inspector_app.models.register import new_ids
from inspector_app.server import access, sealing
from inspector_app.server.store import Store
from inspector_app.sync import wire


def assertion(device_id: str, key: object, **changed: object) -> dict[str, str]:
    now = int(time.time())
    claims = {"iss": device_id, "aud": "assertion", "iat": now, "exp": now + 60, "jti": secrets.token_hex(8)} | changed
    return {"assertion": jwt.encode(claims, key, algorithm="EdDSA" if isinstance(key, Ed25519PrivateKey) else "HS256")}  # type: ignore[arg-type]


def test_health_is_told_to_everybody(http: httpx.Client) -> None:
    answer = http.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["ok"] is True


@pytest.mark.parametrize(
    "path", ["/v1/sync/hello", "/v1/sync/push", "/v1/sync/sealed", "/v1/sync/pull?cursor=0", "/v1/sync/rows", "/docs"]
)
def test_without_a_token_there_is_nothing(http: httpx.Client, path: str) -> None:
    answer = http.get(path) if "pull" in path or path == "/docs" else http.post(path, json={})
    assert answer.status_code in {401, 404, 422}
    assert answer.headers["content-type"] == "application/problem+json"


def test_an_assertion_is_good_once_and_only_with_the_right_key_audience_and_time(
    http: httpx.Client, device: tuple[str, Ed25519PrivateKey]
) -> None:
    device_id, key = device
    good = assertion(device_id, key)
    assert http.post("/v1/token", json=good).status_code == 200
    for bad in (
        good,
        assertion(device_id, Ed25519PrivateKey.generate()),
        assertion(device_id, "0" * 64),
        assertion(device_id, key, aud="access"),
        assertion(device_id, key, iat=0, exp=60),
        assertion(device_id, key, exp=int(time.time()) - 1),
        assertion("nobody", key),
        {"assertion": jwt.encode({"iss": device_id, "aud": "assertion"}, None, algorithm="none")},
        {"assertion": "x.y.z"},
    ):
        assert http.post("/v1/token", json=bad).status_code == 401


def test_a_token_is_no_assertion_and_a_forged_one_opens_nothing(
    http: httpx.Client, device: tuple[str, Ed25519PrivateKey]
) -> None:
    device_id, key = device
    token = http.post("/v1/token", json=assertion(device_id, key)).json()["access_token"]
    with_token = {"Authorization": f"Bearer {token}"}
    assert http.get("/v1/sync/pull?cursor=0", headers=with_token).status_code == 200
    assert http.post("/v1/token", json={"assertion": token}).status_code == 401
    forged = jwt.encode(jwt.decode(token, options={"verify_signature": False}), key, algorithm="EdDSA")
    for bad in (forged, token[:-4] + "AAAA", assertion(device_id, key)["assertion"]):
        answer = http.get("/v1/sync/pull?cursor=0", headers={"Authorization": f"Bearer {bad}"})
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_token")
    for cursor in ("-1", "x", "99999999999999999999999", "0&limit=0", "0&limit=999999999"):
        assert http.get(f"/v1/sync/pull?cursor={cursor}", headers=with_token).status_code == 422


def test_what_is_too_large_is_refused_before_it_is_unpacked(http: httpx.Client) -> None:
    bomb = gzip.compress(b"0" * (wire.UNPACKED_LIMIT + 1))
    packed = {"Content-Encoding": "gzip"}
    assert http.post("/v1/token", content=bomb, headers=packed).status_code == 413
    assert http.post("/v1/token", content=secrets.token_bytes(wire.BODY_LIMIT + 1)).status_code == 413
    for broken in (b"", b"x", gzip.compress(b"{}")[:-3]):
        assert http.post("/v1/token", content=broken, headers=packed).status_code == 422


def test_the_sealing_key_is_told_to_who_knows_the_field_and_to_nobody_else(
    http: httpx.Client, app_store: Store, device: tuple[str, Ed25519PrivateKey]
) -> None:
    token = http.post("/v1/token", json=assertion(*device)).json()["access_token"]
    hello = {
        "protocol": 1,
        "schema": 2,
        "app": "1",
        "kind": "real",
        "stream_id": new_ids(),
        "client_time": "2026-01-01T00:00:00Z",
    }
    headers = {"Authorization": f"Bearer {token}"}
    old = http.post("/v1/sync/hello", json=hello, headers=headers).json()
    new = http.post("/v1/sync/hello", json=hello, headers=headers | {"Prefer": "respond-async, sealing-key"}).json()
    assert "sealing_key" not in old
    assert new["sealing_key"] == sealing.public(app_store.facts())
    assert old.keys() == new.keys() - {"sealing_key"}
    with app_store.writing() as connection:
        codes = [access.make_code(connection, "ann", now=app_store.now()) for _n in range(2)]
    asked = {"public_key": "0" * 64, "name": "l", "kind": "real"}
    old = http.post("/v1/devices/enrol", json={**asked, "code": codes[0]}).json()
    new = http.post("/v1/devices/enrol", json={**asked, "code": codes[1]}, headers={"Prefer": "sealing-key"}).json()
    assert old.keys() == new.keys() - {"sealing_key", "epoch"}
    assert (new["sealing_key"], new["epoch"]) == (sealing.public(app_store.facts()), app_store.facts()["epoch"])


def test_what_is_no_piece_of_sealed_work_is_refused_whoever_brings_it(
    http: httpx.Client, app_store: Store, device: tuple[str, Ed25519PrivateKey]
) -> None:
    token = http.post("/v1/token", json=assertion(*device)).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/octet-stream"}
    key = sealing.public(app_store.facts())
    label = {"to": key, "file_id": new_ids(), "piece": 1, "is_last": True, "protocol": 1, "vocabulary": 2}
    for content, told in (
        (b"", (409, "not_sealed")),
        (b"\xff\xff", (409, "not_sealed")),
        (secrets.token_bytes(1000), (409, "not_sealed")),
        (piece(label | {"to": "0" * 64}), (409, "other_server")),
        (piece(label), (409, "altered")),
        (piece(label | {"piece": 0}), (409, "not_sealed")),
        (piece(label | {"more": 1}), (409, "not_sealed")),
        (secrets.token_bytes(wire.BODY_LIMIT + 1), (413, "too_large")),
    ):
        answer = http.post("/v1/sync/sealed", content=content, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == told
        assert answer.headers["content-type"] == "application/problem+json"
    assert http.post("/v1/sync/sealed", content=piece(label)).status_code == 401


def piece(label: dict[str, object]) -> bytes:
    """A label, and noise in the place of what is sealed."""
    told = json.dumps(label).encode()
    return len(told).to_bytes(2) + told + secrets.token_bytes(200)


def test_who_guesses_codes_has_to_wait_and_is_told_how_long(http: httpx.Client) -> None:
    guess = {"code": "x", "public_key": "0" * 64, "name": "l", "kind": "real"}
    one_code = [http.post("/v1/devices/enrol", json=guess).status_code for _n in range(6)]
    many_codes = [http.post("/v1/devices/enrol", json={**guess, "code": f"{n}"}) for n in range(6)]
    assert one_code == [403] * 5 + [429]
    assert [each.status_code for each in many_codes] == [403] * 5 + [429]
    assert 3000 < int(many_codes[-1].headers["retry-after"]) <= 3600


def test_a_laptop_shut_out_that_goes_on_knocking_locks_out_nobody_beside_it(
    http: httpx.Client, app_store: Store, device: tuple[str, Ed25519PrivateKey]
) -> None:
    device_id, key = device
    stranger = new_ids()
    knocks = [http.post("/v1/token", json=assertion(stranger, key)).status_code for _n in range(31)]
    assert knocks == [401] * 30 + [429]
    assert http.post("/v1/token", json=assertion(device_id, key)).status_code == 200


def test_a_refusal_tells_nothing_of_the_inside(http: httpx.Client) -> None:
    text = json.dumps(http.post("/v1/token", json={"assertion": 3}).json())
    assert "Traceback" not in text
    assert "/inspector_app/" not in text
