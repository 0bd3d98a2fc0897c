"""Every logged table by name: the vocabulary of the operation log and of the wire."""

from functools import cache

from sqlalchemy import Table

from inspector_app.models.base import BOOKKEEPING, CodeText, Logged
from inspector_app.models.documents import Document, Photo
from inspector_app.models.inspections import Finding, Inspection, Measurement
from inspector_app.models.removal import BatchLine, Budget, Contract, LedgerEntry, RemovalBatch, SaleTender
from inspector_app.models.sites import CourtDecision, Programme, Site, SiteProgramme, StatusEvent
from inspector_app.models.waste import PcbItem, PcbMove, QuantityEstimate, WasteItem

ENTITIES: dict[str, type[Logged]] = {
    each.__tablename__: each
    for each in (
        Programme,
        Site,
        SiteProgramme,
        Document,
        StatusEvent,
        CourtDecision,
        WasteItem,
        QuantityEstimate,
        PcbItem,
        PcbMove,
        Inspection,
        Finding,
        Measurement,
        Photo,
        Contract,
        RemovalBatch,
        BatchLine,
        LedgerEntry,
        SaleTender,
        Budget,
    )
}
"""Parents before children, so that rows inserted in this order always find what they point to."""


def table(entity: str) -> Table:
    """The table of an entity."""
    return ENTITIES[entity].__table__  # type: ignore[attr-defined, no-any-return]


def fields(entity: str) -> tuple[str, ...]:
    """The fields of an entity that are logged and travel, in the order of its columns."""
    return _FIELDS[entity]


@cache
def codes(entity: str) -> dict[str, frozenset[str]]:
    """The fields of an entity that hold members of closed lists, and these."""
    typed = {name: table(entity).columns[name].type for name in fields(entity)}
    return {name: frozenset(map(str, kind.codes)) for name, kind in typed.items() if isinstance(kind, CodeText)}


_FIELDS = {
    name: tuple(
        column.name for column in table(name).columns if column.name not in BOOKKEEPING and not column.info.get("derived")
    )
    for name in ENTITIES
}
