"""Forms of the steps of a batch: plan, load, receive, destroyed, and the ways it can end otherwise."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from inspector_app.actions.removal import (
    cancel_batch,
    destroy_batch,
    load_batch,
    plan_batch,
    receive_batch,
    reject_batch,
    return_batch,
)
from inspector_app.domain.errors import InputError
from inspector_app.domain.removal import BatchState, WeighMethod, discrepancy
from inspector_app.i18n import N_
from inspector_app.models.queries.consignments import Consignment, contracts
from inspector_app.models.queries.subjects import Subject, site_subjects
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import ChoiceField, DateField, Field, MassField, MomentField, MultiLine, TextField
from inspector_app.ui.forms.contract import ContractForm
from inspector_app.ui.forms.frame import FormDialog
from inspector_app.ui.forms.subject import SubjectField
from inspector_app.ui.gate import gated
from inspector_app.ui.parts import button, label, restyle, row


def transport_fields(desk: Desk) -> list[tuple[tuple[str, Field], ...]]:
    """Who carries a batch, and where it goes; rows of fields that plan and load share."""
    say = desk.words.say
    return [
        (
            ("carrier", TextField(desk, say("Carrier"))),
            ("carrier_bin", TextField(desk, say("BIN"), help_=say("Twelve digits."))),
        ),
        (
            ("vehicle", TextField(desk, say("Vehicle"))),
            ("trailer", TextField(desk, say("Trailer"))),
            ("driver", TextField(desk, say("Driver"))),
        ),
        (
            ("destination", TextField(desk, say("Destination"))),
            ("operation", TextField(desk, say("Operation"), hint="D10", help_=say("D1 to D15 or R1 to R13."))),
        ),
        (
            ("destination_licence", TextField(desk, say("Licence of the destination"))),
            ("licence_until", DateField(desk, say("Licence valid until"))),
        ),
    ]


TRANSPORT = (
    "carrier",
    "carrier_bin",
    "vehicle",
    "trailer",
    "driver",
    "destination",
    "operation",
    "destination_licence",
    "licence_until",
)


class NewBatchForm(FormDialog):
    """Plans a batch; its number is given by the register."""

    def __init__(self, desk: Desk, site_id: str | None = None, parent: QWidget | None = None) -> None:
        """Without a site one is chosen."""
        say = desk.words.say
        note = say("Lines are added next; nothing leaves the site before the batch is loaded.")
        super().__init__(desk, say("New removal batch"), submit=say("Plan the batch"), note=note, width=640, parent=parent)
        self.resize(self.width(), desk.theme.px(640))
        self._site_id = site_id
        if site_id is None:
            site = SubjectField(desk, say("Site"), site_subjects, hint=say("Code or name"), required=True)
            site.changed.connect(self._ask_contracts)
            self.form.add("site", site)
        self.contract = ChoiceField(desk, say("Contract"), [], empty=say("none yet"))
        self.form.add_row(("planned_on", DateField(desk, say("Planned on"))), ("contract_id", self.contract))
        self.form.add_widget(_line(gated(desk, button(say("New contract…"), self.new_contract), "contract")))
        for fields in transport_fields(desk):
            self.form.add_row(*fields)
        self.form.set_values(planned_on=desk.work.register.today())
        self.kept.connect(lambda made: desk.go("removal", made.id))
        self._ask_contracts()

    @property
    def site_id(self) -> str | None:
        """The site of the batch, once it is known."""
        if self._site_id is not None:
            return self._site_id
        field = self.form.fields["site"]
        try:
            chosen: Subject | None = field.value()
        except InputError:
            return None
        return chosen.id if chosen else None

    def new_contract(self) -> ContractForm:
        """Record a contract in place; it is chosen once it is there."""
        form = ContractForm(self.desk, self.site_id, self)
        form.kept.connect(lambda made: self._ask_contracts(choose=made.id))
        form.open()
        return form

    def submit(self) -> None:
        """Plan the batch."""
        values = self.form.values()
        if values is None:
            return
        values.pop("site", None)
        self.send(N_("Plan a batch"), plan_batch, self.site_id, **values)

    def _ask_contracts(self, choose: str | None = None) -> None:
        if self.site_id is None:
            return

        def show(found: Any) -> None:
            if isValid(self):
                words = self.words
                self.contract.set_choices(
                    [(each.id, f"{each.no}, {each.contractor}, {words.date(each.signed_on)}") for each in found]
                )
                if choose:
                    self.contract.set_value(choose)

        self.desk.work.read(self, contracts, show, site_id=self.site_id)


class LoadForm(FormDialog):
    """Loads a planned batch: weighing, manifest, transport. Net is gross less tare, compared with the lines as it is typed."""

    def __init__(self, desk: Desk, known: Consignment, parent: QWidget | None = None) -> None:
        """What was planned is filled in."""
        say, words, batch = desk.words.say, desk.words, known.batch
        note = say(
            "{no}: {lines}, {mass} by its lines.",
            no=batch.no,
            lines=words.plural("{n} line", "{n} lines", batch.lines),
            mass=words.mass(batch.lines_g),
        )
        super().__init__(desk, say("Load the batch"), submit=say("Load"), note=note, width=680, parent=parent)
        self.resize(self.width(), desk.theme.px(680))
        self._known = known
        form = self.form
        form.add_row(
            ("at", MomentField(desk, say("Loaded at"), required=True)),
            ("manifest_no", TextField(desk, say("Manifest"), required=True)),
        )
        form.add_row(
            ("gross_g", MassField(desk, say("Gross"))),
            ("tare_g", MassField(desk, say("Tare"))),
            ("net_g", MassField(desk, say("Net"))),
        )
        self.balance = label("", "secondary", wrap=True)
        form.add_widget(self.balance)
        form.add_row(
            ("weigh_method", ChoiceField(desk, say("Weighed by"), WeighMethod)),
            ("ticket_no", TextField(desk, say("Weighbridge ticket"))),
            ("scale_calibrated_until", DateField(desk, say("Calibrated until"))),
        )
        for fields in transport_fields(desk):
            form.add_row(*fields)
        form.add("seals", TextField(desk, say("Seals")))
        names = (*TRANSPORT, "manifest_no", "gross_g", "tare_g", "net_g", "ticket_no", "scale_calibrated_until", "seals")
        form.set_values(**{name: getattr(batch, name) for name in names})
        form.set_values(at=desk.work.register.now(), weigh_method=batch.weigh_method or WeighMethod.WEIGHBRIDGE)
        form.changed.connect(lambda _name: self._weigh())
        self._weigh()

    def submit(self) -> None:
        """Load the batch."""
        values = self.form.values()
        if values is None:
            return
        if values["gross_g"] is not None and values["tare_g"] is not None:
            values["net_g"] = None
        self.send(N_("Load a batch"), load_batch, self._known.batch.id, **values)

    def _weigh(self) -> None:
        words, net = self.words, self._net()
        if net is None:
            weighed = not self.form.fields["net_g"].isEnabled()
            self.balance.setText(
                words.say("The tare is less than the gross mass.")
                if weighed
                else words.say("Without a weighing the sum of the lines counts.")
            )
            restyle(self.balance, "part", "problem" if weighed else "secondary")
            return
        found = discrepancy(self._known.batch.lines_g, net, pcb=self._known.is_pcb)
        text = words.say(
            "Net {net}; {difference} against the lines ({share}).",
            net=words.mass(net),
            difference=signed_mass(desk=self.desk, grams=found.difference_g),
            share=words.percent(found.share),
        )
        self.balance.setText(text)
        restyle(self.balance, "part", "ok" if found.tolerable else "problem")

    def _net(self) -> int | None:
        gross, tare = _typed(self.form.fields["gross_g"]), _typed(self.form.fields["tare_g"])
        net = self.form.fields["net_g"]
        if gross is None or tare is None:
            if not net.isEnabled():  # what was computed goes with what it was computed from
                net.setEnabled(True)
                net.set_value(None)
            return _typed(net)
        net.setEnabled(False)
        net.set_value(gross - tare if gross > tare else None)
        return gross - tare if gross > tare else None


class ReceiveForm(FormDialog):
    """Receives a batch; the difference is shown as it is typed, and explained where it is beyond the tolerance."""

    def __init__(self, desk: Desk, known: Consignment, parent: QWidget | None = None) -> None:
        """The loaded mass stands beside."""
        say, words, batch = desk.words.say, desk.words, known.batch
        self._loaded_g = batch.net_g or batch.lines_g
        note = say("{no}: {mass} were loaded.", no=batch.no, mass=words.mass(self._loaded_g))
        super().__init__(desk, say("Receive the batch"), submit=say("Receive"), note=note, parent=parent)
        self._known = known
        self.form.add_row(
            ("on", DateField(desk, say("Received on"), required=True)),
            ("received_g", MassField(desk, say("Received"), required=True)),
        )
        self.difference = label("", "secondary", wrap=True)
        self.form.add_widget(self.difference)
        self.form.add("note", MultiLine(desk, say("Explanation"), lines=3))
        self.form.set_values(on=desk.work.register.today())
        self.form.changed.connect(lambda _name: self._compare())
        self._compare()

    def submit(self) -> None:
        """Receive the batch."""
        values = self.form.values()
        if values is not None:
            self.send(N_("Receive a batch"), receive_batch, self._known.batch.id, **values)

    def _compare(self) -> None:
        received = _typed(self.form.fields["received_g"])
        if received is None:
            self.difference.setText("")
            return
        words = self.words
        found = discrepancy(self._loaded_g, received, pcb=self._known.is_pcb)
        text = words.say(
            "Difference {difference}, {share}.",
            difference=signed_mass(desk=self.desk, grams=found.difference_g),
            share=words.percent(found.share),
        )
        if not found.tolerable:
            limit = words.percent(0.01 if self._known.is_pcb else 0.05, 0)
            text += " " + words.say("More than {limit} needs an explanation.", limit=limit)
        self.difference.setText(text)
        restyle(self.difference, "part", "ok" if found.tolerable else "problem")


class DestroyForm(FormDialog):
    """Records that a batch was destroyed or treated, by its certificate."""

    def __init__(self, desk: Desk, known: Consignment, parent: QWidget | None = None) -> None:
        """Number and day of the certificate."""
        say = desk.words.say
        super().__init__(desk, say("Certificate of destruction"), submit=say("Save"), note=known.batch.no, parent=parent)
        self._batch_id = known.batch.id
        self.form.add_row(
            ("certificate_no", TextField(desk, say("Certificate"), required=True)),
            ("on", DateField(desk, say("Certificate of"), required=True)),
        )
        self.form.set_values(on=desk.work.register.today())

    def submit(self) -> None:
        """Record the certificate."""
        values = self.form.values()
        if values is not None:
            self.send(N_("Record a certificate of destruction"), destroy_batch, self._batch_id, **values)


_ENDS: dict[BatchState, tuple[str, str, Callable[..., Any]]] = {
    BatchState.REJECTED: (N_("Rejected by the receiver"), N_("Reject a batch"), reject_batch),
    BatchState.RETURNED: (N_("Returned to the site"), N_("Return a batch"), return_batch),
    BatchState.CANCELLED: (N_("Cancel the batch"), N_("Cancel a batch"), cancel_batch),
}


class EndForm(FormDialog):
    """Rejects, returns or cancels a batch, with its reason."""

    def __init__(self, desk: Desk, known: Consignment, state: BatchState, parent: QWidget | None = None) -> None:
        """`state` is REJECTED, RETURNED or CANCELLED."""
        title, self._command, self._action = _ENDS[state]
        say = desk.words.say
        super().__init__(desk, say(title), submit=say("Save"), note=known.batch.no, parent=parent)
        self._batch_id = known.batch.id
        self.form.add("reason", MultiLine(desk, say("Reason"), lines=3, required=True))

    def submit(self) -> None:
        """Record how it ended."""
        values = self.form.values()
        if values is not None:
            self.send(self._command, self._action, self._batch_id, **values)


def signed_mass(*, desk: Desk, grams: int) -> str:
    """A difference with its sign: +20 kg."""
    return f"{'+' if grams > 0 else ''}{desk.words.mass(grams)}"


def _typed(field: Field) -> int | None:
    """The mass that is typed so far, or nothing while it is no mass."""
    try:
        value: int | None = field.value()
    except InputError:
        return None
    return value


def _line(*things: QWidget) -> QWidget:
    holder = QWidget()
    holder.setLayout(row(*things, None))
    return holder
