"""The description is true: every call is in it, and schemathesis finds no answer that it does not allow."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from inspector_app.server.app import create
from inspector_app.server.blobs import open_files
from inspector_app.server.store import init_data
from inspector_app.sync import wire
from tests.server.fuzz import fuzz, serving
from tests.sync.conftest import CentralServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CentralServer]:
    made = serving(tmp_path_factory.mktemp("fuzz"))
    made.start()
    yield made
    made.stop()


def test_every_route_is_described(server: CentralServer, tmp_path: Path) -> None:
    store = init_data(tmp_path / "server", url=None, demo=False)
    app = create(store, open_files(tmp_path / "server")).app
    store.close()
    assert isinstance(app, FastAPI)
    routes = {(each.path, method.lower()) for each in app.routes for method in each.methods - {"HEAD"}}
    paths = httpx.get(f"{server.url}/openapi.json").json()["paths"]
    assert {(path, method) for path, calls in paths.items() for method in calls if method != "head"} == routes


def test_the_description_is_made_from_the_messages_and_names_every_refusal(server: CentralServer) -> None:
    told = httpx.get(f"{server.url}/openapi.json").json()
    schemas, push = told["components"]["schemas"], told["paths"]["/v1/sync/push"]["post"]
    assert schemas["Push"]["properties"]["operations"]["maxItems"] == wire.OPERATIONS_PER_PUSH
    assert schemas["Push"]["additionalProperties"] is False
    assert push["security"] == [{"token": []}]
    assert {"200", "401", "409", "413", "422", "429", "503"} <= push["responses"].keys()
    named = {
        code
        for calls in told["paths"].values()
        for call in calls.values()
        for answer in call["responses"].values()
        for content in answer.get("content", {}).values()
        for part in content["schema"].get("allOf", ())
        for code in part.get("properties", {}).get("code", {}).get("enum", ())
    }
    assert named == set(wire.Refusal)


@pytest.mark.parametrize("with_token", [True, False], ids=["with a token", "without"])
def test_schemathesis_runs_clean(server: CentralServer, *, with_token: bool) -> None:
    assert " passed" in fuzz(server, examples=6, with_token=with_token)
