"""Labels to stick on PCB equipment: the number as text and as a QR code that the program reads back."""

from inspector_app.i18n import N_
from inspector_app.models.queries import papers, pcb
from inspector_app.models.queries.pcb import Equipment
from inspector_app.reports.blocks import Label, Labels, Paper, Prose
from inspector_app.reports.telling import Telling


def content(told: Telling, code: str | None = None) -> Paper:
    """Labels of all PCB equipment, or of one site's. Raises NotFound."""
    words, say = told.words, told.words.say
    site = papers.find_site(told.session, code) if code else None
    items = pcb.equipment(told.session, site_id=site.id if site else None)
    day = words.date(told.today)
    empty = Prose(say(N_("No PCB equipment is recorded.")), "quiet")
    return Paper(
        kind="labels",
        title=say(N_("Labels for PCB equipment")),
        subtitle="",
        number=say(N_("{code}, as at {day}"), code=site.code if site else say(N_("all sites")), day=day),
        subject=say(N_("Labels of equipment that contains PCB")),
        language=words.language,
        blocks=(Labels(tuple(_label(told, each) for each in items)),) if items else (empty,),
        demo=told.demo,
        stands_alone=False,
    )


def _label(told: Telling, each: Equipment) -> Label:
    words, say = told.words, told.words.say
    warning = say(N_("DEMO: no real label")) if told.demo else say(N_("CAUTION: contains PCB"))
    mass = say(N_("Mass {mass}"), mass=words.mass(each.total_g, "kg")) if each.total_g is not None else ""
    lines = (
        " ".join(part for part in (say(each.equipment.label), each.model) if part),
        say(N_("Serial no. {no}"), no=each.serial_no) if each.serial_no else say(N_("No serial number")),
        say(N_("PCB content: {content}"), content=say(each.concentration.label)),
        mass,
        say(N_("Site {code}"), code=each.site_code),
    )
    return Label(each.label, each.label, tuple(line for line in lines if line), warning)
