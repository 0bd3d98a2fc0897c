"""What a role may not do is greyed, says why, and is refused by the keys as well; a new role shows at once."""

import pytest
from office import Office
from PySide6.QtWidgets import QPushButton
from window import open_window, page, until

from inspector_app.domain.people import Role
from inspector_app.models.exchange import put_facts
from inspector_app.models.people import Fact
from inspector_app.models.register import Register
from inspector_app.ui.forms.contract import ContractForm
from inspector_app.ui.forms.site import SiteForm
from inspector_app.ui.forms.waste import ItemForm
from inspector_app.ui.openers import DEEDS, OPENERS
from inspector_app.ui.parts import Strip
from inspector_app.ui.work import Changed


def become(register: Register, role: Role, regions: str = "") -> None:
    """What the server said at the last hello."""
    with register.hearing() as session:
        session.get_one(Fact, "role").value = str(role)
        put_facts(session, {"regions": regions})


def buttons(widget: object, *texts: str) -> dict[str, QPushButton]:
    found = {each.text(): each for each in widget.findChildren(QPushButton)}  # type: ignore[attr-defined]
    return {text: found[text] for text in texts}


def test_every_form_that_a_page_opens_says_what_it_does() -> None:
    assert DEEDS.keys() == OPENERS.keys()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMINISTRATOR])
def test_who_may_only_look_sees_every_page_and_no_button_that_lies(qtbot, office: Office, role: Role) -> None:
    site = office.site()
    become(office.register, role)
    window = open_window(qtbot, office.register)
    for name, texts in (
        ("sites", ["New site"]),
        ("inspections", ["New inspection"]),
        ("removal", ["New batch"]),
        ("pcb", ["New equipment", "Relocate…"]),
    ):
        for text, each in buttons(page(qtbot, window, name), *texts).items():
            assert not each.isEnabled(), text
            assert "may look at everything, but not change it" in each.toolTip()
            each.setEnabled(True)  # as a page does when a row is chosen
            assert not each.isEnabled(), text
    shown = page(qtbot, window, "site", site)
    until(qtbot, lambda: shown.seen)
    assert not shown.buttons["status"].isEnabled()
    assert shown.buttons["map"].isEnabled()
    window.go("new-site")
    assert not window.findChildren(SiteForm)
    assert "may look at everything" in window.findChildren(Strip)[-1].sentences[0]
    form = ItemForm(window.desk, site, parent=window)
    assert not form.main.isEnabled()
    form.close()


def test_a_new_role_opens_what_it_may_do_without_a_restart(qtbot, office: Office) -> None:
    become(office.register, Role.VIEWER)
    window = open_window(qtbot, office.register)
    new = buttons(page(qtbot, window, "sites"), "New site")["New site"]
    tip = new.toolTip()
    assert not new.isEnabled()
    become(office.register, Role.INSPECTOR, "47")
    window.work.register_changed.emit(Changed(everything=True))
    assert new.isEnabled()
    assert new.toolTip() != tip
    form = SiteForm(window.desk, parent=window)
    region = form.form.fields["region"]
    assert [region.box.itemText(place) for place in range(region.box.count())] == ["choose", "Mangystau Region"]
    form.close()
    contract = ContractForm(window.desk, None, window)
    assert not contract.main.isEnabled()
    assert "Office" in contract.main.toolTip()
    contract.close()
