"""The form of a contract on removal."""

from PySide6.QtWidgets import QWidget

from inspector_app.actions.removal import make_contract
from inspector_app.domain.removal import Funding
from inspector_app.i18n import N_
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField, DateField, MoneyField, TextField
from inspector_app.ui.forms.frame import FormDialog


class ContractForm(FormDialog):
    """A contract with a contractor, its licence and its money."""

    deed = ("contract", "create")

    def __init__(self, desk: Desk, site_id: str | None = None, parent: QWidget | None = None) -> None:
        """For one site, or for several without `site_id`."""
        say = desk.words.say
        super().__init__(desk, say("New contract"), submit=say("Save"), width=640, parent=parent)
        self._site_id = site_id
        form = self.form
        form.add_row(
            ("no", TextField(desk, say("Number"), required=True)),
            ("signed_on", DateField(desk, say("Signed on"), required=True)),
        )
        form.add_row(
            ("contractor", TextField(desk, say("Contractor"), required=True)),
            ("bin", TextField(desk, say("BIN"), help_=say("Twelve digits."))),
        )
        form.add_row(
            ("licence_no", TextField(desk, say("Licence number"))),
            ("licence_until", DateField(desk, say("Licence valid until"))),
        )
        form.add_row(("amount_kzt", MoneyField(desk, say("Amount"))), ("funding", ChoiceField(desk, say("Paid from"), Funding)))
        form.add_row(("starts_on", DateField(desk, say("Starts on"))), ("ends_on", DateField(desk, say("Ends on"))))
        form.add("subject", TextField(desk, say("Subject")))

    def submit(self) -> None:
        """Record the contract."""
        values = self.form.values()
        if values is not None:
            self.send(N_("Record a contract"), make_contract, site_id=self._site_id, **values)
