"""The real server and enrolled laptops of tests/sync, for tests that make their line and their machines bad."""

from tests.sync.conftest import _key_in_a_file, laptop, new_server, server

__all__ = ["_key_in_a_file", "laptop", "new_server", "server"]
