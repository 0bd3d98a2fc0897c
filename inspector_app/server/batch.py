"""The operations of one push, judged one after another on rows in memory, then written at once."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text

from inspector_app.domain import rights
from inspector_app.domain.errors import BadValue, Immutable, InspectorError, RuleBroken
from inspector_app.domain.merge import Clash, RowState, apply
from inspector_app.domain.ownership import EventState, SiteFacts
from inspector_app.domain.people import Role
from inspector_app.i18n import KAZAKHSTAN, N_
from inspector_app.models.base import json_text, moment_text
from inspector_app.server import chain, newer, scope, settling, store
from inspector_app.server.entries import Entry, Given, Kept, Waits, conflict_id, encode, known_as
from inspector_app.server.scale import FIELDS, Scale, check
from inspector_app.sync import wire

_SIGNED = N_("A signed inspection")
_WAITS = N_("the record it belongs to was refused.")
_UNSAID = object()
_DELETED = {"delete": True, "restore": False}
_STAYS = N_("a record stays with the site that it was made for.")


class Batch:
    """What one push does. `others` says whether rows changed that the sender did not send."""

    def __init__(
        self,
        connection: Connection,
        person: str,
        role: Role,
        regions: Sequence[str],
        *,
        scale: Scale,
        rev: int,
        now: datetime,
    ) -> None:
        """Judge on this connection, which holds the lock of the counter."""
        self._connection, self._scale = connection, scale
        self._person, self._role, self._regions = person, role, tuple(regions)
        self._rev, self._received = rev, moment_text(now)
        self._today = now.astimezone(KAZAKHSTAN).date()
        self._rows: dict[str, Kept | None] = {}
        self._by_site: dict[str, dict[str, Kept]] = defaultdict(dict)
        self._whole: set[str] = set()  # sites of which every row is here
        self._changed: dict[str, Kept] = {}
        self._entries: list[Entry] = []
        self._left: dict[tuple[str, str], Kept] = {}
        self._held: dict[str, list[Entry]] = defaultdict(list)
        self._waiting: set[str] = set()
        self._answers: dict[str, tuple[str, list[tuple[str, str]], dict[str, Any]]] = {}
        self.others = False

    # -- in --------------------------------------------------------------------------------------------------------------

    def judge(self, given: Sequence[Given], *, stream_id: str, schema: int = 0, clock_offset_ms: int | None = None) -> None:
        """Judge new operations. Status events of a transaction come after its other rows: these are what they rest on.

        `schema` is the vocabulary of the laptop: where it is newer, commands with words that are not known here wait.
        `clock_offset_ms` is kept with the operations: by how much its clock is ahead.
        """
        self._waiting = set(self._connection.execute(select(store.hold.c.waits_for)).scalars())
        for vocabulary in newer.come(self._waiting):
            self._release(vocabulary)
        if not given:
            return
        self._load(given)
        ahead = newer.Ahead(self._connection, schema, self._row)
        for _txn, group in groupby(given, key=lambda each: each.said.txn_id):
            ordered = sorted(group, key=lambda each: each.said.entity == "status_event")
            word = ahead.word(ordered)
            for each in ordered:
                entry = Entry(each, stream_id, self._person, self._role, self._regions, received_at=self._received)
                entry.schema, entry.clock_offset_ms = schema or None, clock_offset_ms
                self._entries.append(entry)
                if word is None:
                    self._judge(entry)
                else:
                    self._held[ahead.put_off(entry, word)].append(entry)
                    self._answers[each.op_id] = ("held", [], entry.result)

    def answer_again(self, known: Iterable[Any]) -> None:
        """Answer operations that were judged before, from what was kept, with their rows as these are now."""
        for each in known:
            if each.op_id not in self._answers:
                named = json.loads(each.body).get("conflict") if each.kind == "settle" else None
                told = self._concerned(each.entity, each.row_id, named)
                self._answers[each.op_id] = (each.status, told, store.loads(each.result) or {})

    def verdicts(self) -> tuple[wire.Verdict, ...]:
        """What the sender must hear of, with the rows as the whole push has left them."""
        return tuple(
            wire.Verdict(
                op_id=op_id,
                status=status,  # type: ignore[arg-type]
                rows=tuple(each if (kept := self._row(each[1])) is None else self._shown(kept) for each in told),
                **{name: result[name] for name in ("reason", "facts", "event") if name in result},
            )
            for op_id, (status, told, result) in self._answers.items()
        )

    def _concerned(self, entity: str, row_id: str, conflict: Any) -> list[tuple[str, str]]:
        """The rows that an answer carries: the operation's own, and the conflict that it was to settle."""
        known = isinstance(conflict, str) and self._row(conflict) is not None
        return [(entity, row_id), ("conflict", conflict)] if known else [(entity, row_id)]

    def _judge(self, entry: Entry) -> None:
        said = entry.given.said
        try:
            self._apply(entry)
        except Waits as waits:
            entry.status = "held"
            self._held[waits.row_id].append(entry)
            self._answers[said.op_id] = ("held", [], {})
            return
        except InspectorError as error:
            entry.status, entry.rev = "rejected", None
            entry.result = {"reason": error.code, "facts": {name: str(value) for name, value in error.facts.items()}}
        named = said.body.get("conflict") if said.kind == "settle" else None
        if entry.status != "applied" or entry.result or entry.again or named is not None:
            self._answers[said.op_id] = (entry.status, self._concerned(said.entity, said.id, named), entry.result)
        if said.kind == "create":
            self._release(said.id)

    def _shown(self, kept: Kept) -> tuple[Any, ...]:
        """A row as the sender may see it: of what lies in a region of others, only that it does."""
        if rights.reaches(self._regions, kept.region):
            return kept.record()
        return tuple(scope.gone(kept.site_id or kept.state.id, kept.rev, kept.region))

    # -- one operation ---------------------------------------------------------------------------------------------------

    def _apply(self, entry: Entry) -> None:
        said = entry.given.said
        if said.entity not in FIELDS:
            raise BadValue(field=said.entity, reason=N_("there is no such record."))
        match said.kind:
            case "create":
                self._create(entry)
            case "settle":
                self._settle(entry)
            case _:
                self._patch(entry)

    def _create(self, entry: Entry) -> None:
        said = entry.given.said
        data = said.body.get("data")
        if said.op_id != said.id or not isinstance(data, dict) or self._row(said.id) is not None:
            raise BadValue(field=N_("Identity"), reason=N_("another record has it."))
        rights.check(entry.role, said.entity, "create", rights.filled(said.entity, data))
        check(said.entity, data, whole=True)
        site_id, region = self._place_of(said, data)
        rights.check_region(entry.regions, region)
        self._points(entry, data, site_id=site_id, region=region)
        kept = Kept(
            RowState(said.entity, said.id, data),
            site_id,
            region,
            0,
            is_new=True,
            text=entry.given.body[len('{"data":') : -1] if len(said.body) == 1 else "",
        )
        if FIELDS[said.entity].weighed:
            self._scale.weigh(said.entity, data)
        if said.entity == "status_event":
            found = chain.judge_new(_Site(self, str(kept.site_id)), data, entry.role, self._today)
            sent = dict(data)
            data.update(state=str(found.state), position=found.position)
            if not data.get("historical"):
                data.update(actor=entry.person, role=str(entry.role))
            data.pop("reason", None)
            self._follow(found)
            if found.reason:
                data["reason"] = found.reason
            kept.text = ""
            if data != sent or found.state is not EventState.ACCEPTED:
                entry.result = {"event": str(found.state)}
            if found.error is not None:
                facts = {name: str(value) for name, value in found.error.facts.items()}
                entry.result |= {"reason": found.error.code, "facts": facts}
        self._place(kept)
        self._touch(entry, kept)

    def _patch(self, entry: Entry) -> None:
        kept, changes, prev = self._said(entry)
        if entry.given.said.entity == "status_event":
            changes = self._answer(entry, kept, changes, prev)
        self._change(entry, kept, changes, prev)

    def _said(self, entry: Entry) -> tuple[Kept, dict[str, Any], dict[str, str]]:
        """The row of an operation, and what it says of the row: [old, new] by field, and what its author had seen."""
        said = entry.given.said
        changes, prev = said.body.get("changes"), said.body.get("prev")
        if not isinstance(changes, dict) or not isinstance(prev, dict) or not changes:
            raise BadValue(field=said.entity, reason=N_("this is no such value."))
        if not all(isinstance(each, list) and len(each) == 2 for each in changes.values()):
            raise BadValue(field=said.entity, reason=N_("this is no such value."))
        deed = _deed(said.kind, changes)
        if changes.get("deleted", [None, _UNSAID])[1] is not _DELETED.get(deed, _UNSAID):
            raise BadValue(field="deleted", reason=N_("this is no such value."))
        rights.check(entry.role, said.entity, deed, changes.keys())
        kept = self._needed(said.id)
        if kept.state.entity != said.entity:
            raise BadValue(field=N_("Identity"), reason=N_("another record has it."))
        rights.check_region(entry.regions, kept.region)
        if "site_id" in changes and kept.site_id is not None:
            raise RuleBroken(rule=_STAYS, invariant="b.3")
        values = {name: new for name, (_old, new) in changes.items() if name != "deleted"}
        check(said.entity, values, whole=False)
        site_id, region = kept.site_id, kept.region
        if values.get("site_id") is not None:  # what was everybody's comes to a site
            site_id, region = values["site_id"], self._needed(values["site_id"]).region
            rights.check_region(entry.regions, region)
        self._points(entry, values, site_id=site_id, region=region)
        if said.entity == "inspection" and any(kept.state.value(name) != new for name, (_old, new) in changes.items()):
            self._check_open(kept, said)
        return kept, changes, prev

    def _change(self, entry: Entry, kept: Kept, changes: dict[str, Any], prev: dict[str, str]) -> None:
        """Put changes into a row; what clashes waits for a person."""
        said = entry.given.said
        before = RowState(said.entity, said.id, dict(kept.state.data), dict(kept.state.sources), kept.state.deleted)
        clashes = apply(before, said.op_id, said.kind, changes, prev)
        if not changes.keys().isdisjoint(FIELDS[said.entity].weighed):
            self._scale.weigh(said.entity, before.data)
        if said.entity == "site" and before.data["region"] != kept.region:
            self._move(entry, kept, before.data["region"])
        kept.state, kept.text = before, ""
        if kept.site_id is None and before.data.get("site_id") is not None:
            kept.site_id = before.data["site_id"]
            kept.region = self._needed(kept.site_id).region
            self._place(kept)
        if clashes:
            entry.status = "conflict"
            self.others = True
        self._touch(entry, kept)
        for clash in clashes:
            self._conflict(entry, kept, clash)

    def _answer(self, entry: Entry, kept: Kept, changes: dict[str, Any], prev: dict[str, str]) -> dict[str, Any]:
        """An answer to a status event: what of it stands.

        Of two answers the first stands and the other is refused: a legal fact neither merges nor is taken back by a choice
        of values.
        """
        if changes.keys() - chain.DECIDED or "state" not in changes:
            raise Immutable(record=N_("A status event"))
        overtaken = kept.state.source("state") != prev.get("state", kept.state.id)
        if overtaken and kept.state.value("state") == changes["state"][1]:
            entry.result = {"event": changes["state"][1]}  # somebody said the same before, and his reason stays
            return {"state": changes["state"]}
        reason = changes.get("reason", [None, None])[1]
        state = EventState(changes["state"][1])  # type: ignore[call-arg]
        event = chain.Event(kept.state.id, kept.state.data)
        found = chain.judge_answer(
            _Site(self, str(kept.site_id)), event, state, role=entry.role, person=entry.person, reason=reason, today=self._today
        )
        self._follow(found)
        entry.result = {"event": str(found.state)}
        # the place is the server's word, and so is the reason once the event is part of the chain
        kept.state.data |= {"position": found.position, "reason": found.reason}
        return {"state": [changes["state"][0], str(found.state)]}

    def _settle(self, entry: Entry) -> None:
        """A decision on a conflict: words and value are one, taken or refused together."""
        body = entry.given.said.body
        kept, changes, prev = self._said(entry)
        if kept.state.entity == "status_event":
            raise Immutable(record=N_("A status event"))
        named = body.get("conflict")
        asked = self._row(named) if isinstance(named, str) else None
        if asked is not None and asked.state.entity != "conflict":
            raise BadValue(field=N_("Conflict"), reason=N_("it is about another record."))
        settling.check(None if asked is None else asked.state, kept.state, body, changes, entry.role)
        self._change(entry, kept, changes, prev)
        if asked is not None and settling.close(asked.state, body, entry.person, stands=entry.status == "applied"):
            self._number(asked)

    def _conflict(self, entry: Entry, kept: Kept, clash: Clash) -> None:
        said = entry.given.said
        before = self._row(conflict_id(clash.seen_op, clash.name))
        base = clash.base
        if before is not None and before.state.data["state"] == "open":
            # the author went on from a value of his own that was waiting already: his newest one is what is asked about
            before.state.data["state"] = "withdrawn"
            base = before.state.data["base"]
            self._number(before)
        logged = store.operation.c
        stood = select(logged.author, logged.person, logged.occurred_at, logged.received_at, logged.clock_offset_ms)
        author, person, at, received_at, offset_ms = self._connection.execute(
            stood.where(logged.op_id == clash.standing_op)
        ).one_or_none() or next(
            (
                (each.given.said.author, each.person, each.given.said.occurred_at, each.received_at, each.clock_offset_ms)
                for each in self._entries
                if each.given.op_id == clash.standing_op
            ),
            (None, None, None, None, None),
        )
        data = {
            "entity": said.entity, "row_id": said.id, "site_id": kept.site_id, "field": clash.name, "kind": str(clash.kind),
            "base": base, "standing": clash.standing, "standing_op": clash.standing_op, "standing_at": at,
            "standing_author": author and known_as(author, str(person)), "standing_received_at": received_at,
            "standing_offset_ms": offset_ms, "proposed": clash.proposed, "op_id": said.op_id,
            "author": known_as(said.author, entry.person), "occurred_at": said.occurred_at,
            "received_at": entry.received_at, "offset_ms": entry.clock_offset_ms, "state": "open",
        }  # fmt: skip
        name = conflict_id(said.op_id, clash.name)
        made = Kept(RowState("conflict", name, data), kept.site_id, kept.region, 0, is_new=True)
        self._place(made)
        self._number(made)

    # -- rules -----------------------------------------------------------------------------------------------------------

    def _place_of(self, said: wire.WireOperation, data: dict[str, Any]) -> tuple[str | None, str | None]:
        """The site of a new row and its region: that of the site on the server, whatever the operation says."""
        if said.entity == "site":
            return said.id, data["region"]
        if (site_id := data.get("site_id")) is None:
            return None, None
        return site_id, self._needed(site_id).region

    def _points(self, entry: Entry, values: dict[str, Any], *, site_id: str | None, region: str | None) -> None:
        """That everything the values point to is here, of the right kind and in a place to point to."""
        for name, target in FIELDS[entry.given.said.entity].points.items():
            if (pointed := values.get(name)) is not None:
                there = self._needed(pointed)
                if there.state.entity != target:
                    raise BadValue(field=name, reason=N_("it points to a record of another kind."))
                scope.check_pointed(name, there, site_id=site_id, region=region, regions=entry.regions)
        for each in values.get("basis") or ():
            there_too = self._row(each) if isinstance(each, str) else None
            if there_too is not None:
                rights.check_region(entry.regions, there_too.region)

    def _move(self, entry: Entry, kept: Kept, region: str) -> None:
        """Everything on a site goes with it into another region; only who works in both may do that."""
        rights.check_region(entry.regions, region)
        rows = self.site_rows(kept.state.id)
        scope.check_move(self._connection, kept.state.id, kept.region, rows, self._rows.values(), self._row)
        self._left[kept.state.id, str(kept.region)] = kept
        for each in rows:
            each.region = region
            if each is not kept:
                self._number(each)
        kept.region = region
        self.others = True

    def _check_open(self, kept: Kept, said: wire.WireOperation) -> None:
        """A signed inspection never changes, save by the transaction that signs it (INV-14)."""
        if kept.state.data.get("state") != "SIGNED":
            return
        signing = kept.state.source("state")
        txn = next((each.given.said.txn_id for each in self._entries if each.given.op_id == signing), None)
        if txn is None:
            asked = select(store.operation.c.txn_id).where(store.operation.c.op_id == signing)
            txn = self._connection.execute(asked).scalar_one_or_none()
        if txn != said.txn_id:
            raise Immutable(record=_SIGNED)

    def _follow(self, found: chain.Judgement) -> None:
        """Waiting proposals that an accepted event overtakes are shown to a person."""
        for each in found.overtaken:
            kept = self._row(each)
            if kept is not None:
                kept.state.data.update(state=str(EventState.DISPUTED), reason=chain.OVERTAKEN)
                self.others = True
                self._number(kept)

    # -- rows ------------------------------------------------------------------------------------------------------------

    def _load(self, given: Sequence[Given]) -> None:
        wanted, new = set(), []
        for each in given:
            said = each.said
            if said.kind != "create":
                wanted.add(said.id)
                continue
            if said.op_id == said.id:  # an operation that nobody knows yet: its row cannot be here
                new.append(said.id)
            data = said.body.get("data")
            if isinstance(data, dict) and said.entity in FIELDS:
                for name in FIELDS[said.entity].points:
                    if isinstance(pointed := data.get(name), str):
                        wanted.add(pointed)
        self._rows.update(dict.fromkeys(new))
        self._fetch(wanted - self._rows.keys())

    def _fetch(self, wanted: Collection[str]) -> None:
        self._rows.update(dict.fromkeys(wanted))
        for each in store.among(self._connection, store.row, wanted):
            self._keep(each)

    def _keep(self, each: Any) -> None:
        state = RowState(each.entity, each.id, json.loads(each.data), json.loads(each.sources), bool(each.deleted))
        self._place(Kept(state, each.site_id, each.region, each.rev))

    def _place(self, kept: Kept) -> None:
        self._rows[kept.state.id] = kept
        if kept.site_id is not None:
            self._by_site[kept.site_id][kept.state.id] = kept

    def _row(self, row_id: str) -> Kept | None:
        if row_id not in self._rows:
            self._fetch([row_id])
        return self._rows[row_id]

    def _needed(self, row_id: Any) -> Kept:
        kept = self._row(row_id) if isinstance(row_id, str) else None
        if kept is not None:
            return kept
        refused = self._connection.execute(
            select(store.operation.c.status).where(store.operation.c.op_id == str(row_id))
        ).scalar_one_or_none()
        if refused == "rejected" or any(e.given.op_id == row_id and e.status == "rejected" for e in self._entries):
            raise RuleBroken(rule=_WAITS, invariant="F4")
        raise Waits(str(row_id))

    def site_rows(self, site_id: str) -> list[Kept]:
        """All rows of a site as they are by now."""
        if site_id not in self._whole:
            self._whole.add(site_id)
            for each in self._connection.execute(_BY_SITE, {"site_id": site_id}):
                if self._rows.get(each.id) is None:
                    self._keep(each)
        return [each for each in self._by_site[site_id].values() if each.site_id == site_id]

    def facts(self, site_id: str, basis: Iterable[str], on: date) -> SiteFacts:
        """What the guards of a step look at."""
        rows = [
            (each.state.entity, each.state.id, int(each.state.deleted), each.state.data)
            for each in self.site_rows(site_id)
            if each.state.entity in FIELDS
        ]
        shown = {each[1] for each in rows}
        for document in basis:
            other = self._row(document)
            if other is not None and document not in shown:
                rows.append((other.state.entity, document, int(other.state.deleted), other.state.data))
        return self._scale.facts(rows, site_id, list(basis), on=on)

    def _number(self, kept: Kept) -> None:
        self._rev += 1
        kept.rev = self._rev
        self._changed[kept.state.id] = kept

    def _touch(self, entry: Entry, kept: Kept) -> None:
        self._number(kept)
        entry.rev, entry.site_id = kept.rev, kept.site_id

    # -- operations that waited ------------------------------------------------------------------------------------------

    def _release(self, row_id: str) -> None:
        """Judge again, in the order in which they came, what waited for a row."""
        for entry in self._held.pop(row_id, ()):
            entry.status = "applied"
            self._answers.pop(entry.given.op_id, None)
            self._judge(entry)
        if row_id in self._waiting:
            self._waiting.discard(row_id)
            for each in self._connection.execute(_HELD, {"row_id": row_id}).all():
                self._judge_again(each)

    def _judge_again(self, each: Any) -> None:
        said = wire.WireOperation(
            op_id=each.op_id, txn_id=each.txn_id, command=each.command, entity=each.entity, id=each.row_id, kind=each.kind,
            body=json.loads(each.body), occurred_at=each.occurred_at, author=each.author,
        )  # fmt: skip
        given = Given(each.seq, each.op_id, said, each.body, each.hash)
        role, regions = Role(each.role), rights.listed(each.regions)  # type: ignore[call-arg]
        entry = Entry(given, each.stream_id, each.person, role, regions, again=True, received_at=each.received_at)
        entry.clock_offset_ms = each.clock_offset_ms
        self._entries.append(entry)
        self.others = True
        self._judge(entry)

    # -- out -------------------------------------------------------------------------------------------------------------

    def write(self) -> int:
        """Write everything; returns the highest revision."""
        run = self._connection.execute
        changed = self._changed.values()
        if new := [self._stored(kept) for kept in changed if kept.is_new]:
            store.put(self._connection, store.row, new)
        if old := [self._stored(kept) for kept in changed if not kept.is_new]:
            names = [column.name for column in store.row.columns]
            run(_UPDATE, [dict(zip(names, values, strict=True)) for values in old])
        if entries := [self._logged(each) for each in self._entries if not each.again]:
            store.put(self._connection, store.operation, entries)
        waits = {id(entry): row_id for row_id, entries in self._held.items() for entry in entries}
        place = run(select(func.coalesce(func.max(store.hold.c.n), 0))).scalar_one() if waits else 0
        for entry in self._entries:
            if entry.again:
                run(delete(store.hold).where(store.hold.c.op_id == entry.given.op_id))
                result = json_text(entry.result) if entry.result else None
                told = {"status": entry.status, "result": result, "rev": entry.rev, "site_id": entry.site_id}
                run(_AGAIN, told | {"op": entry.given.op_id})
            if id(entry) in waits:
                place += 1
                held = {"op_id": entry.given.op_id, "waits_for": waits[id(entry)], "n": place}
                run(insert(store.hold), held | {"regions": ",".join(entry.regions)})
        scope.note_left(self._connection, {where: kept.rev for where, kept in self._left.items()})
        return self._rev

    @staticmethod
    def _stored(kept: Kept) -> tuple[Any, ...]:
        """The columns of a row."""
        state = kept.state
        data = kept.text or encode(state.data)
        sources = encode(state.sources) if state.sources else "{}"
        return state.id, state.entity, kept.site_id, kept.region, kept.rev, int(state.deleted), data, sources

    def _logged(self, entry: Entry) -> tuple[Any, ...]:
        """The columns of an operation."""
        given, said = entry.given, entry.given.said
        return (
            said.op_id, entry.stream_id, given.seq, said.txn_id, said.command, said.entity, said.id, entry.site_id, said.kind,
            given.body, said.occurred_at, said.author, given.hash, entry.person, str(entry.role), entry.received_at,
            entry.status, json_text(entry.result) if entry.result else None, entry.rev, entry.schema, entry.clock_offset_ms,
        )  # fmt: skip


def _deed(kind: str, changes: Mapping[str, Any]) -> str:
    """What an operation does to its row: a settlement does what it decides."""
    if kind != "settle":
        return kind
    is_deleted = changes.get("deleted", [None, None])[1]
    return "delete" if is_deleted is True else "restore" if is_deleted is False else "patch"


class _Site:
    """A site as the judge of status events asks about it."""

    def __init__(self, batch: Batch, site_id: str) -> None:
        self._batch, self._id = batch, site_id
        self._rows = batch.site_rows(site_id)

    def events(self) -> list[chain.Event]:
        return [
            chain.Event(each.state.id, each.state.data)
            for each in self._rows
            if each.state.entity == "status_event" and not each.state.deleted
        ]

    def facts(self, basis: Iterable[str], on: date) -> SiteFacts:
        return self._batch.facts(self._id, basis, on)

    @property
    def code(self) -> str:
        return next((str(each.state.data["code"]) for each in self._rows if each.state.entity == "site"), self._id)


_BY_SITE = text("SELECT * FROM sync_row WHERE site_id = :site_id")
_HELD = text(
    "SELECT o.*, h.regions FROM sync_hold h JOIN sync_operation o ON o.op_id = h.op_id WHERE h.waits_for = :row_id ORDER BY h.n"
)
_UPDATE = text(
    "UPDATE sync_row SET site_id = :site_id, region = :region, rev = :rev, deleted = :deleted, data = :data, sources = :sources"
    " WHERE id = :id"
)
_AGAIN = text("UPDATE sync_operation SET status = :status, result = :result, rev = :rev, site_id = :site_id WHERE op_id = :op")
