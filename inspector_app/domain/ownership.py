"""State-ownership status: the statuses, the table of allowed steps, and what each step rests on (domain.md 6.3)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from inspector_app.domain.codes import Code
from inspector_app.domain.errors import BadValue, BasisMissing, GuardUnmet, RoleMayNot, StepForbidden
from inspector_app.domain.people import Role, outranks
from inspector_app.i18n import N_


class Status(Code):
    """Where a site stands on its way from discovery to closure (domain.md 6.2)."""

    DISCOVERED = "DISCOVERED", N_("Discovered")
    OWNER_SEARCH = "OWNER_SEARCH", N_("Survey and owner search")
    CLAIM_FILED = "CLAIM_FILED", N_("Claim filed in court")
    DECIDED = "DECIDED", N_("Decision made, not in force")
    OWNER_FOUND = "OWNER_FOUND", N_("Owner identified")
    COURT_REFUSED = "COURT_REFUSED", N_("Court refused")
    COMMUNAL = "COMMUNAL", N_("Communal ownership")
    UNDER_INSPECTION = "UNDER_INSPECTION", N_("Under inspection")
    PENDING_REMOVAL = "PENDING_REMOVAL", N_("Pending removal")
    FOR_SALE = "FOR_SALE", N_("Offered for sale")
    REMOVING = "REMOVING", N_("Removal in progress")
    REMOVED = "REMOVED", N_("Removed")
    SOLD = "SOLD", N_("Sold")
    TRANSFERRED_LEB = "TRANSFERRED_LEB", N_("Transferred to local authority")


class Bucket(Code):
    """The five published groups of state-owned sites; every state-owned site is in exactly one (domain.md 6.6)."""

    REMOVED = "removed", N_("Removed")
    SOLD = "sold", N_("Sold")
    TRANSFERRED = "transferred", N_("Transferred to local authorities")
    PENDING_REMOVAL = "pending_removal", N_("Pending removal")
    UNDER_INSPECTION = "under_inspection", N_("Under inspection")


BUCKETS: dict[Status, Bucket] = {
    Status.REMOVED: Bucket.REMOVED,
    Status.SOLD: Bucket.SOLD,
    Status.TRANSFERRED_LEB: Bucket.TRANSFERRED,
    Status.PENDING_REMOVAL: Bucket.PENDING_REMOVAL,
    Status.FOR_SALE: Bucket.PENDING_REMOVAL,
    Status.REMOVING: Bucket.PENDING_REMOVAL,
    Status.UNDER_INSPECTION: Bucket.UNDER_INSPECTION,
}
STATE_OWNED = frozenset(BUCKETS)
"""Statuses that only a site in state ownership can have; none of them leads back before the court."""
CLOSED = frozenset({Status.REMOVED, Status.SOLD, Status.TRANSFERRED_LEB})


class DocumentType(Code):
    """Kinds of documents (domain.md 6.2)."""

    DISCOVERY_ACT = "DISCOVERY_ACT", N_("Discovery act")
    SURVEY_ACT = "SURVEY_ACT", N_("Survey act")
    SAMPLING_PROTOCOL = "SAMPLING_PROTOCOL", N_("Sampling protocol")
    LAB_PROTOCOL = "LAB_PROTOCOL", N_("Laboratory protocol")
    OWNER_INQUIRY = "OWNER_INQUIRY", N_("Owner inquiry reply")
    MENR_CONSENT = "MENR_CONSENT", N_("Consent of the ministry")
    CLAIM = "CLAIM", N_("Statement of claim")
    COURT_DECISION = "COURT_DECISION", N_("Court decision")
    INVENTORY_ACT = "INVENTORY_ACT", N_("Inventory act")
    VALUATION = "VALUATION", N_("Valuation")
    ACCEPTANCE_ACT = "ACCEPTANCE_ACT", N_("Acceptance act")
    WASTE_PASSPORT = "WASTE_PASSPORT", N_("Hazardous-waste passport")
    CONTRACT = "CONTRACT", N_("Contract")
    MANIFEST = "MANIFEST", N_("Manifest")
    WEIGH_TICKET = "WEIGH_TICKET", N_("Weighbridge ticket")
    WORKS_ACT = "WORKS_ACT", N_("Act of completed works")
    DESTRUCTION_CERT = "DESTRUCTION_CERT", N_("Certificate of destruction")
    SALE_PROTOCOL = "SALE_PROTOCOL", N_("Tender protocol")
    SALE_CONTRACT = "SALE_CONTRACT", N_("Sale contract")
    LEB_ACT = "LEB_ACT", N_("Act of transfer to the local authority")
    CLEARANCE_ACT = "CLEARANCE_ACT", N_("Clearance act")
    TRANSBOUNDARY_OPINION = "TRANSBOUNDARY_OPINION", N_("Transboundary opinion")
    PHOTO_TABLE = "PHOTO_TABLE", N_("Photo table")
    OTHER = "OTHER", N_("Other document")


class CourtResult(Code):
    """What the court decided."""

    RECOGNISED = "RECOGNISED", N_("Recognised as ownerless")
    PARTLY = "PARTLY", N_("Recognised in part")
    REFUSED = "REFUSED", N_("Refused")


class OwnershipType(Code):
    """Whose property the court made it."""

    REPUBLICAN = "REPUBLICAN", N_("Republican property")
    COMMUNAL = "COMMUNAL", N_("Communal property")


class EventState(Code):
    """Whether a status event is part of the chain."""

    ACCEPTED = "ACCEPTED", N_("Accepted")
    PROPOSED = "PROPOSED", N_("Waiting for acceptance")
    REFUSED = "REFUSED", N_("Refused")
    DISPUTED = "DISPUTED", N_("Disputed")


class Guard(Code):
    """A condition of a step other than a document; the label is the sentence shown when it does not hold."""

    OWNER_REPLY = "OWNER_REPLY", N_("no reply about the owner is recorded.")
    DECISION_FOR = "DECISION_FOR", N_("no court decision that recognises the waste as ownerless is recorded.")
    DECISION_AGAINST = "DECISION_AGAINST", N_("no court decision that refuses the claim is recorded.")
    IN_FORCE_COMMUNAL = "IN_FORCE_COMMUNAL", N_("no decision on communal ownership is in legal force on that day.")
    IN_FORCE_REPUBLICAN = "IN_FORCE_REPUBLICAN", N_("no decision on republican ownership is in legal force on that day.")
    SIGNED_INSPECTION = "SIGNED_INSPECTION", N_("no signed inspection since the last change of status.")
    ACCEPTED_QUANTITY = "ACCEPTED_QUANTITY", N_("no waste item has an accepted quantity.")
    TENDER_ANNOUNCED = "TENDER_ANNOUNCED", N_("no tender is announced.")
    TENDER_FAILED = "TENDER_FAILED", N_("the last tender has not failed and was not cancelled.")
    NOTHING_REMAINS = "NOTHING_REMAINS", N_("waste remains on the site by the ledger.")
    SOMETHING_REMAINS = "SOMETHING_REMAINS", N_("nothing remains on the site by the ledger.")
    BATCH_LOADED = "BATCH_LOADED", N_("no removal batch has been loaded.")
    NO_OPEN_BATCH = "NO_OPEN_BATCH", N_("a removal batch is still open.")
    ALL_CERTIFIED = "ALL_CERTIFIED", N_("a removal batch has no certificate of destruction.")


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table of allowed steps."""

    origin: Status
    target: Status
    basis: frozenset[DocumentType]
    guards: tuple[Guard, ...]
    proposes: Role
    accepts: Role


def _step(
    origin: Status, target: Status, basis: Iterable[DocumentType], guards: Sequence[Guard], proposes: Role, accepts: Role
) -> Step:
    return Step(origin, target, frozenset(basis), tuple(guards), proposes, accepts)


_S, _D, _G, _R = Status, DocumentType, Guard, Role
STEPS: tuple[Step, ...] = (
    _step(_S.DISCOVERED, _S.OWNER_SEARCH, [_D.SURVEY_ACT], [], _R.INSPECTOR, _R.INSPECTOR),
    _step(_S.OWNER_SEARCH, _S.CLAIM_FILED, [_D.CLAIM, _D.OWNER_INQUIRY], [], _R.INSPECTOR, _R.REGISTRAR),
    _step(_S.OWNER_SEARCH, _S.OWNER_FOUND, [_D.OWNER_INQUIRY], [], _R.INSPECTOR, _R.SUPERVISOR),
    _step(_S.CLAIM_FILED, _S.OWNER_FOUND, [_D.OWNER_INQUIRY], [], _R.INSPECTOR, _R.SUPERVISOR),
    _step(_S.CLAIM_FILED, _S.DECIDED, [_D.COURT_DECISION], [_G.DECISION_FOR], _R.INSPECTOR, _R.REGISTRAR),
    _step(_S.CLAIM_FILED, _S.COURT_REFUSED, [_D.COURT_DECISION], [_G.DECISION_AGAINST], _R.INSPECTOR, _R.REGISTRAR),
    _step(_S.COURT_REFUSED, _S.OWNER_SEARCH, [_D.OTHER], [], _R.SUPERVISOR, _R.REGISTRAR),
    _step(
        _S.DECIDED,
        _S.UNDER_INSPECTION,
        [_D.MENR_CONSENT, _D.ACCEPTANCE_ACT],
        [_G.IN_FORCE_REPUBLICAN],
        _R.INSPECTOR,
        _R.REGISTRAR,
    ),
    _step(_S.DECIDED, _S.COMMUNAL, [_D.COURT_DECISION], [_G.IN_FORCE_COMMUNAL], _R.INSPECTOR, _R.REGISTRAR),
    _step(_S.DECIDED, _S.CLAIM_FILED, [_D.COURT_DECISION], [], _R.SUPERVISOR, _R.REGISTRAR),
    _step(
        _S.UNDER_INSPECTION, _S.PENDING_REMOVAL, [], [_G.SIGNED_INSPECTION, _G.ACCEPTED_QUANTITY], _R.INSPECTOR, _R.SUPERVISOR
    ),
    _step(_S.UNDER_INSPECTION, _S.TRANSFERRED_LEB, [_D.LEB_ACT], [], _R.INSPECTOR, _R.REGISTRAR),
    _step(_S.PENDING_REMOVAL, _S.REMOVING, [_D.CONTRACT], [_G.BATCH_LOADED], _R.INSPECTOR, _R.SUPERVISOR),
    _step(_S.PENDING_REMOVAL, _S.FOR_SALE, [], [_G.TENDER_ANNOUNCED], _R.OFFICE, _R.REGISTRAR),
    _step(_S.PENDING_REMOVAL, _S.TRANSFERRED_LEB, [_D.LEB_ACT], [], _R.INSPECTOR, _R.REGISTRAR),
    _step(_S.PENDING_REMOVAL, _S.UNDER_INSPECTION, [_D.OTHER], [], _R.INSPECTOR, _R.SUPERVISOR),
    _step(_S.FOR_SALE, _S.PENDING_REMOVAL, [_D.SALE_PROTOCOL], [_G.TENDER_FAILED], _R.OFFICE, _R.REGISTRAR),
    _step(_S.FOR_SALE, _S.SOLD, [_D.SALE_CONTRACT, _D.ACCEPTANCE_ACT], [_G.NOTHING_REMAINS], _R.OFFICE, _R.REGISTRAR),
    _step(
        _S.REMOVING,
        _S.REMOVED,
        [_D.CLEARANCE_ACT],
        [_G.NOTHING_REMAINS, _G.NO_OPEN_BATCH, _G.ALL_CERTIFIED],
        _R.SUPERVISOR,
        _R.REGISTRAR,
    ),
    _step(_S.REMOVING, _S.PENDING_REMOVAL, [_D.WORKS_ACT], [_G.SOMETHING_REMAINS], _R.INSPECTOR, _R.SUPERVISOR),
    _step(_S.REMOVED, _S.UNDER_INSPECTION, [_D.DISCOVERY_ACT], [], _R.REGISTRAR, _R.REGISTRAR),
    _step(_S.SOLD, _S.UNDER_INSPECTION, [_D.DISCOVERY_ACT], [], _R.REGISTRAR, _R.REGISTRAR),
    _step(_S.TRANSFERRED_LEB, _S.UNDER_INSPECTION, [_D.DISCOVERY_ACT], [], _R.REGISTRAR, _R.REGISTRAR),
)
"""The law as rows (domain.md 6.3). Every pair that is not here is forbidden."""

_STEPS = {(step.origin, step.target): step for step in STEPS}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a step needs to know of one court decision."""

    result: CourtResult
    ownership: OwnershipType | None
    in_force_on: date | None


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """All that the guards of a step look at; gathered by the register and by the server in the same shape.

    `documents` are the types on which the step is said to rest; masses are grams.
    """

    site: str
    status: Status
    status_since: date | None
    documents: frozenset[DocumentType] = frozenset()
    decisions: tuple[Decision, ...] = ()
    signed_inspection_on: date | None = None
    accepted_items: int = 0
    remaining_g: int = 0
    last_tender: str | None = None
    loaded_batches: int = 0
    open_batches: int = 0
    uncertified_batches: int = 0


_FOR = frozenset({CourtResult.RECOGNISED, CourtResult.PARTLY})


def _in_force(facts: SiteFacts, on: date, ownership: OwnershipType) -> bool:
    return any(
        each.result in _FOR and each.ownership is ownership and each.in_force_on is not None and each.in_force_on <= on
        for each in facts.decisions
    )


def _holds(guard: Guard, facts: SiteFacts, on: date) -> bool:
    match guard:
        case Guard.OWNER_REPLY:
            return DocumentType.OWNER_INQUIRY in facts.documents
        case Guard.DECISION_FOR:
            return any(each.result in _FOR for each in facts.decisions)
        case Guard.DECISION_AGAINST:
            return any(each.result is CourtResult.REFUSED for each in facts.decisions)
        case Guard.IN_FORCE_COMMUNAL:
            return _in_force(facts, on, OwnershipType.COMMUNAL)
        case Guard.IN_FORCE_REPUBLICAN:
            return _in_force(facts, on, OwnershipType.REPUBLICAN)
        case Guard.SIGNED_INSPECTION:
            signed, since = facts.signed_inspection_on, facts.status_since
            return signed is not None and (since is None or signed >= since)
        case Guard.ACCEPTED_QUANTITY:
            return facts.accepted_items > 0
        case Guard.TENDER_ANNOUNCED:
            return facts.last_tender == "ANNOUNCED"
        case Guard.TENDER_FAILED:
            return facts.last_tender in {"FAILED", "CANCELLED"}
        case Guard.NOTHING_REMAINS:
            return facts.remaining_g == 0
        case Guard.SOMETHING_REMAINS:
            return facts.remaining_g > 0
        case Guard.BATCH_LOADED:
            return facts.loaded_batches > 0
        case Guard.NO_OPEN_BATCH:
            return facts.open_batches == 0
        case Guard.ALL_CERTIFIED:
            return facts.uncertified_batches == 0


def next_steps(origin: Status) -> tuple[Step, ...]:
    """Steps the law allows from here, in the order a form offers them."""
    return tuple(step for step in STEPS if step.origin is origin)


def find_step(site: str, origin: Status, target: Status) -> Step:
    """The row of the table, or StepForbidden."""
    step = _STEPS.get((origin, target))
    if step is None:
        raise StepForbidden(site=site, origin=origin.label, target=target.label)
    return step


def check_step(facts: SiteFacts, target: Status, *, on: date, today: date) -> Step:
    """Return the step from the site's status to `target`, or raise the RuleError that names what stands in the way.

    Checked in this order: the pair exists; the day lies between the last event and today; the documents are there;
    the guards hold.
    """
    step = find_step(facts.site, facts.status, target)
    check_day(facts, on=on, today=today)
    if missing := step.basis - facts.documents:
        raise BasisMissing(site=facts.site, target=target.label, documents=_names(missing))
    for guard in step.guards:
        if not _holds(guard, facts, on):
            raise GuardUnmet(site=facts.site, target=target.label, rule=guard.label)
    return step


def check_day(facts: SiteFacts, *, on: date, today: date) -> None:
    """Effective days never decrease along the chain and never lie ahead (domain.md 6.3). Raises BadValue."""
    if on > today:
        raise BadValue(field=N_("Effective date"), reason=N_("the day lies in the future."))
    if facts.status_since is not None and on < facts.status_since:
        raise BadValue(field=N_("Effective date"), reason=N_("the day lies before the last change of status."))


def gaps(facts: SiteFacts, target: Status, origin: Status) -> frozenset[DocumentType]:
    """Documents that a historical event should rest on and that are not there; listed, not refused (domain.md 6.3, import)."""
    step = _STEPS.get((origin, target))
    return frozenset() if step is None else step.basis - facts.documents


def basis_of(origin: Status, target: Status) -> frozenset[DocumentType]:
    """The documents that a step rests on; none when the law does not know the step."""
    step = _STEPS.get((origin, target))
    return frozenset() if step is None else step.basis


def is_lawful(origin: str, target: str) -> bool:
    """Whether the law knows a step between two statuses."""
    return (origin, target) in _STEPS


def unmet(step: Step, facts: SiteFacts, *, on: date, documents: frozenset[DocumentType]) -> tuple[Guard, ...]:
    """The guards of a step that do not hold on a day, for a form that shows what is missing."""
    known = replace(facts, documents=documents)
    return tuple(guard for guard in step.guards if not _holds(guard, known, on))


def judge(step: Step, role: Role) -> EventState:
    """ACCEPTED when the role may accept the step, PROPOSED when it may only propose it; otherwise RoleMayNot."""
    if may_accept(step, role):
        return EventState.ACCEPTED
    if outranks(role, step.proposes):
        return EventState.PROPOSED
    raise RoleMayNot(role=role.label, target=step.target.label, accepts=step.accepts.label)


def may_accept(step: Step, role: Role) -> bool:
    """Whether the role's word makes the step part of the chain."""
    return outranks(role, step.accepts)


def _names(documents: Collection[DocumentType]) -> str:
    return ", ".join(each.label for each in DocumentType if each in documents)
