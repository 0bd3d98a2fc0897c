"""Hazard properties, Y codes, BIN numbers and texts as people type them."""

import pytest

from inspector_app.domain.errors import BadValue, RuleBroken
from inspector_app.domain.people import LADDER, Role, is_bin, outranks, parse_bin
from inspector_app.domain.texts import fit
from inspector_app.domain.waste import (
    PCB_CODES,
    check_hazards,
    implied,
    parse_code,
    parse_hazards,
    parse_un_no,
    parse_y_codes,
    show_code,
)


@pytest.mark.parametrize("text", ["160209", "16 02 09", "16.02.09", "16 02 09*", "16-02-09", "16\u00a002\u00a009*"])
def test_a_waste_code_is_read_in_any_spelling(text: str) -> None:
    assert parse_code(text) == "160209"
    assert show_code("160209", hazardous=True) == "16 02 09*"


@pytest.mark.parametrize("text", ["", "16", "990101", "000101", "210101", "1602091", "16020x", "٤٤٤٤٤٤", "16 02 09**"])
def test_what_is_no_waste_code_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_code(text)


def test_hazards_are_kept_in_the_order_of_the_law_each_once() -> None:
    assert parse_hazards(["hp 14", "HP06", "C16", "С16", "HP6"]) == ["HP6", "HP14", "C16"]
    for wrong in ("HP16", "HP0", "", "C17", "H3"):
        with pytest.raises(BadValue):
            parse_hazards([wrong])


def test_y_codes_are_kept_in_order_each_once() -> None:
    assert parse_y_codes(["y 45", "У10", "Y4", "Y04"]) == ["Y4", "Y10", "Y45"]
    for wrong in ("Y0", "Y48", "", "Z1", "Y١"):
        with pytest.raises(BadValue):
            parse_y_codes([wrong])


@pytest.mark.parametrize(
    ("code", "hazardous", "hazards", "y_codes", "invariant"),
    [
        ("060101", True, [], [], "INV-02"),
        ("010101", False, ["HP3"], [], "INV-02"),
        ("160209", True, ["HP14"], ["Y10"], "INV-04"),
        ("160209", True, ["C16"], [], "INV-04"),
        ("060101", True, ["HP8"], [], None),
        ("010101", False, [], [], None),
        ("199999", None, [], [], None),
        ("199999", None, ["HP3"], [], None),
    ],
)
def test_code_hazards_and_y_codes_go_together(
    code: str, hazardous: bool | None, hazards: list[str], y_codes: list[str], invariant: str | None
) -> None:
    if invariant is None:
        check_hazards(code, hazardous=hazardous, hazards=hazards, y_codes=y_codes)
        return
    with pytest.raises(RuleBroken) as caught:
        check_hazards(code, hazardous=hazardous, hazards=hazards, y_codes=y_codes)
    assert caught.value.facts["invariant"] == invariant


def test_what_a_form_fills_in_for_pcb_passes_the_rule() -> None:
    for code in PCB_CODES:
        hazards, y_codes = implied(code)
        check_hazards(code, hazardous=True, hazards=hazards, y_codes=y_codes)
    assert implied("060101") == ([], [])


@pytest.mark.parametrize("number", ["120840000012", "990240000020", "850101300015"])
def test_a_bin_carries_its_check_digit(number: str) -> None:
    assert parse_bin(f" {number[:6]} {number[6:]} ") == number
    for digit in "0123456789":
        if digit != number[-1]:
            assert not is_bin(number[:-1] + digit)


@pytest.mark.parametrize("text", ["", "12084000001", "1208400000123", "12084000001x", "١٢٠٨٤٠٠٠٠٠١٢"])
def test_what_is_no_bin_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        parse_bin(text)


def test_roles_are_ordered_by_what_they_are_trusted_with() -> None:
    order = list(LADDER)
    assert all(outranks(high, low) for index, low in enumerate(order) for high in order[index:])
    assert not outranks(Role.INSPECTOR, Role.REGISTRAR)
    assert not any(outranks(Role.ADMINISTRATOR, role) for role in order[1:])


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("  a\r\nb ", "a\nb"), ("", None), ("   ", None), ("и\u0306", "й"), (None, None), (True, True), ([" x ", {"k": " v "}], ["x", {"k": "v"}]),
        (2**53 - 1, 2**53 - 1), (1.5, 1.5),
    ],
)  # fmt: skip
def test_a_text_is_kept_trimmed_and_in_one_form(given: object, kept: object) -> None:
    assert fit("Field", given) == kept


@pytest.mark.parametrize(
    "given", ["a\x00b", "a\x1b[0m", "\ud800", "x" * 20_001, float("nan"), float("inf"), 2**53, ["\ud800"], {"\x00": 1}]
)
def test_what_cannot_be_kept_is_refused(given: object) -> None:
    with pytest.raises(BadValue):
        fit("Field", given)


@pytest.mark.parametrize("written", ["2315", " UN 2315", "un2315", "ООН 2315"])
def test_a_un_number_is_four_digits_however_it_is_written(written):
    assert parse_un_no(written) == "2315"


@pytest.mark.parametrize("wrong", ["31.02.2026", "23155", "-231", "UN", "２３１５"])
def test_what_is_no_un_number_is_refused(wrong):
    with pytest.raises(BadValue):
        parse_un_no(wrong)
