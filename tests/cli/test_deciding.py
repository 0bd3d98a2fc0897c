"""Everything that is decided in the window is decided from the command line: conflicts, proposals, disputes."""

import json
from datetime import date

import pytest
from disputes import a_conflict
from office import Office

from inspector_app.domain.ownership import DocumentType, Status
from inspector_app.domain.people import Role


@pytest.fixture
def inspector(monkeypatch, capsys, new_register):
    """Run one command on an office's register; answers exit code, standard output and standard error."""
    import gc
    import sys

    from inspector_app.cli import start

    office = Office(new_register(person="A. Registrar"))
    limits = gc.get_threshold()

    def run(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["inspector", *map(str, words), "--register", str(office.register.path)])
        with pytest.raises(SystemExit) as ended:
            start.main()
        told = capsys.readouterr()
        return int(ended.value.code or 0), told.out, told.err

    run.office = office  # type: ignore[attr-defined]
    yield run
    gc.set_threshold(*limits)
    gc.unfreeze()


def held(office: Office, column: str):
    return office.ask(f"SELECT {column} FROM site ORDER BY n")[0][0]


def test_conflicts_are_listed_with_all_three_values_both_authors_and_dates(inspector):
    office = inspector.office
    conflict = a_conflict(office.register, office.site(), "lat", 45.0, base=43.1)
    code, out, _err = inspector("conflicts")
    assert code == 0
    for part in (conflict, "site.lat", "Legal fact", "43.1", "45.0", "A. Registrar", "B. Inspector", "30.04.2026 10:30"):
        assert part in out, part
    (told,) = json.loads(inspector("conflicts", "--json")[1])
    assert (told["base"], told["mine"], told["theirs"], told["class"]) == (43.1, held(office, "lat"), 45.0, "legal")


@pytest.mark.parametrize(("keep", "expected"), [("mine", 43.65), ("theirs", 45.0)])
def test_the_words_of_before_keep_one_of_two_values(inspector, keep, expected):
    office = inspector.office
    conflict = a_conflict(office.register, office.site(), "lat", 45.0)
    assert inspector("settle", conflict[:8], "--keep", keep, "--field", "lat")[0] == 0
    assert held(office, "lat") == pytest.approx(expected, abs=0.01)
    assert office.ask("SELECT state, reason FROM conflict") == [("settled", "No reason was given.")]


@pytest.mark.parametrize(
    ("field", "typed", "expected"),
    [
        ("lat", "44.5", 44.5),
        ("lat", "44.5, 51.2", 44.5),
        ("lon", "44.5, 51.2", 51.2),
        ("discovered_on", "31.12.2025", "2025-12-31"),
        ("discovered_on", "2025-12-31", "2025-12-31"),
        ("radiological", "да", 1),
        ("accuracy_m", "12,5", 12.5),
        ("former_owner", "  Old works  ", "Old works"),
        ("former_owner", "", None),
        ("code", "B-77", "B-77"),
    ],
)
def test_a_third_value_is_read_as_the_form_reads_it(inspector, field, typed, expected):
    office = inspector.office
    conflict = a_conflict(office.register, office.site(former_owner="Somebody"), field, None)
    words = ("--reason", "measured again on the spot", "--document", "17/2026")
    code, _out, err = inspector("settle", conflict, "--value", typed, *words)
    assert code == 0, err
    assert held(office, field) == expected
    assert office.ask("SELECT choice, reason FROM conflict") == [("other", "measured again on the spot (17/2026)")]
    assert office.ask(
        "SELECT kind, json_extract(body, '$.changes." + field + "[1]') FROM operation ORDER BY n DESC LIMIT 1"
    ) == [("settle", expected)]
    assert office.ask("SELECT COUNT(*) FROM operation WHERE kind IN ('patch', 'settle')") == [(1,)]


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        ((), 2, "--keep"),
        (("--keep", "his"), 2, "mine or theirs"),
        (("--keep", "mine", "--value", "44.5"), 2, "--keep"),
        (("--value", "north"), 1, "expected"),
        (("--value", "10.5"), 1, "outside Kazakhstan"),
        (("--value", ""), 1, "required"),
        (("--keep", "mine", "--reason", "short"), 1, "ten letters"),
        (("--keep", "mine", "--field", "lon"), 1, "There is no open conflict"),
    ],
)
def test_what_cannot_be_settled_says_why_and_leaves_the_conflict_open(inspector, words, code, part):
    office = inspector.office
    conflict = a_conflict(office.register, office.site(), "lat", 45.0)
    found, out, err = inspector("settle", conflict, *words)
    assert (found, out) == (code, "")
    assert part in err
    assert office.ask("SELECT state FROM conflict") == [("open",)]


def test_a_beginning_that_two_conflicts_share_is_not_enough(inspector):
    office = inspector.office
    site = office.site()
    a_conflict(office.register, site, "lat", 45.0, name="abc1")
    a_conflict(office.register, site, "lon", 52.0, name="abc2")
    code, _out, err = inspector("settle", "abc", "--keep", "mine")
    assert code == 1
    assert "More than one conflict begins so" in err
    assert inspector("settle", "abc", "--keep", "mine", "--field", "lon")[0] == 0


def proposed(office: Office) -> str:
    site, item = office.pending()
    office.paper(site, DocumentType.CONTRACT, date(2026, 1, 10), no="31/2026")
    office.loaded(site, (item, 1_000_000), on=date(2026, 2, 1))
    office.become(Role.INSPECTOR)
    office.step(site, Status.REMOVING, date(2026, 3, 1))
    return office.ask("SELECT code FROM site")[0][0]


def test_a_proposal_is_listed_refused_by_who_may_and_seen_in_the_history(inspector):
    office = inspector.office
    code = proposed(office)
    (told,) = json.loads(inspector("proposals", "--json")[1])
    assert (told["site"], told["to"], told["state"], told["person"]) == (code, "removing", "proposed", "B. Other")
    failed, _out, err = inspector("accept", told["id"])
    assert failed == 1
    assert "may not take the step" in err
    office.become(Role.SUPERVISOR, "C. Head")
    assert inspector("refuse", told["id"], "--reason", "no contract is in force")[0] == 0
    assert "No step of ownership waits" in inspector("proposals")[1]
    assert "Refused: no contract is in force" in inspector("history", code)[1]
    newest = json.loads(inspector("history", code, "--json")[1])[0]
    assert (newest["state"], newest["reason"], newest["to"]) == ("refused", "no contract is in force", "removing")


def test_a_proposal_is_accepted_by_who_may(inspector):
    office = inspector.office
    proposed(office)
    office.become(Role.SUPERVISOR, "C. Head")
    (told,) = json.loads(inspector("proposals", "--json")[1])
    assert inspector("accept", told["id"])[0] == 0
    assert held(office, "status") == "REMOVING"
    code, _out, err = inspector("accept", told["id"])
    assert (code, "open claim" in err) == (1, True)


def test_a_dispute_is_decided_for_the_status_that_stands(inspector):
    office = inspector.office
    code = proposed(office)
    with office.register.hearing() as session:
        session.connection().exec_driver_sql("UPDATE status_event SET state = 'DISPUTED' WHERE state = 'PROPOSED'")
    office.become(Role.REGISTRAR, "A. Registrar")
    words = ("decide", code, "--keep", "current", "--reason")
    assert inspector(*words, "short")[0] == 1
    assert inspector(*words, "no contract is in force", "--document", "404")[0] == 1
    assert inspector(*words, "no contract is in force", "--document", "31/2026")[0] == 0
    assert "no contract is in force (31/2026)" in inspector("history", code)[1]
    assert held(office, "status") == "PENDING_REMOVAL"
