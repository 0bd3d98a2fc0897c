"""Who may do what: one pure table of roles by kind of record and kind of operation, and by field where that matters.

The server judges every operation by it, a register writes no operation that it forbids, and the window asks it which
buttons to offer (decision 009). What is not here is forbidden. Two more questions are asked beside it: the table of the law
says which step of ownership a role proposes or accepts (domain/ownership.STEPS), and regions say where (`reaches`).
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from inspector_app.domain.errors import NotYourRegion, NotYourTask, ReadingOnly
from inspector_app.domain.people import LADDER, Role, outranks
from inspector_app.i18n import N_

_NOBODY: frozenset[Role] = frozenset()


def _from(least: Role) -> frozenset[Role]:
    return frozenset(role for role in LADDER if outranks(role, least))


_FIELD, _OFFICE, _SUPERVISION, _REGISTRATION = map(_from, (Role.INSPECTOR, Role.OFFICE, Role.SUPERVISOR, Role.REGISTRAR))
Deeds = Mapping[str, frozenset[Role]]


def _all(roles: frozenset[Role]) -> Deeds:
    return dict.fromkeys(("create", "patch", "delete", "restore"), roles)


RIGHTS: Mapping[str, Deeds] = {
    # what is found, weighed, measured and loaded where the waste lies
    **dict.fromkeys(
        (
            "site",
            "document",
            "court_decision",
            "waste_item",
            "quantity_estimate",
            "pcb_item",
            "pcb_move",
            "inspection",
            "finding",
            "measurement",
            "photo",
            "removal_batch",
            "batch_line",
        ),
        _all(_FIELD),
    ),
    # added and taken back, never edited (INV-06)
    "ledger_entry": {"create": _FIELD, "delete": _FIELD, "restore": _FIELD},
    # a patch is an answer to a proposal; the table of the law says more (domain.md 6.3)
    "status_event": {"create": _FIELD, "patch": _FIELD, "delete": _FIELD},
    # money and contracts
    **dict.fromkeys(("programme", "site_programme", "contract", "sale_tender", "budget"), _all(_OFFICE)),
    # made by the server alone, decided by people; its fields are the classes of sync.md b.8
    "conflict": {"settle": _FIELD},
}
"""Kind of record to kind of operation to the roles that may do it."""

FIELD_RIGHTS: Mapping[tuple[str, str], frozenset[Role]] = {
    ("site", "register_no"): _REGISTRATION,
    ("status_event", "historical"): _REGISTRATION,
    ("conflict", "legal"): _SUPERVISION,
    ("conflict", "delete"): _SUPERVISION,
}
"""Fields that fewer may fill than may touch the rest of the record."""

_GUARDED = {entity: tuple(name for of, name in FIELD_RIGHTS if of == entity) for entity, _name in FIELD_RIGHTS}

NAMES: Mapping[str, str] = {
    "site": N_("site"),
    "document": N_("document"),
    "status_event": N_("status event"),
    "court_decision": N_("court decision"),
    "waste_item": N_("waste item"),
    "quantity_estimate": N_("quantity estimate"),
    "pcb_item": N_("PCB item"),
    "pcb_move": N_("PCB relocation"),
    "inspection": N_("inspection"),
    "finding": N_("finding"),
    "measurement": N_("measurement"),
    "photo": N_("photo"),
    "contract": N_("contract"),
    "removal_batch": N_("removal batch"),
    "batch_line": N_("batch line"),
    "ledger_entry": N_("ledger entry"),
    "sale_tender": N_("tender"),
    "programme": N_("programme"),
    "site_programme": N_("place in a programme"),
    "budget": N_("budget"),
    "conflict": N_("conflict"),
}
"""What each kind of record is called in a sentence."""

_FIELD_NAMES: Mapping[tuple[str, str], str] = {
    ("site", "register_no"): N_("register number"),
    ("status_event", "historical"): N_("an event of the past"),
    ("conflict", "legal"): N_("a conflict over a legal fact"),
    ("conflict", "delete"): N_("a conflict over a deletion"),
}


def who_may(entity: str, kind: str, fields: Iterable[str] = ()) -> frozenset[Role]:
    """The roles that may do this to such a record; `fields` are those that the operation fills."""
    roles = RIGHTS.get(entity, {}).get(kind, _NOBODY)
    for name in fields:
        if (entity, name) in FIELD_RIGHTS:
            roles &= FIELD_RIGHTS[entity, name]
    return roles


def may(role: Role, entity: str, kind: str, fields: Iterable[str] = ()) -> bool:
    """Whether a role may do this. What nobody knows is denied."""
    return role in who_may(entity, kind, fields)


def check(role: Role, entity: str, kind: str, fields: Collection[str] = ()) -> None:
    """Raises ReadingOnly for a role that changes nothing, NotYourTask for what is left to others."""
    allowed = who_may(entity, kind, fields)
    if role in allowed:
        return
    if not writes(role):
        raise ReadingOnly(role=role.label)
    named = next((_FIELD_NAMES[entity, each] for each in fields if role not in FIELD_RIGHTS.get((entity, each), {role})), None)
    others = ", ".join(each.label for each in LADDER if each in allowed)
    raise NotYourTask(role=role.label, what=named or NAMES.get(entity, entity), accepts=others or N_("nobody"))


def writes(role: Role) -> bool:
    """Whether a role changes anything at all. The administrator looks after people and the server, not after the register."""
    return role in _FIELD


def filled(entity: str, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Of the fields that fewer may fill, those of a new record that hold something: an empty field is not touched."""
    return tuple([name for name in _GUARDED.get(entity, ()) if values.get(name) not in (None, "", False)])


def listed(regions: str) -> tuple[str, ...]:
    """A list of regions out of a text in which commas part them; none means all."""
    return tuple(each for each in regions.split(",") if each)


def reaches(regions: Collection[str], region: str | None) -> bool:
    """Whether a person with these regions (none means all) sees and changes records of a region.

    What lies in no region, such as a contract for several sites or a programme, is everybody's.
    """
    return not regions or region is None or region in regions


def check_region(regions: Collection[str], region: str | None) -> None:
    """Raises NotYourRegion. The region is two digits of KATO."""
    if not reaches(regions, region):
        raise NotYourRegion(region=region, regions=", ".join(sorted(regions)))
