"""What two laptops must get from a server, once more over PostgreSQL."""

from collections.abc import Callable

import pytest

from tests.postgres import Cluster
from tests.sync.conftest import CentralServer
from tests.sync.test_two_laptops import (  # noqa: F401 - the same promises, of the server below
    test_a_copied_laptop_is_noticed_and_loses_nothing,
    test_a_new_laptop_takes_a_whole_register_with_derived_values_and_search,
    test_a_server_set_back_to_a_copy_gets_everything_again,
    test_different_fields_merge_and_the_same_value_is_no_conflict,
    test_what_one_laptop_records_the_other_shows_with_the_same_tally,
)


@pytest.fixture
def server(new_server: Callable[..., CentralServer], postgresql: Cluster) -> CentralServer:
    """A real server over PostgreSQL."""
    return new_server(url=postgresql.new_database())
