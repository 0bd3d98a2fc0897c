"""Records, their fields and values in words: for history, for what waits to be sent, for conflicts."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any

from inspector_app.i18n import N_, Words
from inspector_app.models.base import CodeText, DayText, Flag, MomentText
from inspector_app.models.checklist import checklist
from inspector_app.models.entities import ENTITIES, table
from inspector_app.models.queries.history import Change
from inspector_app.models.reference import regions

RECORDS: dict[str, str] = {
    "programme": N_("Programme"),
    "site": N_("Site"),
    "site_programme": N_("Place in a programme"),
    "document": N_("Document"),
    "status_event": N_("Change of status"),
    "court_decision": N_("Court decision"),
    "waste_item": N_("Waste item"),
    "quantity_estimate": N_("Quantity"),
    "pcb_item": N_("PCB equipment"),
    "pcb_move": N_("Relocation of PCB equipment"),
    "inspection": N_("Inspection"),
    "finding": N_("Finding"),
    "measurement": N_("Measurement"),
    "photo": N_("Photo"),
    "contract": N_("Contract"),
    "removal_batch": N_("Removal batch"),
    "batch_line": N_("Line of a batch"),
    "ledger_entry": N_("Ledger entry"),
    "sale_tender": N_("Tender"),
    "budget": N_("Budget"),
}
"""Entities of the register as people call them."""

FIELDS: dict[str, str] = {
    "accepted": N_("accepted"),
    "accuracy_m": N_("accuracy, m"),
    "activity": N_("former activity"),
    "actor": N_("by"),
    "address": N_("address"),
    "adr_class": N_("ADR class"),
    "amends_id": N_("amends"),
    "amount_kzt": N_("amount"),
    "announced_on": N_("announced on"),
    "answers": N_("answers"),
    "area_m2": N_("area, m²"),
    "attendees": N_("attendees"),
    "basis": N_("documents"),
    "batch_id": N_("batch"),
    "bin": N_("BIN"),
    "boundary": N_("boundary"),
    "buyer": N_("buyer"),
    "cadastral_no": N_("cadastral number"),
    "calibrated_until": N_("calibrated until"),
    "caption": N_("caption"),
    "carrier": N_("carrier"),
    "carrier_bin": N_("BIN of the carrier"),
    "case_no": N_("case number"),
    "certificate_no": N_("certificate"),
    "certificate_on": N_("date of the certificate"),
    "claimant": N_("claimant"),
    "classifier_version": N_("classifier"),
    "code": N_("code"),
    "concentration": N_("concentration class"),
    "conclusions": N_("conclusions"),
    "condition": N_("condition"),
    "container_kind": N_("kind of container"),
    "containers": N_("containers"),
    "content_sha256": N_("fingerprint of the content"),
    "contract_id": N_("contract"),
    "contractor": N_("contractor"),
    "coordinate_text": N_("coordinates as recorded"),
    "country": N_("country"),
    "court": N_("court"),
    "decided_on": N_("decided on"),
    "deleted": N_("taken out"),
    "density": N_("density, kg/l"),
    "description": N_("description"),
    "destination": N_("destination"),
    "destination_licence": N_("licence of the destination"),
    "device": N_("instrument"),
    "device_no": N_("number of the instrument"),
    "direction_deg": N_("direction, °"),
    "discovered_on": N_("discovered on"),
    "discrepancy_note": N_("note on the difference"),
    "document_id": N_("document"),
    "driver": N_("driver"),
    "dry_g": N_("dry mass"),
    "effective_on": N_("effective date"),
    "ends_on": N_("ends on"),
    "entered_on": N_("entered on"),
    "equipment": N_("equipment"),
    "estimated_on": N_("estimated on"),
    "facts": N_("facts"),
    "former_owner": N_("former owner"),
    "former_place": N_("former place"),
    "from_status": N_("from status"),
    "funding": N_("funding"),
    "gross_g": N_("gross mass"),
    "hazards": N_("hazards"),
    "high_g": N_("at most"),
    "historical": N_("from old papers"),
    "in_force_on": N_("in force on"),
    "inspection_id": N_("inspection"),
    "inspector": N_("inspector"),
    "issued_on": N_("issued on"),
    "issuer": N_("issued by"),
    "item_id": N_("waste item"),
    "kato": N_("KATO"),
    "kind": N_("kind"),
    "label": N_("label"),
    "laboratory": N_("laboratory"),
    "lat": N_("latitude"),
    "leak_since": N_("leaks since"),
    "legacy_code": N_("old code"),
    "licence_no": N_("licence"),
    "licence_until": N_("licence until"),
    "line_no": N_("line"),
    "liquid": N_("liquid"),
    "liquid_g": N_("mass of liquid"),
    "liquid_ml": N_("volume of liquid, ml"),
    "listed": N_("waste as the court named it"),
    "loaded_at": N_("loaded at"),
    "lon": N_("longitude"),
    "lots": N_("lots"),
    "low_g": N_("at least"),
    "maker": N_("maker"),
    "manifest_no": N_("manifest"),
    "mass_g": N_("mass"),
    "measured_at": N_("measured at"),
    "measures": N_("measures"),
    "method": N_("method"),
    "mime": N_("kind of file"),
    "mirror_assessment": N_("assessment of the mirror entry"),
    "model": N_("model"),
    "moved_on": N_("moved on"),
    "name": N_("name"),
    "name_en": N_("name in English"),
    "name_kk": N_("name in Kazakh"),
    "name_ru": N_("name in Russian"),
    "net_g": N_("net mass"),
    "no": N_("number"),
    "note": N_("note"),
    "operation": N_("operation"),
    "order_no": N_("order"),
    "origin": N_("from"),
    "out_of_service_on": N_("out of service on"),
    "outcome": N_("outcome"),
    "ownership": N_("ownership"),
    "packages": N_("packages"),
    "packaging": N_("packaging"),
    "packaging_condition": N_("condition of the packaging"),
    "packing_group": N_("packing group"),
    "pcb_item_id": N_("PCB equipment"),
    "pcb_items": N_("PCB equipment"),
    "place": N_("place"),
    "planned_kzt": N_("planned"),
    "planned_on": N_("planned on"),
    "point": N_("point"),
    "position": N_("place in the chain"),
    "power_kvar": N_("power, kvar"),
    "ppm": N_("concentration, ppm"),
    "ppm_qualifier": N_("qualifier"),
    "previous_id": N_("event before"),
    "price_kzt": N_("price"),
    "programme_id": N_("programme"),
    "protocol_no": N_("protocol"),
    "radiological": N_("radiological"),
    "reason": N_("reason"),
    "received_g": N_("received mass"),
    "received_on": N_("received on"),
    "recommendation": N_("recommendation"),
    "recorded_at": N_("recorded at"),
    "region": N_("region"),
    "register_no": N_("register number"),
    "result": N_("result"),
    "risk": N_("risk class"),
    "risk_contents": N_("risk by contents"),
    "risk_place": N_("risk by place"),
    "role": N_("role"),
    "round": N_("round"),
    "scale_calibrated_until": N_("scale calibrated until"),
    "seals": N_("seals"),
    "serial_no": N_("serial number"),
    "sha256": N_("fingerprint of the file"),
    "signatures": N_("signatures"),
    "signed_at": N_("signed at"),
    "signed_on": N_("signed on"),
    "site_id": N_("site"),
    "size": N_("size, bytes"),
    "source": N_("source"),
    "source_crs": N_("coordinate system"),
    "spent_kzt": N_("spent"),
    "starts_on": N_("starts on"),
    "state": N_("state"),
    "storage": N_("storage place"),
    "subject": N_("subject"),
    "suspended": N_("suspended"),
    "taken_at": N_("taken at"),
    "tare_g": N_("tare"),
    "target": N_("to"),
    "test_method": N_("test method"),
    "tested_on": N_("tested on"),
    "ticket_no": N_("weighbridge ticket"),
    "title": N_("title"),
    "to_status": N_("to status"),
    "total_g": N_("total mass"),
    "trailer": N_("trailer"),
    "type": N_("type"),
    "un_no": N_("UN number"),
    "unit": N_("unit"),
    "value": N_("value"),
    "vehicle": N_("vehicle"),
    "visited_on": N_("visited on"),
    "voltage_kv": N_("voltage, kV"),
    "weather": N_("weather"),
    "weigh_method": N_("method of weighing"),
    "y_codes": N_("Y codes"),
    "year": N_("year"),
    "year_made": N_("year of make"),
}
"""Fields by the name of their column."""

_NOTHING = "\N{EN DASH}"
_LONGEST = 120
IDENTITIES = frozenset({"previous_id", "content_sha256", "sha256", "basis"})
"""Fields that mean something to programs alone."""


def record_name(words: Words, entity: str) -> str:
    """What a record is called; a kind of a newer program by its code."""
    return words.say(RECORDS[entity]) if entity in RECORDS else entity


def field_name(words: Words, field: str) -> str:
    """What a field is called; one of a newer program by its code."""
    return words.say(FIELDS[field]) if field in FIELDS else field


def shown_value(words: Words, entity: str, field: str, value: Any) -> str:
    """A value as JSON carries it, in words, on one line; lists and maps by their number."""
    if isinstance(value, list | dict) and value:
        return words.plural("{n} entry", "{n} entries", len(value))
    text = full_value(words, entity, field, value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def full_value(words: Words, entity: str, field: str, value: Any) -> str:
    """A value as JSON carries it, whole: masses with their unit, days as people write them, codes by their label.

    Lists and maps are written out, a line for each entry; of a boundary the number of its corners.
    """
    if value is None or value in ("", [], {}):
        return _NOTHING
    column = table(entity).columns.get(field) if entity in ENTITIES else None
    if isinstance(value, int) and not isinstance(value, bool):
        if field.endswith("_g"):
            return words.mass(value)
        if field.endswith("_kzt"):
            return words.money(value)
    match column.type if column is not None else None:
        case CodeText() as kind:
            member = kind.codes._value2member_map_.get(value)
            return words.say(member.label) if isinstance(member, kind.codes) else str(value)
        case DayText():
            return words.date(date.fromisoformat(value)) if isinstance(value, str) else str(value)
        case MomentText():
            return words.moment(datetime.fromisoformat(value)) if isinstance(value, str) else str(value)
        case Flag():
            return words.say("yes") if value else words.say("no")
        case _ if field == "region" and value in regions():
            return regions()[value].name(words)
        case _ if isinstance(value, list | dict):
            return _written_out(words, value)
        case _:
            return str(value)


def _written_out(words: Words, value: Any) -> str:
    """A list or a map of the register as lines."""
    if isinstance(value, dict):
        if "coordinates" in value:
            corners = sum(1 for _each in _corners(value["coordinates"]))
            return words.plural("a shape with {n} corner", "a shape with {n} corners", corners)
        return "\n".join(f"{_question(words, name)}: {_inline(words, each)}" for name, each in value.items())
    if all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return "\n".join(_inline(words, each) for each in value)


def _inline(words: Words, value: Any) -> str:
    match value:
        case bool():
            return words.say("yes") if value else words.say("no")
        case dict():
            return ", ".join(_inline(words, each) for each in value.values() if each not in (None, ""))
        case list():
            return ", ".join(_inline(words, each) for each in value)
        case _:
            return _NOTHING if value is None else str(value)


def _question(words: Words, name: str) -> str:
    """The text of a question of the checklist; any other name as it is."""
    asked = _questions().get(name)
    return words.pick(asked.en, asked.ru, asked.kk) if asked is not None else name


def _corners(coordinates: Any) -> Iterator[Any]:
    """Every pair of numbers in nested lists; the last corner of a ring is its first."""
    for each in coordinates:
        if isinstance(each, list) and each and isinstance(each[0], list):
            if isinstance(each[0][0], list):
                yield from _corners(each)
            else:
                yield from each[:-1]


@cache
def _questions() -> Mapping[str, Any]:
    return {each.id: each.text for each in checklist().questions}


def differences(words: Words, change: Change) -> list[str]:
    """Each field as 'name: before → after'; of a new record what it holds."""
    lines = []
    for each in change.fields:
        if each.name in IDENTITIES or each.name.endswith("_id"):
            continue
        name = field_name(words, each.name)
        new = shown_value(words, change.entity, each.name, each.new)
        if change.kind == "create":
            lines.append(f"{name}: {new}")
        else:
            old = shown_value(words, change.entity, each.name, each.old)
            lines.append(f"{name}: {old} \N{RIGHTWARDS ARROW} {new}")
    return lines


def both_sides(words: Words, outcome: Mapping[str, Any]) -> str:
    """Whether the server counted a sync as this laptop did."""
    match outcome.get("confirmed"):
        case True:
            return words.say("counted the same")
        case False:
            return words.say("counted otherwise")
        case _:
            return words.say("not compared yet") if outcome.get("round_id") else "\N{EN DASH}"
