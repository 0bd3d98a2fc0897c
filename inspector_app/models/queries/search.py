"""Anything in the register by code, name, serial or document number, as fast as letters are typed."""

from collections import defaultdict
from typing import Any

from sqlalchemy import String, func, literal, select, text
from sqlalchemy.orm import Session, aliased

from inspector_app.domain.waste import show_code
from inspector_app.models.derived import SEARCH_KINDS
from inspector_app.models.documents import Document
from inspector_app.models.inspections import Inspection
from inspector_app.models.queries.hits import Hit, HitKind
from inspector_app.models.queries.matching import match_words
from inspector_app.models.removal import Contract, RemovalBatch
from inspector_app.models.sites import CourtDecision, Site
from inspector_app.models.waste import PcbItem, WasteItem, WasteType

Question = Any
"""A select of eight columns; SQLAlchemy types each column list anew."""

_LOOKED_AT = 240
"""Matches read at most; ranking a hundred thousand of them would take longer than the next letter."""


def search(session: Session, *, typed: str, each: int = 5) -> list[Hit]:
    """What begins with every typed word, at most `each` of a kind, exact codes first. Any text may be typed."""
    expression = match_words(typed)
    if not expression:
        return []
    found: dict[HitKind, list[int]] = defaultdict(list)
    matches = session.execute(
        text("SELECT rowid FROM search WHERE search MATCH :typed LIMIT :most"), {"typed": expression, "most": _LOOKED_AT}
    )
    for (rowid,) in matches:
        kind = HitKind(SEARCH_KINDS[rowid % 16])  # type: ignore[call-arg]
        if len(found[kind]) < each * 3:
            found[kind].append(rowid // 16)
    hits = {kind: _rows(session, kind, numbers) for kind, numbers in found.items()}
    hits[HitKind.SITE] = _unique([*_sites_by_code(session, typed, each), *hits.get(HitKind.SITE, [])])
    if digits := _code_digits(typed):
        hits[HitKind.WASTE_ITEM] = _unique([*_items_by_code(session, digits, each), *hits.get(HitKind.WASTE_ITEM, [])])
    hits[HitKind.WASTE_TYPE] = _types(session, typed, digits, each)
    return [hit for kind in HitKind for hit in hits.get(kind, [])[:each]]


def _unique(hits: list[Hit]) -> list[Hit]:
    return list({hit.id: hit for hit in hits}.values())


def _code_digits(typed: str) -> str:
    """'16 02 09*' as '160209'; nothing when it cannot be a waste code."""
    bare = typed.strip().removesuffix("*")
    digits = "".join(letter for letter in bare if letter not in " .\u00a0\u202f-")
    return digits if digits.isascii() and digits.isdigit() and 2 <= len(digits) <= 6 else ""


def _sites_by_code(session: Session, typed: str, limit: int) -> list[Hit]:
    asked = typed.strip()[:60].upper()
    question = _question(HitKind.SITE).where(Site.code >= asked, Site.code < asked + "\uffff")
    return _hits(session, HitKind.SITE, question.order_by(Site.code).limit(limit))


def _items_by_code(session: Session, digits: str, limit: int) -> list[Hit]:
    question = _question(HitKind.WASTE_ITEM).where(WasteItem.code >= digits, WasteItem.code < digits + ":")
    return _hits(session, HitKind.WASTE_ITEM, question.limit(limit))


def _types(session: Session, typed: str, digits: str, limit: int) -> list[Hit]:
    types = select(WasteType.code, WasteType.hazardous, WasteType.name_en, WasteType.name_ru, WasteType.name_kk)
    types = types.where(WasteType.entry.is_not(None)).order_by(WasteType.code)
    wanted = typed.casefold().split()
    if digits:
        types = types.where(WasteType.code.startswith(digits)).limit(limit)
    elif sum(len(word) for word in wanted) < 3:
        return []
    hits: list[Hit] = []
    for code, hazardous, *names in session.execute(types):
        # SQLite compares Cyrillic letters case by case; eight hundred names are folded faster than an index is kept
        if digits or all(word in " ".join(each or "" for each in names).casefold() for word in wanted):
            hits.append(Hit(HitKind.WASTE_TYPE, code, show_code(code, hazardous=hazardous), None, None, *names))
            if len(hits) == limit:
                break
    return hits


def _rows(session: Session, kind: HitKind, numbers: list[int]) -> list[Hit]:
    table = _TABLES[kind]
    return _hits(session, kind, _question(kind).where(table.n.in_(numbers)).order_by(table.n))


def _hits(session: Session, kind: HitKind, question: Question) -> list[Hit]:
    return [
        Hit(kind, row[0], show_code(row[1], hazardous=bool(row[2])) if kind is HitKind.WASTE_ITEM else row[1], *row[3:])
        for row in session.execute(question.where(_TABLES[kind].deleted.is_(False)))
    ]


_TABLES: dict[HitKind, Any] = {
    HitKind.SITE: Site,
    HitKind.WASTE_ITEM: WasteItem,
    HitKind.PCB_ITEM: PcbItem,
    HitKind.DOCUMENT: Document,
    HitKind.BATCH: RemovalBatch,
    HitKind.INSPECTION: Inspection,
    HitKind.DECISION: CourtDecision,
    HitKind.CONTRACT: Contract,
}
_NONE = literal(None, String)


def _question(kind: HitKind) -> Question:
    """id, code, hazard flag, site id, site code and three names of the rows of a kind."""
    site = aliased(Site)
    match kind:
        case HitKind.SITE:
            return select(Site.id, Site.code, _NONE, Site.id, Site.code, Site.name_en, Site.name_ru, Site.name_kk)
        case HitKind.WASTE_ITEM:
            names = (WasteType.name_en, WasteType.name_ru, WasteType.name_kk)
            own = [func.coalesce(WasteItem.name, each) for each in names]
            return (
                select(WasteItem.id, WasteItem.code, WasteType.hazardous, site.id, site.code, *own)
                .join(site, site.id == WasteItem.site_id)
                .outerjoin(WasteType, WasteType.code == WasteItem.code)
            )
        case HitKind.PCB_ITEM:
            columns: tuple[Any, ...] = (PcbItem.id, PcbItem.label, PcbItem.maker, PcbItem.serial_no)
            table: Any = PcbItem
        case HitKind.DOCUMENT:
            columns, table = (Document.id, Document.no, Document.title, _NONE), Document
        case HitKind.BATCH:
            columns, table = (RemovalBatch.id, RemovalBatch.no, RemovalBatch.carrier, _NONE), RemovalBatch
        case HitKind.INSPECTION:
            columns, table = (Inspection.id, Inspection.no, Inspection.inspector, _NONE), Inspection
        case HitKind.DECISION:
            columns, table = (CourtDecision.id, CourtDecision.case_no, CourtDecision.court, _NONE), CourtDecision
        case _:
            columns, table = (Contract.id, Contract.no, Contract.contractor, _NONE), Contract
    identity, called, name, serial = columns
    shown = name if serial is _NONE else (name + " " + serial)
    question = select(identity, called, _NONE, site.id, site.code, shown, shown, shown)
    return question.outerjoin(site, site.id == table.site_id)
