"""What two laptops must get from a server, once more over PostgreSQL."""

from collections.abc import Callable

import pytest

from inspector_app.models.register import Register
from inspector_app.sync import round as rounds
from tests.postgres import Cluster
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site, edit, rows, value
from tests.sync.test_two_laptops import (  # noqa: F401 - the same promises, of the server below
    test_a_new_laptop_takes_a_whole_register_with_derived_values_and_search,
    test_different_fields_merge_and_the_same_value_is_no_conflict,
    test_what_one_laptop_records_the_other_shows_with_the_same_tally,
)

Laptop = Callable[..., Register]


@pytest.fixture
def server(new_server: Callable[..., CentralServer], postgresql: Cluster) -> CentralServer:
    """A real server over PostgreSQL."""
    return new_server(url=postgresql.new_database())


def test_a_server_is_set_back_beside_its_running_processes_and_laptops_send_again(
    laptop: Laptop, server: CentralServer
) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    copy = server.data.parent / "copy.db"
    server.command("backup", str(copy))
    new = laptop("cecil")
    for each, name in ((ann, "name_en"), (bob, "address"), (new, "name_ru")):
        rounds.sync(each)
        edit(each, site, **{name: "After the copy"})
        rounds.sync(each)

    server.command("restore", str(copy))

    for each in (new, ann, bob, new, ann, bob):
        rounds.sync(each)
    assert rows(ann) == rows(bob) == rows(new)
    assert {value(bob, site, name) for name in ("name_en", "address", "name_ru")} == {"After the copy"}
    assert server.command("check") == "Rows, operations and their chains agree; every file is whole."
