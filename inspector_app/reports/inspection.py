"""The inspection report (domain.md 4.2): what was seen, apart from what is concluded, with every name, number and photo."""

from typing import Any

from inspector_app.domain import inspection as rules
from inspector_app.domain.inspection import InspectionState
from inspector_app.domain.marks import status_mark
from inspector_app.domain.ownership import DocumentType
from inspector_app.domain.places import System, show
from inspector_app.i18n import LANGUAGES, N_
from inspector_app.i18n import words as in_language
from inspector_app.models import files
from inspector_app.models.checklist import checklist
from inspector_app.models.queries import inspections, papers, pcb
from inspector_app.models.queries.inspections import Found, Picture, Visit
from inspector_app.models.queries.papers import SitePaper
from inspector_app.reports import compared, disputes, telling
from inspector_app.reports.blocks import (
    Column,
    Fact,
    Facts,
    Paper,
    Photos,
    Prose,
    Row,
    Shot,
    Signature,
    Signatures,
    Table,
)
from inspector_app.reports.telling import NOTHING, Masses, Sections, Telling, code_of

_ANNEXED = frozenset(
    {
        DocumentType.DISCOVERY_ACT,
        DocumentType.SURVEY_ACT,
        DocumentType.SAMPLING_PROTOCOL,
        DocumentType.LAB_PROTOCOL,
        DocumentType.COURT_DECISION,
        DocumentType.MENR_CONSENT,
        DocumentType.INVENTORY_ACT,
        DocumentType.ACCEPTANCE_ACT,
        DocumentType.WASTE_PASSPORT,
        DocumentType.PHOTO_TABLE,
        DocumentType.CLEARANCE_ACT,
    }
)
"""Documents that an inspection rests on; manifests and certificates belong to the removal reports."""


def content(told: Telling, no: str) -> Paper:
    """The report of one visit, signed or in draft. Raises NotFound."""
    words, say = told.words, told.words.say
    visit = inspections.find_inspection(told.session, no)
    site = papers.site_of(told.session, visit.site_id)
    found = inspections.findings(told.session, visit.id)
    pictures = inspections.pictures(told.session, visit.id)
    parts = Sections()
    _visit(told, visit, parts)
    parts.begin(say(N_("The site")))
    parts.add(Facts((*telling.identity(words, site), *disputes.facts(told, site))))
    parts.begin(say(N_("Where it lies")))
    parts.add(*telling.coordinates(words, site))
    parts.begin(say(N_("State ownership")))
    parts.add(*telling.ownership(told, site))
    _conditions(told, visit, parts)
    _waste(told, site, found, parts)
    _pcb(told, site, parts)
    _readings(told, visit, parts)
    _photos(told, pictures, parts)
    parts.begin(say(N_("Facts observed")))
    parts.add(Prose(visit.facts or say(N_("Nothing is recorded yet."))))
    parts.begin(say(N_("Conclusions")))
    parts.add(Prose(visit.conclusions or say(N_("Nothing is recorded yet."))))
    _risk(told, visit, parts)
    _measures(told, visit, parts)
    compared.add(told, visit, site, found, parts)
    _signatures(told, visit, parts)
    _annexes(told, visit, len(pictures), parts)
    day = words.date(visit.visited_on or visit.planned_on)
    return Paper(
        kind="inspection",
        title=say(N_("Inspection report")),
        subtitle=say(
            N_("{site}, {kind} inspection of {day}"),
            site=telling.named(words, site),
            kind=say(visit.kind.label).lower(),
            day=day,
        ),
        number=say(N_("No. {no} of {day}"), no=visit.no, day=day),
        subject=say(N_("Inspection of site {code}"), code=site.code),
        language=words.language,
        blocks=tuple(parts.blocks),
        demo=told.demo,
        draft=visit.state is not InspectionState.SIGNED,
    )


def _visit(told: Telling, visit: Visit, parts: Sections) -> None:
    words, say = told.words, told.words.say
    parts.begin(say(N_("Ground of the visit and those present")))
    if visit.state is not InspectionState.SIGNED:
        parts.add(Prose(say(N_("Draft: not signed, may still change.")), "warning"))
    facts = [
        Fact(say(N_("Act no.")), visit.no),
        Fact(say(N_("Kind of inspection")), say(visit.kind.label)),
        Fact(say(N_("Day of the visit")), words.date(visit.visited_on)),
        Fact(say(N_("Order or plan")), visit.order_no or NOTHING),
        Fact(say(N_("Planned for")), words.date(visit.planned_on)),
        Fact(say(N_("Weather")), visit.weather or NOTHING),
        Fact(say(N_("Inspector")), visit.inspector),
    ]
    if visit.lat is not None and visit.lon is not None:
        facts.append(Fact(say(N_("Position of the inspector")), show(visit.lat, visit.lon, System.DECIMAL)))
    if before := inspections.amended(told.session, visit):
        facts.append(Fact(say(N_("Corrects act no.")), before.no))
        facts.append(Fact(say(N_("Content hash of the corrected act")), before.content_sha256 or NOTHING, wide=True))
    parts.add(Facts(tuple(facts)))
    if visit.attendees:
        columns = (
            Column(say(N_("Full name")), 3),
            Column(say(N_("Position")), 3),
            Column(say(N_("Organisation")), 4),
        )
        keys = "name", "position", "organisation"
        rows = [Row(tuple(str(each.get(key) or "") for key in keys)) for each in visit.attendees]
        parts.add(Table(columns, rows))


def _conditions(told: Telling, visit: Visit, parts: Sections) -> None:
    words, say = told.words, told.words.say
    parts.begin(say(N_("Conditions on the site")))
    form = checklist()
    rows = []
    for section in form.sections:
        asked = [each for each in section.questions if rules.is_asked(each, visit.answers)]
        if asked:
            rows.append(Row((words.pick(section.text.en, section.text.ru, section.text.kk),), "group"))
        rows += [
            Row((words.pick(each.text.en, each.text.ru, each.text.kk), _answer(told, each, visit.answers.get(each.id))))
            for each in asked
        ]
    parts.add(Table((Column(say(N_("Question")), 3), Column(say(N_("Answer")), 2)), rows))
    parts.add(Prose(say(N_("Checklist {version}."), version=form.version), "quiet"))


def _answer(told: Telling, question: rules.Question, answer: Any) -> str:
    words = told.words
    if answer is None:
        return NOTHING if question.kind == "text" else words.say(N_("not assessed"))
    if question.kind == "choice":
        option = next((each for each in question.options if each.code == answer), None)
        return str(answer) if option is None else words.pick(option.text.en, option.text.ru, option.text.kk)
    if isinstance(answer, int | float) and not isinstance(answer, bool):
        number = words.number(answer, 0 if float(answer).is_integer() else 2)
        return f"{number}\N{NO-BREAK SPACE}{words.say(question.unit)}" if question.unit else number
    return str(answer)


def _waste(told: Telling, site: SitePaper, found: tuple[Found, ...], parts: Sections) -> None:
    words, say = told.words, told.words.say
    parts.begin(say(N_("Waste found")))
    masses = Masses(words, (each.mass_g for each in found))
    items = {each.id: each for each in papers.inventory(told.session, site.id)}
    columns = (
        Column(say(N_("No.")), points=22, right=True),
        Column(say(N_("Code")), points=46),
        Column(say(N_("Waste")), 5),
        Column(say(N_("Hazards")), points=54),
        Column(masses.head(N_("Mass, kg"), N_("Mass, t")), points=56, right=True),
        Column(say(N_("Method")), points=62),
        Column(say(N_("Packaging")), 2.4),
    )
    rows = []
    for number, each in enumerate(found, start=1):
        item = items.get(each.item_id or "")
        name = each.title(words)
        state = say(item.state.label) if item and item.state else ""
        kept = [each.packaging or "", words.number(each.packages) if each.packages else ""]
        packaging = " × ".join(part for part in reversed(kept) if part)
        condition = say(each.condition.label) if each.condition else ""
        cells = (
            str(number),
            code_of(each.code, hazardous=each.hazardous),
            "\n".join(part for part in (name, state, each.note or "") if part),
            ", ".join([*item.hazards, *item.y_codes]) if item else "",
            masses.show(each.mass_g),
            say(each.method.label) if each.method else "",
            "\n".join(part for part in (packaging, condition) if part),
        )
        rows.append(Row(cells))
    if len(found) > 1:
        total = sum(each.mass_g or 0 for each in found)
        rows.append(Row(("", "", say(N_("Total")), "", masses.show(total), "", ""), "total"))
    parts.add(Table(columns, rows, say(N_("No waste is recorded for this visit."))))


def _pcb(told: Telling, site: SitePaper, parts: Sections) -> None:
    items = pcb.equipment(told.session, site_id=site.id)
    if not items:
        return
    words, say = told.words, told.words.say
    masses = Masses(words, (each.total_g for each in items))
    columns = (
        Column(say(N_("Label")), points=84),
        Column(say(N_("Equipment")), 3),
        Column(say(N_("Serial no.")), 2),
        Column(masses.head(N_("Mass, kg"), N_("Mass, t")), points=48, right=True),
        Column(say(N_("PCB class")), points=62),
        Column(say(N_("Condition")), 2),
        Column(say(N_("Storage")), 2.5),
    )
    rows = [
        Row(
            (
                each.label,
                "\n".join(part for part in (say(each.equipment.label), each.model or "") if part),
                each.serial_no or NOTHING,
                masses.show(each.total_g),
                say(each.concentration.label),
                say(each.condition.label),
                each.storage or "",
            )
        )
        for each in items
    ]
    parts.begin(say(N_("PCB equipment on the site")))
    parts.add(Table(columns, rows))


def _readings(told: Telling, visit: Visit, parts: Sections) -> None:
    readings = inspections.readings(told.session, visit.id)
    if not readings:
        return
    words, say = told.words, told.words.say
    columns = (
        Column(say(N_("Point")), 2),
        Column(say(N_("Quantity measured")), 3),
        Column(say(N_("Reading")), points=48, right=True),
        Column(say(N_("Time")), points=82),
        Column(say(N_("Device, no.")), 3),
        Column(say(N_("Calibrated until")), points=58),
    )
    rows = [
        Row(
            (
                each.point or (show(each.lat, each.lon, System.DECIMAL) if each.lat and each.lon else NOTHING),
                say(each.kind.label),
                words.number(each.value, 2),
                words.moment(each.measured_at),
                " ".join(part for part in (each.device, each.device_no) if part) or NOTHING,
                words.date(each.calibrated_until),
            )
        )
        for each in readings
    ]
    parts.begin(say(N_("Field measurements")))
    parts.add(Table(columns, rows))


def _photos(told: Telling, pictures: tuple[Picture, ...], parts: Sections) -> None:
    if not pictures:
        return
    parts.begin(told.words.say(N_("Photo table")))
    parts.add(Photos(tuple(_shot(told, number, each) for number, each in enumerate(pictures, start=1))))


def _shot(told: Telling, number: int, picture: Picture) -> Shot:
    words, say = told.words, told.words.say
    try:
        file = files.path_of(told.register, picture.sha256)
    except ValueError:
        file = None
    if file is not None and not file.is_file():
        file = None
    place = [show(picture.lat, picture.lon, System.DECIMAL)] if picture.lat is not None and picture.lon is not None else []
    if picture.direction_deg is not None:
        place.append(say(N_("direction {degrees}°"), degrees=picture.direction_deg))
    caption = picture.caption or picture.name or say(N_("no caption"))
    return Shot(
        file=file,
        sha256=picture.sha256,
        title=say(N_("Photo {n}. {caption}"), n=number, caption=caption),
        lines=(
            words.moment(picture.taken_at) if picture.taken_at else say(N_("time not recorded")),
            ", ".join(place) if place else say(N_("position not recorded")),
            say(N_("SHA-256 {prefix}…"), prefix=picture.sha256[:16]),
        ),
        missing=say(N_("The photo is not on this laptop.")) if file is None else say(N_("The photo cannot be read.")),
    )


def _risk(told: Telling, visit: Visit, parts: Sections) -> None:
    words, say = told.words, told.words.say
    parts.begin(say(N_("Risk")))
    parts.add(
        Facts(
            (
                Fact(say(N_("Risk class")), say(visit.risk.label) if visit.risk else say(N_("scored when signed"))),
                Fact(say(N_("Contents, 1 to 5")), NOTHING if visit.risk_contents is None else str(visit.risk_contents)),
                Fact(say(N_("Place, 0 to 100")), NOTHING if visit.risk_place is None else str(visit.risk_place)),
            )
        )
    )
    rows = []
    for factor in rules.place_factors(checklist(), visit.answers):
        question = factor.question
        rows.append(
            Row(
                (
                    words.pick(question.text.en, question.text.ru, question.text.kk),
                    _answer(told, question, visit.answers.get(question.id)),
                    say(N_("{points} of {most}"), points=factor.points, most=question.most_points),
                )
            )
        )
    columns = (
        Column(say(N_("Factor of the place")), 5),
        Column(say(N_("Answer")), 4),
        Column(say(N_("Points")), points=60, right=True),
    )
    parts.add(Table(columns, rows))
    explained = N_(
        "Contents: class of the sum of tonnes by hazard (C16, HP6, HP7: 3; HP3, HP8, HP14: 2; others: 1) by condition of the"
        " packaging (intact: 1, rusted: 2, leaking, open or none: 4). What was not assessed counts as the worst."
    )
    parts.add(Prose(say(explained), "quiet"))


def _measures(told: Telling, visit: Visit, parts: Sections) -> None:
    say = told.words.say
    parts.begin(say(N_("Measures and recommendation")))
    parts.add(Prose(visit.measures or say(N_("No immediate measures."))))
    if visit.recommendation is not None:
        mark = status_mark(visit.recommendation)
        parts.add(Facts((Fact(say(N_("Recommended next status")), say(visit.recommendation.label), mark=mark),), 1))


def _signatures(told: Telling, visit: Visit, parts: Sections) -> None:
    words, say = told.words, told.words.say
    hint = say(N_("signature, date"))
    parts.begin(say(N_("Signatures")))
    if visit.state is InspectionState.SIGNED:
        people = []
        for each in visit.signatures:
            refusal = each.get("refusal")
            said = (
                say(N_("Refused to sign: {reason}"), reason=refusal)
                if refusal
                else say(N_("Signed in the register on {moment} UTC+5"), moment=words.moment(visit.signed_at))
            )
            role = ", ".join(part for part in (each.get("position"), each.get("organisation")) if part)
            people.append(Signature(role, each.get("name", ""), said, hint))
        parts.add(Signatures(tuple(people)))
        parts.add(Prose(say(N_("Content hash of the signed act: {hash}"), hash=visit.content_sha256 or NOTHING), "quiet"))
        return
    parts.add(
        Signatures(
            (
                Signature(say(N_("Inspector")), visit.inspector, "", hint),
                Signature(say(N_("Head of the inspection")), "", "", hint),
                Signature(say(N_("Local executive body")), "", "", hint),
                Signature(say(N_("Department of Ecology")), "", "", hint),
                Signature(say(N_("Witness")), "", "", hint),
            )
        )
    )


def _adds(document: papers.Held) -> bool:
    """Whether the title of a document says more than its type does, in whatever language it was written."""
    return bool(document.title) and document.title not in {in_language(each).say(document.type.label) for each in LANGUAGES}


def _annexes(told: Telling, visit: Visit, photos: int, parts: Sections) -> None:
    words, say = told.words, told.words.say
    lines = []
    if photos:
        lines.append(words.plural("Photo table, {n} photo", "Photo table, {n} photos", photos))
    lines += [
        say(
            N_("{type} no. {no} of {day}, {title}") if _adds(each) else N_("{type} no. {no} of {day}"),
            type=say(each.type.label),
            no=each.no,
            day=words.date(each.issued_on),
            title=each.title,
        )
        for each in papers.documents(told.session, visit.site_id)
        if each.type in _ANNEXED and (visit.visited_on is None or each.issued_on <= visit.visited_on)
    ]
    parts.begin(say(N_("Annexes")))
    columns = (Column(say(N_("No.")), points=22, right=True), Column(say(N_("Document")), 1))
    rows = [Row((str(number), line)) for number, line in enumerate(lines, start=1)]
    parts.add(Table(columns, rows, say(N_("None."))))
