"""The form of a sale tender: announced, and later what became of it."""

from typing import Any

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from inspector_app.actions.money import announce_tender, close_tender
from inspector_app.domain.removal import TenderResult
from inspector_app.i18n import N_
from inspector_app.models.queries.removal import Tender, tenders
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField, DateField, MoneyField, NumberField, TextField
from inspector_app.ui.forms.frame import FormDialog


class TenderForm(FormDialog):
    """Announces the next tender of a site, or records the result of the one that is announced."""

    deed = ("sale_tender", "create")

    def __init__(self, desk: Desk, site_id: str, parent: QWidget | None = None) -> None:
        """Ask the register which of the two is due."""
        super().__init__(desk, desk.words.say("Tender"), submit=desk.words.say("Save"), parent=parent)
        self._site_id = site_id
        self._open: Tender | None = None
        self.main.setEnabled(False)
        desk.work.read(self, tenders, self._show, site_id=site_id)

    def submit(self) -> None:
        """Record what was typed."""
        values = self.form.values()
        if values is None:
            return
        if self._open is None:
            self.send(N_("Announce a tender"), announce_tender, self._site_id, **values)
        else:
            self.send(N_("Close a tender"), close_tender, self._open.id, **values)

    def _show(self, known: Any) -> None:
        if not isValid(self) or self.form.fields:
            return
        self.main.setEnabled(True)
        say = self.words.say
        last = known[-1] if known else None
        self._open = last if last is not None and last.result is TenderResult.ANNOUNCED else None
        if self._open is None:
            self.heading.setText(say("Announce tender, round {n}", n=len(known) + 1))
            self.form.add("on", DateField(self.desk, say("Announced on"), required=True))
            self.form.add("lots", NumberField(self.desk, say("Lots"), digits=0, minimum=1))
        else:
            self.heading.setText(say("Result of tender, round {n}", n=self._open.round))
            results = (TenderResult.HELD, TenderResult.FAILED, TenderResult.CANCELLED)
            self.form.add("result", ChoiceField(self.desk, say("Result"), results))
            self.form.add("on", DateField(self.desk, say("Decided on"), required=True))
            self.form.add("protocol_no", TextField(self.desk, say("Protocol number")))
            self.form.add_row(("price_kzt", MoneyField(self.desk, say("Price"))), ("buyer", TextField(self.desk, say("Buyer"))))
        self.form.fields["on" if self._open is None else "result"].setFocus()
