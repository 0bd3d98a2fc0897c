"""Anything is found by what it begins with, and no input breaks the search."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector_app.models.queries.hits import HitKind
from inspector_app.models.queries.matching import match_words
from inspector_app.models.queries.search import search
from inspector_app.models.queries.sites import SiteFilter, SiteOrder, sites


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    import county as scene
    from office import Office

    from inspector_app.models.register import Register

    register = Register.create(tmp_path_factory.mktemp("search") / "search.register", person="A. Registrar")
    scene.fill(Office(register))
    yield register
    register.close()


def found(register, typed):
    with register.reading() as session:
        return search(session, typed=typed)


@pytest.mark.parametrize(
    ("typed", "kind", "called"),
    [
        ("azpm", HitKind.SITE, "AZPM"),
        ("Уче", HitKind.SITE, "TS-01"),
        ("УЧЕБНЫЙ объ", HitKind.SITE, "TS-01"),
        ("оқу", HitKind.SITE, "TS-01"),
        ("ёлка", HitKind.SITE, "TS-14"),
        ("сн-0042", HitKind.PCB_ITEM, "KZ-PCB-47-000001"),
        ("KZ-PCB-47", HitKind.PCB_ITEM, "KZ-PCB-47-000001"),
        ("4-U", HitKind.DOCUMENT, "4-U"),
        ("16 02 09", HitKind.WASTE_TYPE, "16 02 09*"),
        ("160209", HitKind.WASTE_TYPE, "16 02 09*"),
        ("16.02.09*", HitKind.WASTE_TYPE, "16 02 09*"),
        ("конденсаторы", HitKind.WASTE_TYPE, "16 02 09*"),
        ("06 01 01", HitKind.WASTE_ITEM, "06 01 01*"),
        ("District", HitKind.DECISION, "1"),
    ],
)
def test_it_is_found_by_what_it_begins_with(county, typed, kind, called):
    assert called in {hit.called for hit in found(county, typed) if hit.kind is kind}


def test_an_exact_code_comes_before_everything_else(county):
    assert found(county, "ts-14")[0].called == "TS-14"


def test_at_most_five_of_a_kind_are_listed(county):
    hits = found(county, "ts")
    assert len([hit for hit in hits if hit.kind is HitKind.SITE]) == 5


def test_a_hit_leads_to_its_site(county):
    (item,) = [hit for hit in found(county, "сн-0042") if hit.kind is HitKind.PCB_ITEM]
    assert item.site_code == "TS-12"
    assert item.name_en == "UKKZ СН-0042"


@pytest.mark.parametrize(
    "typed",
    ["", "   ", '"', "'; DROP TABLE site; --", "AND", "NOT OR", "a*b", "(", "col:x", "^a", "-", "NEAR(a b)", "\x00", "\ud800", "%", "_",
     "{}", "x" * 5000, "a " * 5000, "\u202e", "🛢", "16 02 09 10 11 12 13"],
)  # fmt: skip
def test_hostile_input_is_searched_for_like_any_other(county, typed):
    assert isinstance(found(county, typed), list)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_search_or_filter(county, typed):
    found(county, typed)
    with county.reading() as session:
        sites(session, chosen=SiteFilter(text=typed))


def test_operators_are_words_like_others():
    assert match_words('code OR "x') == '"code"* "OR"* "x"*'
    assert match_words("--- !!") == ""


def codes(register, order=SiteOrder.CODE, *, descending=False, language="en", **parts):
    with register.reading() as session:
        answer = sites(session, chosen=SiteFilter(**parts), order=order, descending=descending, language=language)
        assert len(answer.numbers) == len(answer.first)
        assert answer.total == 14
        return [row.code for row in answer.first]


def test_every_part_of_the_filter_finds_its_sites(county):
    from inspector_app.domain.ownership import Status

    assert codes(county, state_owned=True) == ["AZPM", "TS-10", "TS-11", "TS-12", "TS-13"]
    assert codes(county, statuses=frozenset({Status.REMOVING})) == ["AZPM"]
    assert codes(county, regions=frozenset({"55"})) == ["TS-01", "TS-05"]
    assert codes(county, hazards=frozenset({"HP8"})) == ["AZPM", "TS-10", "TS-11"]
    assert codes(county, hazards=frozenset({"HP1"})) == []
    assert codes(county, pcb=True) == ["TS-12"]
    assert codes(county, remaining=True) == ["AZPM", "TS-10", "TS-11"]
    assert codes(county, removed_in=2023) == ["AZPM"]
    assert codes(county, removed_in=2022) == []
    assert codes(county, waste="0601") == ["AZPM", "TS-10", "TS-11"]
    assert codes(county, text="небом") == ["TS-12", "TS-13"]
    assert codes(county, text="AZ") == ["AZPM"]
    assert codes(county, disputed=True) == []
    assert codes(county, state_owned=True, regions=frozenset({"55"})) == []


def test_a_programme_is_a_part_of_the_filter(county):
    from inspector_app.models.queries.sites import programmes

    with county.reading() as session:
        ((identity, en, ru, kk),) = programmes(session)
    assert (en, ru, kk) == ("Legacy waste", "Исторические отходы", "Исторические отходы")
    assert codes(county, programmes=frozenset({identity})) == ["AZPM", "TS-10"]


@pytest.mark.parametrize("order", list(SiteOrder))
def test_every_order_turned_round_holds_the_same_sites(county, order):
    up, down = codes(county, order), codes(county, order, descending=True)
    assert sorted(up) == sorted(down)
    assert len(up) == 14


def test_names_are_sorted_in_the_language_of_the_window(county):
    english = codes(county, SiteOrder.NAME)
    russian = codes(county, SiteOrder.NAME, language="ru")
    assert english[0] == "TS-14"  # '<' comes before letters
    assert russian.index("TS-12") < russian.index("TS-01")  # Под… before Учебный…
