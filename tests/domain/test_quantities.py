"""Masses, volumes and money as people write them become integers, exactly."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector_app.domain.errors import BadValue
from inspector_app.domain.quantities import grams, parse_mass, parse_number, parse_tenge
from inspector_app.domain.waste import Unit


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 204,5", "1204.5"), ("1204.5", "1204.5"), ("1,204.5", "1204.5"), ("1.204,5", "1204.5"), ("-3", "-3"), ("\u22123,5", "-3.5"),
        ("1\u202f204", "1204"), ("1\u00a0204,50", "1204.50"), ("+7", "7"), ("0", "0"), ("1'000", "1000"), ("1,234,567.8", "1234567.8"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_here_write_it(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "x", "1e5", "NaN", "inf", "1.2.3", "1,2,3", "--1", "1-", "٤", "1" * 40, ".5", "5."])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_number(text)


@pytest.mark.parametrize(
    ("text", "mass_g"),
    [
        ("1 204,5 т", 1_204_500_000), ("350 kg", 350_000), ("350", 350_000), ("0,001 kg", 1), ("12 г", 12), ("360 Mt", 360 * 10**12),
        ("2,5t", 2_500_000), ("1.5 кг", 1_500), ("0 t", 0), ("5 Т.", 5_000_000),
    ],
)  # fmt: skip
def test_a_mass_becomes_whole_grams(text: str, mass_g: int) -> None:
    assert parse_mass(text) == mass_g


def test_a_volume_becomes_a_mass_by_its_density() -> None:
    assert parse_mass("2,4 м3", density="1,5") == 3_600_000
    assert parse_mass("100 l", density="0.9") == 90_000
    assert grams("1", Unit.M3, density="1.54") == 1_540_000
    assert grams("3", Unit.PCS) is None
    assert grams("4.16e0".replace("e0", ""), Unit.BQ) is None


@pytest.mark.parametrize("text", ["", "kg", "-1 kg", "5 lb", "5 kg 3", "1e9 t", "99999999999999 t", "2 m3", "t 5", "nan kg"])
def test_what_is_no_mass_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_mass(text)


@pytest.mark.parametrize("density", [None, "", "0", "-1", "26", "x"])
def test_a_volume_without_a_possible_density_is_refused(density: str | None) -> None:
    with pytest.raises(BadValue):
        grams("1", Unit.L, density=density)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("11 900 000 000", 11_900_000_000), ("11,9 млрд", 11_900_000_000), ("5 bn ₸", 5_000_000_000), ("2,5 млн тг", 2_500_000),
        ("0", 0), ("1 тыс.", 1_000), ("42.3 bn KZT", 42_300_000_000), ("7 мың", 7_000),
    ],
)  # fmt: skip
def test_money_becomes_whole_tenge(text: str, amount: int) -> None:
    assert parse_tenge(text) == amount


@pytest.mark.parametrize("text", ["", "-1", "1,5", "1,00005 млрд ₸ x", "9" * 17, "bn", "1,2345 тыс"])
def test_money_that_is_no_whole_tenge_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_tenge(text)


@given(st.integers(0, 10**15))
def test_no_gram_is_lost_on_the_way_through_text(mass_g: int) -> None:
    whole, rest = divmod(mass_g, 1_000_000)
    assert parse_mass(f"{whole},{rest:06} т") == mass_g
    assert grams(Decimal(mass_g) / 1000, Unit.KG) == mass_g
