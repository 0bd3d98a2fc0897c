"""The waste classifier that ships with the program."""

import csv
import re
from pathlib import Path

import pytest

from inspector_app.models.queries.classifier import waste_types

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "waste_codes.csv"


@pytest.fixture
def every_type(register):
    with register.reading() as session:
        return waste_types(session)


def test_it_holds_every_six_digit_type(every_type):
    assert len(every_type) == 842


@pytest.mark.skipif(not REFERENCE.exists(), reason="the reference list is not beside this checkout")
def test_every_code_flag_and_entry_agrees_with_the_reference(every_type):
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        expected = {(row["code"], row["hazardous"] == "1", row["entry"]) for row in csv.DictReader(file)}
    assert {(each.code, each.hazardous, str(each.entry)) for each in every_type} == expected


def test_every_type_is_named_in_english_and_russian_and_kazakh_falls_back(every_type):
    for each in every_type:
        assert re.search("[A-Za-z]", each.name_en)
        assert re.search("[А-Яа-я]", each.name_ru)
        assert each.name_kk


def test_a_code_is_found_however_it_is_written(register):
    with register.reading() as session:
        for written in ("160209", "16 02 09", "16.02.09", "16 02 09*"):
            assert [each.shown for each in waste_types(session, search=written)] == ["16 02 09*"]


def test_words_are_found_in_any_language_and_case(register):
    with register.reading() as session:
        english, russian = (
            waste_types(session, search=words) for words in ("TRANSFORMERS capacitors", "ТРАНСФОРМАТОРЫ конденсаторы")
        )
    assert "160209" in {each.code for each in english}
    assert {each.code for each in russian} <= {each.code for each in english}
    assert russian


@pytest.mark.parametrize("hostile", ["'; DROP TABLE waste_type; --", "%", "_", "\x00", "ÿ" * 5000, '"', "*"])
def test_hostile_words_find_nothing_or_something_but_break_nothing(register, hostile):
    with register.reading() as session:
        assert len(waste_types(session, search=hostile)) <= 842
