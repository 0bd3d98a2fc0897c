"""Columns share the width of a table so that as much as possible can be read."""

from hypothesis import given
from hypothesis import strategies as st

from inspector_app.ui.widths import shared_out

WANTED = st.dictionaries(st.integers(0, 20), st.integers(1, 900), min_size=1, max_size=12)


def test_columns_get_all_they_want_where_there_is_room():
    assert shared_out({0: 100, 1: 200}, 400, least=64) == {0: 100, 1: 200}


def test_the_widest_give_way_first():
    assert shared_out({0: 80, 1: 400, 2: 500}, 480, least=64) == {0: 80, 1: 200, 2: 200}


@given(WANTED, st.integers(1, 3000), st.integers(1, 100))
def test_no_column_gets_more_than_it_wants_and_the_room_is_kept_where_it_can_be(wanted, room, least):
    widths = shared_out(wanted, room, least=least)
    assert all(1 <= widths[place] <= wanted[place] for place in wanted)
    assert sum(widths.values()) <= max(room, sum(min(width, least) for width in wanted.values()))
