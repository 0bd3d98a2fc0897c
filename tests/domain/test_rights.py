"""The table of rights by itself: complete, readable, and shut where nobody said anything."""

import pytest

from inspector_app.domain import rights
from inspector_app.domain.errors import NotYourRegion, NotYourTask, ReadingOnly
from inspector_app.domain.people import Role
from inspector_app.i18n import words
from tests.rights_table import cells, is_complete

_FILLED = {("site", "register_no"), ("status_event", "historical")}


def test_every_cell_is_as_it_was_decided_and_nothing_is_forgotten() -> None:
    assert is_complete()
    for role in Role:
        for cell in cells(role):
            named = (cell.field,) if cell.field else ()
            assert rights.may(role, cell.entity, cell.kind, named) is cell.is_allowed, cell


@pytest.mark.parametrize("role", Role)
def test_what_nobody_knows_is_denied_to_everybody(role: Role) -> None:
    for entity, kind in (("person", "create"), ("site", "purge"), ("conflict", "create"), ("site", "settle"), ("", "")):
        assert not rights.may(role, entity, kind)
    assert not rights.may("KING", "site", "patch")  # type: ignore[arg-type]


def test_a_refusal_says_which_role_to_ask() -> None:
    with pytest.raises(NotYourTask) as refused:
        rights.check(Role.INSPECTOR, "contract", "create")
    assert refused.value.facts == {"role": "Inspector", "what": "contract", "accepts": "Office, Supervisor, Registrar"}
    with pytest.raises(NotYourTask) as refused:
        rights.check(Role.SUPERVISOR, "site", "patch", ("name_en", "register_no"))
    assert refused.value.facts == {"role": "Supervisor", "what": "register number", "accepts": "Registrar"}
    with pytest.raises(NotYourTask) as refused:
        rights.check(Role.REGISTRAR, "ledger_entry", "patch")
    assert refused.value.facts["accepts"] == "nobody"
    for role in (Role.VIEWER, Role.ADMINISTRATOR):
        with pytest.raises(ReadingOnly):
            rights.check(role, "site", "patch")


@pytest.mark.parametrize(
    ("kind", "least"), [("plain", Role.INSPECTOR), ("legal", Role.SUPERVISOR), ("delete", Role.SUPERVISOR)]
)
def test_conflicts_are_settled_by_their_class(kind: str, least: Role) -> None:
    order = [Role.INSPECTOR, Role.OFFICE, Role.SUPERVISOR, Role.REGISTRAR]
    may = {role for role in Role if rights.may(role, "conflict", "settle", (kind,))}
    assert may == set(order[order.index(least) :])


def test_a_region_reaches_its_own_and_what_is_everybodys() -> None:
    assert rights.reaches((), "47")
    assert rights.reaches(("47",), None)
    assert rights.reaches(("47", "63"), "63")
    assert not rights.reaches(("47",), "63")
    with pytest.raises(NotYourRegion):
        rights.check_region(("47",), "63")
    assert rights.listed("") == ()
    assert rights.listed("47,63") == ("47", "63")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The record lies in this region: Pavlodar Region. You work in: Kostanay Region, Mangystau Region."),
        ("ru", "Регион записи: Павлодарская область. Вы работаете здесь: Костанайская область, Мангистауская область."),
        ("kk", "Жазбаның өңірі: Павлодар облысы. Сіздің жұмыс өңіріңіз: Қостанай облысы, Маңғыстау облысы."),
    ],
)
def test_who_works_elsewhere_reads_the_names_of_the_regions(language: str, said: str) -> None:
    with pytest.raises(NotYourRegion) as refused:
        rights.check_region(("47", "39"), "55")
    told = words(language)
    # the server's answer carries digits alone
    answered = NotYourRegion(**{name: str(value) for name, value in refused.value.facts.items()})
    for error in (refused.value, answered):
        assert told.say(error.happened, **told.told(error.facts)) == said
    assert refused.value.facts == {"region": "55", "regions": "39, 47"}
