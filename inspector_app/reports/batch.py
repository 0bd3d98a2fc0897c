"""The removal report of one batch (domain.md 4.4): from the weighbridge to the certificate of destruction."""

from inspector_app.domain.removal import WeighMethod, discrepancy
from inspector_app.i18n import KAZAKHSTAN, N_
from inspector_app.models.queries import papers, pcb, removal
from inspector_app.models.queries.removal import Agreement, Batch, Line
from inspector_app.reports import disputes, telling
from inspector_app.reports.blocks import Column, Fact, Facts, Paper, Prose, Row, Signature, Signatures, Table
from inspector_app.reports.telling import NOTHING, Masses, Sections, Telling, code_of


def content(told: Telling, no: str, site: str | None = None) -> Paper:
    """The report of one batch; `site` is a code that tells batches of the same number apart. Raises NotFound."""
    words, say = told.words, told.words.say
    owner = papers.find_site(told.session, site) if site else None
    batch = removal.find_batch(told.session, no, site_id=owner.id if owner else None)
    owner = owner or papers.site_of(told.session, batch.site_id)
    lines = removal.lines(told.session, batch.id)
    contract = removal.agreement(told.session, batch.contract_id)
    parts = Sections()
    parts.begin(say(N_("Site and contract")))
    parts.add(Facts((*telling.identity(words, owner), *disputes.facts(told, owner))))
    if contract:
        parts.add(Facts(agreement_facts(told, contract)))
    _weighing(told, batch, parts)
    _waste(told, lines, parts)
    _pcb(told, lines, parts)
    _dangerous_goods(told, lines, parts)
    _journey(told, batch, parts)
    _receipt(told, batch, lines, parts)
    if batch.note:
        parts.begin(say(N_("Note")))
        parts.add(Prose(batch.note))
    hint = say(N_("signature, date"))
    parts.begin(say(N_("Signatures")))
    parts.add(
        Signatures(
            (
                Signature(say(N_("Consignor")), say(N_("JSC «Zhasyl Damu»")), "", hint),
                Signature(say(N_("Carrier")), batch.carrier or "", "", hint),
                Signature(say(N_("Consignee")), batch.destination or "", "", hint),
            )
        )
    )
    day = words.date(batch.loaded_at.astimezone(KAZAKHSTAN).date() if batch.loaded_at else batch.planned_on)
    return Paper(
        kind="removal-batch",
        title=say(N_("Removal report of a batch")),
        subtitle=say(
            N_("Batch {no} from {site}: {state}"),
            no=batch.no,
            site=telling.named(words, owner),
            state=say(batch.state.label).lower(),
        ),
        number=say(N_("No. {no} of {day}"), no=batch.no, day=day),
        subject=say(N_("Removal batch {no}"), no=batch.no),
        language=words.language,
        blocks=tuple(parts.blocks),
        demo=told.demo,
    )


def licence(told: Telling, contract: Agreement) -> str:
    """The contractor's licence with its last day."""
    if contract.licence_no and contract.licence_until:
        day = told.words.date(contract.licence_until)
        return told.words.say(N_("{no}, valid until {day}"), no=contract.licence_no, day=day)
    return contract.licence_no or NOTHING


def agreement_facts(told: Telling, contract: Agreement) -> tuple[Fact, ...]:
    """A contract as it is cited in a report."""
    words, say = told.words, told.words.say
    facts = [
        Fact(say(N_("Contract")), say(N_("No. {no} of {day}"), no=contract.no, day=words.date(contract.signed_on))),
        Fact(say(N_("Contractor")), contract.contractor),
        Fact(say(N_("BIN of the contractor")), contract.bin or NOTHING),
        Fact(say(N_("Licence of the contractor")), licence(told, contract)),
        Fact(say(N_("Source of funds")), say(contract.funding.label)),
        Fact(say(N_("Amount")), words.money(contract.amount_kzt)),
    ]
    if contract.subject:
        facts.append(Fact(say(N_("Subject")), contract.subject, wide=True))
    return tuple(facts)


def _weighing(told: Telling, batch: Batch, parts: Sections) -> None:
    words, say = told.words, told.words.say
    weighbridge = batch.weigh_method in {None, WeighMethod.WEIGHBRIDGE, WeighMethod.SCALE}
    facts = [
        Fact(say(N_("Loaded at")), words.moment(batch.loaded_at)),
        Fact(say(N_("Weighed by")), say(batch.weigh_method.label) if batch.weigh_method else NOTHING),
        Fact(say(N_("Seals")), batch.seals or NOTHING),
        Fact(say(N_("Gross mass")), words.mass(batch.gross_g, "kg")),
        Fact(say(N_("Tare")), words.mass(batch.tare_g, "kg")),
        Fact(say(N_("Net mass")), words.mass(batch.net_g, "kg")),
    ]
    if weighbridge:
        facts += [
            Fact(say(N_("Weighbridge ticket")), batch.ticket_no or NOTHING),
            Fact(say(N_("Scale calibrated until")), words.date(batch.scale_calibrated_until)),
        ]
    parts.begin(say(N_("Loading and weighing")))
    parts.add(Facts(tuple(facts)))


def _waste(told: Telling, lines: tuple[Line, ...], parts: Sections) -> None:
    words, say = told.words, told.words.say
    masses = Masses(words, (each.mass_g for each in lines))
    columns = (
        Column(say(N_("Line")), points=26, right=True),
        Column(say(N_("Code")), points=46),
        Column(say(N_("Waste")), 1),
        Column(say(N_("Hazards")), points=76),
        Column(say(N_("Containers")), points=60),
        Column(masses.head(N_("Mass, kg"), N_("Mass, t")), points=62, right=True),
    )
    rows = [
        Row(
            (
                str(each.line_no),
                code_of(each.code, hazardous=each.hazardous),
                each.title(words),
                ", ".join([*each.hazards, *each.y_codes]),
                containers(told, each.containers, each.container_kind),
                masses.show(each.mass_g),
            )
        )
        for each in lines
    ]
    if len(lines) > 1:
        rows.append(Row(("", "", say(N_("Total")), "", "", masses.show(sum(each.mass_g for each in lines))), "total"))
    parts.begin(say(N_("Waste in the batch")))
    parts.add(Table(columns, rows, say(N_("The batch has no lines yet."))))


def containers(told: Telling, count: int | None, kind: str | None) -> str:
    """'12 × 1A2'."""
    return " × ".join(part for part in (told.words.number(count) if count else "", kind or "") if part)


def _pcb(told: Telling, lines: tuple[Line, ...], parts: Sections) -> None:
    ids = [item for each in lines for item in each.pcb_items]
    items = pcb.equipment(told.session, ids=ids) if ids else ()
    if not items:
        return
    words, say = told.words, told.words.say
    masses = Masses(words, (each.total_g for each in items))
    columns = (
        Column(say(N_("Label")), points=84),
        Column(say(N_("Equipment")), 3),
        Column(say(N_("Serial no.")), 2),
        Column(say(N_("PCB class")), points=70),
        Column(masses.head(N_("Mass, kg"), N_("Mass, t")), points=56, right=True),
    )
    rows = [
        Row(
            (
                each.label,
                " ".join(part for part in (say(each.equipment.label), each.model or "") if part),
                each.serial_no or NOTHING,
                say(each.concentration.label),
                masses.show(each.total_g),
            )
        )
        for each in items
    ]
    parts.begin(say(N_("PCB equipment in the batch")))
    parts.add(Table(columns, rows))


def _dangerous_goods(told: Telling, lines: tuple[Line, ...], parts: Sections) -> None:
    goods = [each for each in lines if each.un_no]
    if not goods:
        return
    words, say = told.words, told.words.say
    masses = Masses(words, (each.mass_g for each in goods))
    columns = (
        Column(say(N_("Entry in the transport document (ADR 5.4.1.1.1)")), 1),
        Column(say(N_("Packages")), points=70),
        Column(masses.head(N_("Total, kg"), N_("Total, t")), points=62, right=True),
    )
    rows = [
        Row((adr_line(told, each), containers(told, each.containers, each.container_kind), masses.show(each.mass_g)))
        for each in goods
    ]
    parts.begin(say(N_("Carriage of dangerous goods")))
    parts.add(Table(columns, rows))


def adr_line(told: Telling, line: Line) -> str:
    """UN number, the word WASTE, proper shipping name, class, packing group, tunnel code, in the order of ADR 5.4.1.1.1."""
    say, known = told.words.say, telling.shipping_names().get((line.un_no or "").removeprefix("UN").strip(), {})
    name = told.words.pick(known.get("name_en"), known.get("name_ru"), None) if known else line.title(told.words).upper()
    parts = [
        f"UN {(line.un_no or '').removeprefix('UN').strip()}",
        say(N_("WASTE")),
        name,
        line.adr_class or "",
        line.packing_group or "",
        known.get("tunnel", ""),
        say(N_("ENVIRONMENTALLY HAZARDOUS")) if "HP14" in line.hazards else "",
    ]
    return ", ".join(part for part in parts if part)


def _journey(told: Telling, batch: Batch, parts: Sections) -> None:
    words, say = told.words, told.words.say
    permit = batch.destination_licence or NOTHING
    if batch.destination_licence and batch.licence_until:
        permit = say(N_("{no}, valid until {day}"), no=batch.destination_licence, day=words.date(batch.licence_until))
    parts.begin(say(N_("Carriage and destination")))
    parts.add(
        Facts(
            (
                Fact(say(N_("Manifest no.")), batch.manifest_no or NOTHING),
                Fact(say(N_("Carrier")), batch.carrier or NOTHING),
                Fact(say(N_("BIN of the carrier")), batch.carrier_bin or NOTHING),
                Fact(say(N_("Vehicle")), batch.vehicle or NOTHING),
                Fact(say(N_("Trailer")), batch.trailer or NOTHING),
                Fact(say(N_("Driver")), batch.driver or NOTHING),
                Fact(say(N_("Destination")), batch.destination or NOTHING),
                Fact(say(N_("Licence of the destination")), permit),
                Fact(say(N_("Treatment operation")), batch.operation or NOTHING),
            )
        )
    )


def _receipt(told: Telling, batch: Batch, lines: tuple[Line, ...], parts: Sections) -> None:
    words, say = told.words, told.words.say
    loaded = batch.lines_g if batch.net_g is None else batch.net_g
    has_pcb = any(each.pcb_items or "Y10" in each.y_codes for each in lines)
    facts = [
        Fact(say(N_("Received on")), words.date(batch.received_on)),
        Fact(say(N_("Received net mass")), words.mass(batch.received_g, "kg")),
    ]
    tolerable = True
    if batch.received_g is not None and loaded:
        difference = discrepancy(loaded, batch.received_g, pcb=has_pcb)
        tolerable = difference.tolerable
        sign = "+" if difference.difference_g > 0 else ""
        shown = say(
            N_("{mass} ({share})"), mass=sign + words.mass(difference.difference_g, "kg"), share=words.percent(difference.share)
        )
        facts.append(Fact(say(N_("Difference from the loaded mass")), shown))
    else:
        facts.append(Fact(say(N_("Difference from the loaded mass")), NOTHING))
    facts += [
        Fact(say(N_("Certificate of destruction")), batch.certificate_no or NOTHING),
        Fact(say(N_("Certificate of")), words.date(batch.certificate_on)),
        Fact(say(N_("State")), say(batch.state.label)),
    ]
    parts.begin(say(N_("Receipt and destruction")))
    parts.add(Facts(tuple(facts)))
    if not tolerable:
        parts.add(Prose(say(N_("The difference is greater than the tolerance (5 %, for PCB 1 %).")), "warning"))
    if batch.discrepancy_note:
        parts.add(Prose(say(N_("Explanation of the difference: {note}"), note=batch.discrepancy_note)))
