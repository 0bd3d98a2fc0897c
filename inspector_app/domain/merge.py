"""How an operation meets a row that others may have changed meanwhile: a pure function and one table of classes.

A field is overwritten only by who saw its last change: an operation names, per field, the operation that its author
saw (sync.md F3). Everything else is a clash that a person settles; the value that was first stays meanwhile.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from inspector_app.domain.codes import Code
from inspector_app.domain.errors import RoleMayNot, RuleBroken
from inspector_app.domain.people import Role
from inspector_app.domain.rights import may
from inspector_app.i18n import N_


class MergeClass(Code):
    """What a clash on a field means (sync.md b.8)."""

    LEGAL = "legal", N_("Legal fact")
    PLAIN = "plain", N_("Other value")
    DELETE = "delete", N_("Edited and deleted")


class Outcome(Code):
    """What became of an operation; the words of the wire."""

    APPLIED = "applied", N_("Accepted")
    HELD = "held", N_("Waits for another record")
    CONFLICT = "conflict", N_("Conflict")
    REJECTED = "rejected", N_("Refused")


class ConflictState(Code):
    """Whether somebody still has to look at a conflict."""

    OPEN = "open", N_("Open")
    SETTLED = "settled", N_("Settled")
    WITHDRAWN = "withdrawn", N_("Replaced by a later value")


_LEGAL: Mapping[str, frozenset[str]] = {
    "site": frozenset({
        "code", "register_no", "region", "kato", "cadastral_no", "lat", "lon", "coordinate_text", "source_crs", "boundary",
        "area_m2", "former_owner", "radiological", "suspended",
    }),
    "court_decision": frozenset({
        "court", "case_no", "claimant", "decided_on", "in_force_on", "result", "ownership", "listed", "document_id",
    }),
    "document": frozenset({"type", "no", "issued_on", "issuer", "sha256"}),
    "waste_item": frozenset({"code", "classifier_version", "state", "hazards", "y_codes", "un_no", "adr_class", "outcome"}),
    "quantity_estimate": frozenset({"value", "unit", "density", "mass_g", "accepted"}),
    "pcb_item": frozenset({
        "label", "serial_no", "ppm", "ppm_qualifier", "test_method", "protocol_no", "concentration", "total_g",
    }),
    "inspection": frozenset({
        "no", "state", "conclusions", "measures", "recommendation", "signatures", "signed_at", "content_sha256",
    }),
    "status_event": frozenset({"state", "reason", "position"}),
    "contract": frozenset({"no", "signed_on", "contractor", "bin", "licence_no", "amount_kzt"}),
    "removal_batch": frozenset({
        "no", "state", "manifest_no", "gross_g", "tare_g", "net_g", "received_on", "received_g", "certificate_no",
        "certificate_on", "destination_licence",
    }),
    "batch_line": frozenset({"item_id", "mass_g", "pcb_items"}),
    "ledger_entry": frozenset({"item_id", "kind", "mass_g", "document_id"}),
    "sale_tender": frozenset({"result", "price_kzt", "buyer", "protocol_no"}),
    "budget": frozenset({"year", "funding", "planned_kzt", "spent_kzt"}),
}  # fmt: skip
"""Fields on which ownership, liability or money rests; all others are plain. Of a status event only its answer can clash."""


_TOGETHER: Mapping[str, frozenset[str]] = dict.fromkeys(("lat", "lon"), frozenset({"lat", "lon"}))
"""Fields that mean something only together: half a position by one person and half by another is a place where nobody was."""


def companions(names: Iterable[str]) -> set[str]:
    """The fields that belong to any of these; who changes one of them has seen them all, and names their sources."""
    return {each for name in names for each in _TOGETHER.get(name, ())}


def merge_class(entity: str, name: str) -> MergeClass:
    """The class of a field of an entity."""
    if name == "deleted":
        return MergeClass.DELETE
    return MergeClass.LEGAL if name in _LEGAL.get(entity, frozenset()) else MergeClass.PLAIN


def may_settle(role: Role, kind: MergeClass) -> bool:
    """Legal facts and deletions are settled by a supervisor or higher, other values by any inspector."""
    return may(role, "conflict", "settle", (str(kind),))


def needs_reason(kind: MergeClass) -> bool:
    """Whether who settles must say why, in at least ten letters."""
    return kind is MergeClass.LEGAL


LEAST_REASON = 10
"""Letters of the shortest reason for a legal fact (sync.md b.9)."""


def check_settler(role: Role, kind: MergeClass, reason: object) -> None:
    """That this role may settle a conflict of this class, and says why where it must. Raises RoleMayNot or RuleBroken."""
    if not may_settle(role, kind):
        accepts = Role.INSPECTOR if kind is MergeClass.PLAIN else Role.SUPERVISOR
        raise RoleMayNot(role=role.label, target=kind.label, accepts=accepts.label)
    if needs_reason(kind) and not (isinstance(reason, str) and len(reason.strip()) >= LEAST_REASON):
        raise RuleBroken(rule=N_("A legal fact is settled with a reason of at least ten letters."), invariant="b.9")


@dataclass(slots=True)
class RowState:
    """A row as one side holds it. `sources` names, per field changed since the row was made, the operation that did."""

    entity: str
    id: str
    data: dict[str, Any]
    sources: dict[str, str] = field(default_factory=dict)
    deleted: bool = False

    def source(self, name: str) -> str:
        """The operation that wrote a field last; the one that made the row has the row's own id."""
        return self.sources.get(name, self.id)

    def value(self, name: str) -> Any:
        """What a field holds."""
        return self.deleted if name == "deleted" else self.data.get(name)

    def put(self, name: str, value: Any, op_id: str) -> None:
        """Write a field and remember by which operation."""
        if name == "deleted":
            self.deleted = bool(value)
        else:
            self.data[name] = value
        self.sources[name] = op_id


@dataclass(frozen=True, slots=True)
class Clash:
    """Two values for one field, neither of which saw the other. `base` is what the later author started from."""

    name: str
    kind: MergeClass
    base: Any
    standing: Any
    standing_op: str
    proposed: Any
    seen_op: str


def apply(row: RowState, op_id: str, kind: str, changes: Mapping[str, Any], prev: Mapping[str, str]) -> tuple[Clash, ...]:
    """Put the changes of one patch, delete, restore or settlement into a row; what clashes stays as it was and is returned.

    `changes` maps a field to [old, new]. An edit of a deleted row is one clash about the deletion, and so is a deletion by
    someone who did not see the last edit (sync.md b.6); nothing of either is applied. Fields that belong together clash
    together.
    """
    if row.deleted and "deleted" not in changes:
        return (_deletion(row, kept=changes, prev=prev),)
    if row.deleted and not changes.get("deleted", (True, True))[1] and row.source("deleted") != prev.get("deleted", row.id):
        # brought back by who knew of another deletion only: what else he changed waits with it
        kept = {name: each for name, each in changes.items() if name != "deleted"}
        return (_deletion(row, kept=kept, prev={"deleted": prev.get("deleted", row.id)}),)
    removes = kind in {"delete", "settle"} and changes.get("deleted", (False, False))[1]
    if removes and not row.deleted and any(prev.get(name, row.id) != row.source(name) for name in row.sources):
        return (_deletion(row, kept=None, prev=prev),)
    clashes = []
    moved = {each for each in companions(changes) if each in prev and row.source(each) != prev[each]}
    for name, (old, new) in changes.items():
        seen = prev.get(name, row.id)
        if row.value(name) == new or (row.source(name) == seen and moved.isdisjoint(companions([name]))):
            row.put(name, new, op_id)
        else:
            standing = row.value(name)
            clashes.append(Clash(name, merge_class(row.entity, name), old, standing, row.source(name), new, seen))
    return tuple(clashes)


def _deletion(row: RowState, *, kept: Mapping[str, Any] | None, prev: Mapping[str, str]) -> Clash:
    """One clash for the whole row: somebody deleted what somebody else went on with."""
    if kept is None:
        # what stands against a deletion is the newest edit that its author had not seen
        unseen = [source for name, source in row.sources.items() if prev.get(name, row.id) != source]
        standing_op = max(unseen, default=row.source("deleted"))
        seen = prev.get("deleted", row.id)
        return Clash("deleted", MergeClass.DELETE, False, row.deleted, standing_op, True, seen)
    proposed = {name: new for name, (_old, new) in kept.items()}
    base = {name: old for name, (old, _new) in kept.items()}
    seen = next(iter(prev.values()), row.id)
    return Clash("deleted", MergeClass.DELETE, base, row.deleted, row.source("deleted"), proposed, seen)
