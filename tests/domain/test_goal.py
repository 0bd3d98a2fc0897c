"""The way to 2030: the pace so far, the pace needed, the band of the forecast."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.domain.goal import goal_day, way

TODAY = date(2026, 1, 1)
OWNED = {"2021-06": 9, "2022-03": 8}
CLOSED = {"2023-01": 2, "2023-09": 2, "2024-06": 3, "2025-02": 1, "2025-12": 2}


def test_the_published_sites_give_seven_open_and_the_pace_that_2030_needs() -> None:
    found = way(OWNED, CLOSED, today=TODAY)

    assert found.still_open == 7
    assert found.goal == date(2030, 1, 1)
    assert found.needed == pytest.approx(7 / 4, abs=0.01)
    assert found.pace == pytest.approx(10 / 4.587, abs=0.01)
    assert found.is_on_track
    assert found.steps[0] == (date(2021, 6, 1), 9)
    assert found.steps[-1] == (date(2025, 12, 1), 7)


def test_the_forecast_lies_between_an_early_and_a_late_day() -> None:
    found = way(OWNED, CLOSED, today=TODAY)
    assert found.early is not None
    assert found.late is not None
    assert TODAY < found.early < found.late
    assert found.band[0] == (TODAY, 7.0, 7.0)
    assert found.band[-1][0] > found.goal


def test_without_a_closure_there_is_a_need_but_no_forecast() -> None:
    found = way(OWNED, {}, today=TODAY)
    assert (found.still_open, found.pace, found.early, found.late, found.band) == (17, None, None, None, ())
    assert not found.is_on_track


def test_an_empty_register_is_there_already() -> None:
    found = way({}, {}, today=TODAY)
    assert found.is_reached
    assert found.is_on_track
    assert found.needed == 0


def test_after_the_goal_no_pace_is_enough() -> None:
    found = way(OWNED, CLOSED, today=date(2030, 6, 1))
    assert found.needed is None
    assert not found.is_on_track


MONTHS = st.dictionaries(st.dates(date(2015, 1, 1), TODAY).map(lambda day: f"{day:%Y-%m}"), st.integers(0, 50), max_size=20)


@given(MONTHS, MONTHS)
def test_the_last_step_is_what_is_still_open_and_the_band_never_rises_or_crosses(
    owned: dict[str, int], closed: dict[str, int]
) -> None:
    found = way(owned, closed, today=TODAY)
    assert found.still_open == sum(owned.values()) - sum(closed.values())
    if found.steps:
        assert found.steps[-1][1] == found.still_open
    for (_day, low, high), (_next, low_then, high_then) in zip(found.band, found.band[1:], strict=False):
        assert 0 <= low_then <= max(low, 0)
        assert high_then <= max(high, 0)
        assert low <= high or found.still_open < 0


def test_by_2030_means_before_2030_begins() -> None:
    assert goal_day(2030) == date(2030, 1, 1)
