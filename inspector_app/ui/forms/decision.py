"""Forms for what a court decided, and for a tender: what a change of status may rest on beside its documents."""

from PySide6.QtWidgets import QWidget

from inspector_app.actions.ownership import change_decision, record_decision
from inspector_app.domain.ownership import CourtResult, DocumentType, OwnershipType
from inspector_app.i18n import N_
from inspector_app.models.queries.steps import Judgement
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField, DateField, TextField
from inspector_app.ui.forms.document import DocumentField
from inspector_app.ui.forms.frame import FormDialog


class DecisionForm(FormDialog):
    """A court decision on a site: recorded, or completed with the day on which it came into force."""

    def __init__(self, desk: Desk, site_id: str, known: Judgement | None = None, parent: QWidget | None = None) -> None:
        """`known` is the decision to complete; without it a new one is recorded."""
        say = desk.words.say
        title = say("Court decision") if known else say("Record a court decision")
        super().__init__(desk, title, submit=say("Save"), parent=parent)
        self._site_id, self._known = site_id, known
        self.form.add("court", TextField(desk, say("Court"), required=True))
        self.form.add_row(
            (
                "case_no",
                TextField(desk, say("Case number"), required=True, help_=say("As the court writes it: 7194-21-00-4/1717.")),
            ),
            ("claimant", TextField(desk, say("Claimant"))),
        )
        self.form.add_row(
            ("result", ChoiceField(desk, say("Result"), CourtResult)),
            ("ownership", ChoiceField(desk, say("Ownership"), OwnershipType, empty=say("not named"))),
        )
        self.form.add_row(
            ("decided_on", DateField(desk, say("Decided on"), required=True)),
            (
                "in_force_on",
                DateField(desk, say("In legal force on"), help_=say("Leave empty while the decision can be appealed.")),
            ),
        )
        self.form.add("document_id", DocumentField(desk, say("Document"), site_id, types=(DocumentType.COURT_DECISION,)))
        if known:
            names = ("court", "case_no", "claimant", "decided_on", "in_force_on", "result", "ownership", "document_id")
            self.form.set_values(**{name: getattr(known, name) for name in names})

    def submit(self) -> None:
        """Record or complete the decision."""
        values = self.form.values()
        if values is None:
            return
        if self._known:
            self.send(N_("Complete a court decision"), change_decision, self._known.id, **values)
        else:
            self.send(N_("Record a court decision"), record_decision, self._site_id, **values)
