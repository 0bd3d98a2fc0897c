"""Steps of ownership through the actions: the life of a site, laps, proposals, history."""

from datetime import date

import pytest
from office import D, Office

from inspector_app.actions import documents, money, ownership, removal
from inspector_app.domain.errors import (
    BadValue,
    BasisMissing,
    Duplicate,
    GuardUnmet,
    InspectorError,
    ReadingOnly,
    RoleMayNot,
    RuleBroken,
    StepForbidden,
)
from inspector_app.domain.ownership import CourtResult, DocumentType, OwnershipType, Status
from inspector_app.domain.people import Role
from inspector_app.domain.removal import TenderResult
from inspector_app.models.documents import Document
from inspector_app.models.queries.facts import event_gaps, outlooks, papers

T = DocumentType


def status(office: Office, site: str) -> str:
    return office.ask("SELECT status FROM site WHERE id = :id", id=site)[0][0]


def test_a_site_goes_from_discovery_to_removal_and_every_event_rests_on_its_papers(office: Office) -> None:
    site, item = office.pending()
    office.destroyed(site, (item, 5_000_000), on=D(2020, 10, 1))
    office.step(site, Status.REMOVING, D(2020, 10, 1), T.CONTRACT)
    office.step(site, Status.REMOVED, D(2020, 11, 1), T.CLEARANCE_ACT)

    chain = office.ask("SELECT from_status, to_status, position, json_array_length(basis) FROM status_event ORDER BY position")
    assert chain == [
        (None, "DISCOVERED", 1, 0),
        ("DISCOVERED", "OWNER_SEARCH", 2, 1),
        ("OWNER_SEARCH", "CLAIM_FILED", 3, 2),
        ("CLAIM_FILED", "DECIDED", 4, 1),
        ("DECIDED", "UNDER_INSPECTION", 5, 2),
        ("UNDER_INSPECTION", "PENDING_REMOVAL", 6, 0),
        ("PENDING_REMOVAL", "REMOVING", 7, 1),
        ("REMOVING", "REMOVED", 8, 1),
    ]
    assert office.ask("SELECT status, status_since, state_owned_since FROM site") == [("REMOVED", "2020-11-01", "2020-07-01")]


def test_azpm_may_fail_to_be_sold_and_be_removed_in_two_laps(office: Office) -> None:
    site, item = office.pending()
    tender = office.do(money.announce_tender, site, on=D(2020, 9, 2))
    office.step(site, Status.FOR_SALE, D(2020, 9, 2))
    office.do(money.close_tender, tender, result=TenderResult.FAILED, on=D(2020, 10, 1))
    office.step(site, Status.PENDING_REMOVAL, D(2020, 10, 1), T.SALE_PROTOCOL)
    office.destroyed(site, (item, 1_000_000), on=D(2021, 3, 1))
    office.step(site, Status.REMOVING, D(2021, 3, 1), T.CONTRACT)
    office.step(site, Status.PENDING_REMOVAL, D(2021, 12, 1), T.WORKS_ACT)
    office.destroyed(site, (item, 4_000_000), on=D(2022, 3, 1))
    office.step(site, Status.REMOVING, D(2022, 3, 1), T.CONTRACT)
    office.step(site, Status.REMOVED, D(2022, 12, 1), T.CLEARANCE_ACT)

    assert status(office, site) == "REMOVED"


def test_the_contract_of_an_earlier_lap_serves_no_second_time(office: Office) -> None:
    site, item = office.pending()
    office.destroyed(site, (item, 1_000_000), on=D(2021, 3, 1))
    first = office.paper(site, T.CONTRACT, D(2021, 3, 1))
    office.step(site, Status.REMOVING, D(2021, 3, 1))
    office.step(site, Status.PENDING_REMOVAL, D(2021, 12, 1), T.WORKS_ACT)
    office.destroyed(site, (item, 1_000_000), on=D(2022, 3, 1))

    with pytest.raises(BasisMissing):
        office.step(site, Status.REMOVING, D(2022, 3, 1))
    with pytest.raises(BasisMissing):
        office.do(ownership.take_step, site, Status.REMOVING, on=D(2022, 3, 1), documents=[first])
    office.step(site, Status.REMOVING, D(2022, 3, 1), T.CONTRACT)


def test_a_batch_of_an_earlier_lap_does_not_open_the_next(office: Office) -> None:
    site, item = office.pending()
    office.destroyed(site, (item, 1_000_000), on=D(2021, 3, 1))
    office.step(site, Status.REMOVING, D(2021, 3, 1), T.CONTRACT)
    office.step(site, Status.PENDING_REMOVAL, D(2021, 12, 1), T.WORKS_ACT)

    with pytest.raises(GuardUnmet):
        office.step(site, Status.REMOVING, D(2022, 3, 1), T.CONTRACT)


def test_a_decision_that_an_appeal_cancelled_proves_nothing_any_more(office: Office) -> None:
    site = office.site()
    office.step(site, Status.OWNER_SEARCH, D(2020, 2, 1), T.SURVEY_ACT)
    office.step(site, Status.CLAIM_FILED, D(2020, 3, 1), T.CLAIM, T.OWNER_INQUIRY)
    office.decision(site, D(2020, 4, 1))
    office.step(site, Status.DECIDED, D(2020, 4, 1), T.COURT_DECISION)
    office.step(site, Status.CLAIM_FILED, D(2020, 6, 1), T.COURT_DECISION)

    with pytest.raises(GuardUnmet):
        office.step(site, Status.DECIDED, D(2020, 7, 1), T.COURT_DECISION)
    office.decision(site, D(2020, 7, 1))
    office.step(site, Status.DECIDED, D(2020, 7, 1))
    assert status(office, site) == "DECIDED"


def test_communal_ownership_rests_on_the_decision_that_made_it(office: Office) -> None:
    site = office.site()
    office.step(site, Status.OWNER_SEARCH, D(2020, 2, 1), T.SURVEY_ACT)
    office.step(site, Status.CLAIM_FILED, D(2020, 3, 1), T.CLAIM, T.OWNER_INQUIRY)
    office.decision(site, D(2020, 4, 1), ownership=OwnershipType.COMMUNAL, in_force_on=None)
    office.step(site, Status.DECIDED, D(2020, 4, 1), T.COURT_DECISION)
    with pytest.raises(GuardUnmet):
        office.step(site, Status.COMMUNAL, D(2020, 5, 1))
    decision = office.ask("SELECT id FROM court_decision")[0][0]
    office.do(ownership.change_decision, decision, in_force_on=D(2020, 5, 1))
    office.step(site, Status.COMMUNAL, D(2020, 5, 1))

    assert status(office, site) == "COMMUNAL"
    assert office.ask("SELECT count FROM counter WHERE kind = 'state_owned'") in ([], [(0,)])


def test_a_paper_issued_after_the_day_is_no_basis_for_it(office: Office) -> None:
    site = office.site()
    office.paper(site, T.SURVEY_ACT, D(2020, 3, 2))
    with pytest.raises(BasisMissing):
        office.step(site, Status.OWNER_SEARCH, D(2020, 3, 1))
    office.step(site, Status.OWNER_SEARCH, D(2020, 3, 2))


def test_an_old_paper_of_the_kind_other_opens_no_new_inspection(office: Office) -> None:
    site, _item = office.pending()
    office.paper(site, T.OTHER, D(2020, 1, 5))
    with pytest.raises(BasisMissing):
        office.step(site, Status.UNDER_INSPECTION, D(2020, 10, 1))
    office.step(site, Status.UNDER_INSPECTION, D(2020, 10, 1), T.OTHER)


def test_a_refused_step_changes_nothing(office: Office) -> None:
    site = office.site()
    before = office.ask("SELECT count(*) FROM operation")
    with pytest.raises(StepForbidden):
        office.step(site, Status.REMOVED, D(2020, 5, 1))
    assert office.ask("SELECT count(*) FROM operation") == before


def test_the_form_is_told_what_is_missing_for_each_next_step(office: Office) -> None:
    site = office.owned()
    with office.register.reading() as session:
        found = {each.step.target: each for each in outlooks(session, site, on=D(2021, 1, 1))}
    assert found[Status.TRANSFERRED_LEB].missing == {T.LEB_ACT}
    assert not found[Status.PENDING_REMOVAL].missing
    assert [str(each) for each in found[Status.PENDING_REMOVAL].unmet] == ["SIGNED_INSPECTION", "ACCEPTED_QUANTITY"]
    assert not found[Status.PENDING_REMOVAL].ready


# -- proposals --------------------------------------------------------------------------------------------------------------


def proposed(office: Office) -> tuple[str, str]:
    site = office.site()
    office.step(site, Status.OWNER_SEARCH, D(2020, 2, 1), T.SURVEY_ACT)
    event = office.step(site, Status.CLAIM_FILED, D(2020, 3, 1), T.CLAIM, T.OWNER_INQUIRY)
    return site, event


def test_an_inspector_proposes_what_the_registrar_accepts(field_office: Office) -> None:
    _site, event = proposed(field_office)
    assert field_office.ask("SELECT status, proposed FROM site") == [("OWNER_SEARCH", "CLAIM_FILED")]
    with pytest.raises(RoleMayNot):
        field_office.do(ownership.accept_proposal, event)
    field_office.become(Role.REGISTRAR)
    field_office.do(ownership.accept_proposal, event)

    assert field_office.ask("SELECT status, proposed FROM site") == [("CLAIM_FILED", None)]
    with pytest.raises(GuardUnmet):
        field_office.do(ownership.accept_proposal, event)


def test_a_proposal_can_be_refused_with_a_reason_or_withdrawn_by_its_author(field_office: Office) -> None:
    site, event = proposed(field_office)
    field_office.become(Role.INSPECTOR, "Somebody else")
    with pytest.raises(RoleMayNot):
        field_office.do(ownership.refuse_proposal, event, "No")
    field_office.become(Role.INSPECTOR, "F. Inspector")
    with pytest.raises(BadValue):
        field_office.do(ownership.refuse_proposal, event, "  ")
    field_office.do(ownership.refuse_proposal, event, "Wrong site")

    assert field_office.ask("SELECT status, proposed FROM site") == [("OWNER_SEARCH", None)]
    # the papers of a refused proposal are free again
    field_office.step(site, Status.CLAIM_FILED, D(2020, 4, 1))


def test_nothing_is_built_on_a_step_that_waits_for_its_answer(field_office: Office) -> None:
    site, _event = proposed(field_office)
    with pytest.raises(GuardUnmet):
        field_office.step(site, Status.OWNER_FOUND, D(2020, 4, 1), T.OWNER_INQUIRY)


def test_a_proposal_is_not_accepted_when_its_paper_turns_out_to_be_another(field_office: Office) -> None:
    _site, event = proposed(field_office)
    claim = field_office.ask("SELECT id FROM document WHERE type = 'CLAIM'")[0][0]
    field_office.become(Role.REGISTRAR)
    with field_office.register.writing("The server says that it is no claim") as session:
        session.get_one(Document, claim).type = T.OTHER
    with pytest.raises(BasisMissing):
        field_office.do(ownership.accept_proposal, event)


def test_a_viewer_changes_nothing_at_all(office: Office) -> None:
    site, item = office.pending()
    office.become(Role.VIEWER)
    attempts = [
        lambda: office.site("A-2"),
        lambda: office.paper(site, T.CLAIM, D(2020, 1, 1)),
        lambda: office.step(site, Status.FOR_SALE, D(2021, 1, 1)),
        lambda: office.planned(site, (item, 1)),
        lambda: office.item(site),
        lambda: office.do(removal.plan_batch, site),
        office.undo,
    ]
    for attempt in attempts:
        with pytest.raises(ReadingOnly):
            attempt()


# -- history ------------------------------------------------------------------------------------------------------------------


def test_the_registrar_records_the_past_and_the_gaps_are_listed(office: Office) -> None:
    site = office.site()
    office.do(ownership.record_history, site, Status.DECIDED, on=D(2020, 5, 1))
    act = office.paper(site, T.ACCEPTANCE_ACT, D(2020, 6, 1))
    event = office.do(ownership.record_history, site, Status.UNDER_INSPECTION, on=D(2020, 6, 1), documents=[act])

    assert status(office, site) == "UNDER_INSPECTION"
    with office.register.reading() as session:
        assert event_gaps(session, event) == {T.MENR_CONSENT}


def test_the_past_never_leads_out_of_state_ownership_and_never_runs_backwards(office: Office) -> None:
    site = office.owned()
    with pytest.raises(StepForbidden):
        office.do(ownership.record_history, site, Status.DISCOVERED, on=D(2021, 1, 1))
    with pytest.raises(BadValue):
        office.do(ownership.record_history, site, Status.REMOVED, on=D(2019, 1, 1))


def test_only_the_registrar_records_the_past(field_office: Office) -> None:
    site = field_office.site()
    with pytest.raises(RoleMayNot):
        field_office.do(ownership.record_history, site, Status.REMOVED, on=D(2021, 1, 1))


# -- decisions and papers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"in_force_on": D(2020, 3, 31)}, RuleBroken),
        ({"court": " "}, BadValue),
        ({"case_no": ""}, BadValue),
        ({"ownership": None}, BadValue),
    ],
)
def test_a_decision_that_cannot_be_true_is_refused(office: Office, given: dict[str, object], wrong: type) -> None:
    site = office.site()
    with pytest.raises(wrong):
        office.decision(site, D(2020, 4, 1), **given)
    with pytest.raises(BadValue):
        office.decision(site, D(2030, 4, 1), in_force_on=None)


def test_a_refusal_of_the_court_needs_no_kind_of_ownership(office: Office) -> None:
    site = office.site()
    office.step(site, Status.OWNER_SEARCH, D(2020, 2, 1), T.SURVEY_ACT)
    office.step(site, Status.CLAIM_FILED, D(2020, 3, 1), T.CLAIM, T.OWNER_INQUIRY)
    office.decision(site, D(2020, 4, 1), result=CourtResult.REFUSED, ownership=None)
    office.step(site, Status.COURT_REFUSED, D(2020, 4, 1), T.COURT_DECISION)
    office.step(site, Status.OWNER_SEARCH, D(2020, 5, 1), T.OTHER)
    assert status(office, site) == "OWNER_SEARCH"


def test_a_paper_on_which_a_step_rests_stays_what_it_is(office: Office) -> None:
    site = office.site()
    act = office.paper(site, T.SURVEY_ACT, D(2020, 2, 1))
    office.step(site, Status.OWNER_SEARCH, D(2020, 2, 1))

    with pytest.raises(RuleBroken):
        office.do(documents.remove_document, act)
    with pytest.raises(RuleBroken):
        office.do(documents.change_document, act, type=T.OTHER)
    office.do(documents.change_document, act, title="Survey act of February")
    with office.register.reading() as session:
        assert papers(session, site, Status.CLAIM_FILED, on=D(2021, 1, 1)) == ()


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"lat": 51.16, "lon": 43.65}, InspectorError),
        ({"lat": 10.0, "lon": 51.16}, InspectorError),
        ({"lat": float("nan")}, BadValue),
        ({"region": "99"}, BadValue),
        ({"code": ""}, BadValue),
        ({"code": "A\u0000"}, BadValue),
        ({"code": "x" * 41}, BadValue),
        ({"name_en": None}, BadValue),
        ({"name_en": "\ud800"}, BadValue),
        ({"name_en": "x" * 20_001}, BadValue),
        ({"on": date(2199, 1, 1)}, BadValue),
        ({"on": date(1, 1, 1)}, BadValue),
        ({"kato": "47"}, BadValue),
    ],
)
def test_a_site_with_an_impossible_value_is_refused(office: Office, given: dict[str, object], wrong: type) -> None:
    with pytest.raises(wrong):
        office.site(**given)
    assert office.ask("SELECT count(*) FROM operation") == [(0,)]


def test_two_sites_never_share_a_code(office: Office) -> None:
    office.site("A-1")
    with pytest.raises(Duplicate):
        office.site("A-1")
