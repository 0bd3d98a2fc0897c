"""A batch goes from plan to certificate in the window; what is not there cannot leave, and it is said beside its line."""

from datetime import date

import pytest
from PySide6.QtWidgets import QApplication
from window import open_window, page, until

from inspector_app.actions import removal
from inspector_app.domain.removal import BatchState
from inspector_app.ui.forms.batch import BatchForm
from inspector_app.ui.forms.batch_steps import DestroyForm, LoadForm, ReceiveForm


@pytest.fixture
def window(qtbot, register):
    return open_window(qtbot, register)


@pytest.fixture
def pending(office) -> tuple[str, str]:
    return office.pending(tonnes=5)


def opened(qtbot, window, batch) -> BatchForm:
    form = page(qtbot, window, "removal", batch).form
    until(qtbot, lambda: form.known is not None)
    return form


def put(form: BatchForm, item: str, mass: str) -> None:
    form.lines.item.set_value(item)
    form.lines.mass.line.setText(mass)
    form.lines.add_line()


def test_more_than_remains_is_refused_beside_the_line_and_stays_typed(qtbot, window, office, pending):
    site, item = pending
    form = opened(qtbot, window, office.planned(site))
    put(form, item, "6 t")
    until(qtbot, form.lines.problem.isVisible)
    assert "5\u202f000\u00a0kg remain" in form.lines.problem.text()
    assert form.lines.mass.line.text() == "6 t"
    assert office.ask("SELECT COUNT(*) FROM batch_line") == [(0,)]


def test_the_mass_that_remains_is_offered_when_an_item_is_chosen(qtbot, window, office, pending):
    site, item = pending
    form = opened(qtbot, window, office.planned(site))
    form.lines.item.set_value(item)
    form.lines.item.changed.emit()
    assert form.lines.mass.value() == 5_000_000


def test_a_batch_is_planned_loaded_sent_received_and_destroyed(qtbot, window, office, pending):
    site, item = pending
    form = opened(qtbot, window, office.planned(site))
    put(form, item, "2 t")
    until(qtbot, lambda: form.known.lines)

    load = form.go_on()
    assert isinstance(load, LoadForm)
    load.form.set_values(manifest_no="M-1", gross_g=18_020_000, tare_g=16_000_000, ticket_no="T-1")
    load._weigh()
    assert load.form.fields["net_g"].value() == 2_020_000
    load.main.click()
    until(qtbot, lambda: form.known.batch.state is BatchState.LOADED)

    form.go_on()
    until(qtbot, lambda: form.known.batch.state is BatchState.IN_TRANSIT)

    receive = form.go_on()
    assert isinstance(receive, ReceiveForm)
    receive.form.set_values(received_g=2_010_000)
    receive.main.click()
    until(qtbot, lambda: form.known.batch.state is BatchState.RECEIVED)

    destroy = form.go_on()
    assert isinstance(destroy, DestroyForm)
    destroy.form.set_values(certificate_no="C-1")
    destroy.main.click()
    until(qtbot, lambda: form.known.batch.state is BatchState.DESTROYED)
    assert office.ask("SELECT removed_g, remaining_g FROM site") == [(2_000_000, 3_000_000)]
    assert not form.main.isVisible()


def test_a_difference_beyond_the_tolerance_needs_an_explanation(qtbot, window, office, pending):
    site, item = pending
    batch = office.loaded(site, (item, 2_000_000), on=date(2026, 4, 1))
    form = opened(qtbot, window, batch)
    form.go_on()
    until(qtbot, lambda: form.known.batch.state is BatchState.IN_TRANSIT)
    receive = form.go_on()
    receive.form.set_values(received_g=1_500_000)
    receive.main.click()
    until(qtbot, lambda: receive.form.fields["note"].problem)
    assert "beyond the tolerance" in receive.form.fields["note"].problem
    assert receive.form.fields["received_g"].value() == 1_500_000
    receive.form.set_values(note="Two drums were left behind")
    receive.main.click()
    until(qtbot, lambda: form.known.batch.state is BatchState.RECEIVED)


def test_the_page_shows_the_ledger_of_the_chosen_site_and_that_it_balances(qtbot, window, office, pending):
    site, item = pending
    office.received(site, (item, 2_000_000), on=date(2026, 4, 1))
    removal = page(qtbot, window, "removal")
    until(qtbot, lambda: removal.list.side.rows.rowCount() == 1)
    texts = [removal.list.side.sums.itemAt(place).widget() for place in range(removal.list.side.sums.count())]
    shown = [each.text() for each in texts if each is not None]
    assert shown == ["Accepted", "5\u202f000\u00a0kg", "Removed", "2\u202f000\u00a0kg", "Remains", "3\u202f000\u00a0kg"]


def test_batches_are_filtered_by_where_they_stand(qtbot, window, office, pending):
    site, item = pending
    office.planned(site)
    office.loaded(site, (item, 1_000_000), on=date(2026, 4, 1))
    removal = page(qtbot, window, "removal")
    until(qtbot, lambda: removal.list.rows.rowCount() == 2)
    removal.list.chips["planned"].click()
    until(qtbot, lambda: removal.list.rows.rowCount() == 1)
    assert removal.list.rows.rows[0].state is BatchState.PLANNED


@pytest.fixture
def loading(qtbot, window, office, pending) -> LoadForm:
    site, item = pending
    form = opened(qtbot, window, office.planned(site))
    put(form, item, "2 t")
    until(qtbot, lambda: form.known.lines)
    load = form.go_on()
    load.form.set_values(manifest_no="M-1")
    return load


@pytest.mark.parametrize(
    ("typed", "beside"),
    [
        ({"gross_g": "1 000", "tare_g": "2 000"}, "tare_g"),
        ({"gross_g": "18 020,5"}, "tare_g"),
        ({"tare_g": "16 000"}, "gross_g"),
        ({"gross_g": "18 020,5", "tare_g": "1 000"}, "gross_g"),
        ({"net_g": "3 t"}, "net_g"),
        ({"net_g": "0"}, "net_g"),
        ({"licence_until": "01.01.2020"}, "licence_until"),
        ({"carrier": "a\u202eb"}, "carrier"),
        ({"seals": "x" * 10_000}, "seals"),
    ],
)
def test_what_stops_a_loading_is_said_beside_the_field_to_correct(qtbot, loading, typed, beside):
    for name, text in typed.items():
        loading.form.fields[name].line.insert(text)
        loading.form.fields[name].line.textEdited.emit(text)
    loading.main.click()
    until(qtbot, lambda: loading.form.fields[beside].problem)
    assert loading.form.fields[beside].isAncestorOf(QApplication.focusWidget())
    assert not loading.strips.count()
    assert all(loading.form.fields[name].line.text() == text for name, text in typed.items())


def test_a_manifest_that_is_taken_is_said_beside_it(qtbot, loading, office):
    office.do(removal.plan_batch, loading._known.batch.site_id, manifest_no="M-1")
    loading.main.click()
    until(qtbot, lambda: loading.form.fields["manifest_no"].problem)
    assert "M-1" in loading.form.fields["manifest_no"].problem


def test_a_net_mass_that_was_computed_goes_with_what_it_was_computed_from(loading):
    loading.form.set_values(gross_g=18_000_000, tare_g=16_000_000)
    loading._weigh()
    loading.form.set_values(tare_g=None)
    loading._weigh()
    assert loading.form.fields["net_g"].value() is None
    assert loading.form.fields["net_g"].isEnabled()


def test_a_batch_that_nobody_weighed_is_not_said_to_come_from_the_weighbridge(qtbot, loading, office):
    loading.main.click()
    until(qtbot, lambda: office.ask("SELECT state FROM removal_batch") == [("LOADED",)])
    assert office.ask("SELECT net_g, weigh_method FROM removal_batch") == [(2_000_000, "CALCULATED")]


def test_the_licence_of_the_contractor_is_told_from_that_of_the_destination(qtbot, loading, office):
    site = loading._known.batch.site_id
    contract = office.do(
        removal.make_contract, no="C", signed_on=date(2020, 1, 1), contractor="K", site_id=site, licence_until=date(2021, 1, 1)
    )
    office.do(removal.change_batch, loading._known.batch.id, contract_id=contract)
    loading.main.click()
    until(qtbot, loading.strips.count)
    assert "licence of the contractor" in loading.strips.itemAt(0).widget().sentences[0]


@pytest.mark.parametrize(
    ("mass", "containers", "kind", "wrong"),
    [("five", "", "", "mass"), ("0", "", "", "mass"), ("1 t", "9" * 25, "", "containers"), ("1 t", "", "a\u202eb", "kind")],
)
def test_what_is_wrong_with_a_new_line_is_said_beside_its_field_alone(
    qtbot, window, office, pending, mass, containers, kind, wrong
):
    site, item = pending
    form = opened(qtbot, window, office.planned(site))
    put(form, item, "6 t")
    until(qtbot, form.lines.problem.isVisible)
    form.lines.containers.line.setText(containers)
    form.lines.kind.line.setText(kind)
    put(form, item, mass)
    until(qtbot, lambda: getattr(form.lines, wrong).problem)
    assert getattr(form.lines, wrong).isAncestorOf(QApplication.focusWidget())
    assert not form.lines.problem.isVisible()


def test_a_mass_that_is_emptied_in_its_line_is_asked_for(qtbot, window, office, pending):
    site, item = pending
    form = opened(qtbot, window, office.planned(site))
    put(form, item, "2 t")
    until(qtbot, lambda: form.lines.masses)
    (mass,) = form.lines.masses.values()
    mass.line.clear()
    mass.line.editingFinished.emit()
    assert mass.problem
