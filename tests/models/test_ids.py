"""Identities sort by the instant they were made in, and never repeat."""

import itertools
import time
import uuid

from inspector_app.models.ids import Ids


def test_an_id_is_a_uuid_of_version_7_and_names_its_instant():
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(Ids()())
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= time.time_ns() // 1_000_000


def test_each_id_sorts_after_the_one_before_though_the_clock_goes_back():
    clock = itertools.chain([5 << 12, 5 << 12, 3 << 12, 9 << 12], itertools.repeat(0))
    ids = Ids(lambda: next(clock), lambda _bits: 0)
    made = [ids() for _number in range(5000)]
    assert made == sorted(set(made))
    assert all(uuid.UUID(each).version == 7 for each in made)
