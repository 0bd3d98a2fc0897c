"""Planted defects: each must be found by the schedules within a few hundred seeds, or the schedules have no teeth."""

import copy
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from inspector_app.domain import merge
from inspector_app.domain.errors import RuleBroken
from inspector_app.domain.ownership import EventState
from inspector_app.models import evict, exchange, heard
from inspector_app.server import batch, chain, journal, scope, settling
from inspector_app.server.batch import Batch
from inspector_app.server.store import Store
from inspector_app.sync import round as rounds
from inspector_app.sync import wire
from tests.simulation.run import Mutant


def _patched(target: Any, name: str, value: Any) -> Mutant:
    @contextmanager
    def planted() -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(target, name, value)
            yield

    return planted


def _both(*mutants: Mutant) -> Mutant:
    @contextmanager
    def planted() -> Iterator[None]:
        with ExitStack() as stack:
            for mutant in mutants:
                stack.enter_context(mutant())
            yield

    return planted


def _last_writer_wins(row: merge.RowState, op_id: str, _kind: str, changes: Any, _prev: Any) -> tuple[merge.Clash, ...]:
    for name, (_old, new) in changes.items():
        row.put(name, new, op_id)
    return ()


def _delete_wins(row: merge.RowState, op_id: str, kind: str, changes: Any, prev: Any) -> tuple[merge.Clash, ...]:
    if row.deleted and "deleted" not in changes:
        return ()
    if kind == "delete":
        return _last_writer_wins(row, op_id, kind, changes, prev)
    return merge.apply(row, op_id, kind, changes, prev)


def _cursor_first(self: Any, body: bytes, cursor: int) -> Any:
    found = _looked_at(self, body, cursor)
    with self._register.hearing() as session:
        exchange.put_facts(session, {"stage_cursor": found[1]})
    return found


def _refused_instead_of_held(self: Batch, row_id: Any) -> batch.Kept:
    kept = self._row(row_id) if isinstance(row_id, str) else None
    if kept is None:
        raise RuleBroken(rule="there is no such record", invariant="F4")
    return kept


def _only_pending(session: Any, **given: Any) -> Any:
    sent = session.scalar(text("SELECT COALESCE(MAX(seq), 0) FROM operation WHERE seq > 0 AND state <> 'pending'"))
    return _outgoing(session, **{**given, "after": max(given["after"], sent)})


def _any_parent(site: chain.Site, data: Any, role: Any, today: Any) -> chain.Judgement:
    places = [int(each.data["position"]) for each in site.events() if each.state is EventState.ACCEPTED]
    found = _judge_new(site, data, role, today)
    if found.state is EventState.DISPUTED:
        return chain.Judgement(EventState.ACCEPTED, max(places, default=0) + 1)
    return found


def _rows_ignored(session: Any, *, verdicts: Any, **given: Any) -> None:
    _judged(session, verdicts=[{**each, "rows": ()} for each in verdicts], **given)


def _accepted_by_anybody(step: Any, _role: Any) -> EventState:
    del step
    return EventState.ACCEPTED


def _overtakes_nothing(*given: Any) -> chain.Judgement:
    return replace(_judge_new(*given), overtaken=())


def _revives(row: merge.RowState, op_id: str, kind: str, changes: Any, prev: Any) -> tuple[merge.Clash, ...]:
    if row.deleted and "deleted" not in changes:
        row.deleted = False
    return merge.apply(row, op_id, kind, changes, prev)


def _without_own_deletions(operations: Any, data: Any, sources: Any, *, deleted: int) -> int:
    _rebase(operations, data, sources, deleted=deleted)
    return deleted


def _never_gone(connection: Any, entity: str, rows: Any, own: Any = None) -> None:
    _write(connection, entity, [each for each in rows if len(each) > 2], own)


def _cursor_at_the_head(connection: Any, **given: Any) -> str:
    head = connection.execute(text("SELECT rev FROM sync_counter")).scalar_one()
    page = json.loads(_pull(connection, **given))
    return json.dumps({**page, "cursor": head, "more": False})


def _judged_in_the_middle(self: Batch, entry: Any) -> None:
    _judge(self, entry)
    for each in _verdicts(self):
        if each.op_id == entry.given.op_id:
            self._answers[each.op_id] = (each.status, copy.deepcopy(each.rows), self._answers[each.op_id][2])


def _of_the_middle(self: Batch) -> tuple[wire.Verdict, ...]:
    middle = {op_id: rows for op_id, (_status, rows, _result) in self._answers.items() if rows and len(rows[0]) > 2}
    for op_id, rows in middle.items():
        status, _rows, result = self._answers[op_id]
        self._answers[op_id] = (status, [tuple(each[:2]) for each in rows], result)
    return tuple(
        each.model_copy(update={"rows": middle[each.op_id]}) if each.op_id in middle else each for each in _verdicts(self)
    )


def _evicts_all(session: Any, regions: Any, **given: Any) -> int:
    run = session.connection().exec_driver_sql
    waiting = run("SELECT state, op_id FROM operation WHERE state IN ('pending', 'held')").all()
    run("UPDATE operation SET state = 'acked' WHERE state IN ('pending', 'held')")
    gone = _evict(session, regions, **given)
    if waiting:
        run("UPDATE operation SET state = ? WHERE op_id = ?", [tuple(each) for each in waiting])
    return gone


def _fetches_nothing(self: Any, epoch: str, cursor: int, *, only: Any = (), **given: Any) -> None:
    if not only:
        return _pages(self, epoch, cursor, **given)
    with self._register.hearing() as session:
        exchange.put_facts(session, {"fetch": ""})
    return None


def _without_borders(connection: Any, **given: Any) -> str:
    return _pull(connection, **{**given, "regions": ()})


_evict, _pages = evict.evict, rounds._Round._pages
_rebase, _write, _pull, _judge, _verdicts = heard._rebase, heard.write, journal.pull, Batch._judge, Batch.verdicts
_looked_at, _outgoing, _judge_new, _judged = rounds._Round._looked_at, exchange.outgoing, chain.judge_new, heard.judged
_SKIPPING = {**journal._ROWS, "all": text(str(journal._ROWS["all"]).replace("rev > :cursor", "rev > :cursor + 1"))}

MUTANTS: dict[str, Mutant] = {
    "repeated pushes are not recognised": _patched(journal, "_known", lambda *_args: {}),
    "repeated pushes are all called applied": _patched(Batch, "answer_again", lambda *_args: None),
    "the last writer wins": _patched(batch, "apply", _last_writer_wins),
    "a deletion wins": _patched(batch, "apply", _delete_wins),
    "the cursor is saved before its page": _patched(rounds._Round, "_looked_at", _cursor_first),
    "nothing is sent twice after a server came back from a copy": _patched(exchange, "outgoing", _only_pending),
    "an edit that comes before its row is refused": _patched(Batch, "_needed", _refused_instead_of_held),
    "what was held is forgotten": _patched(Batch, "_release", lambda *_args: None),
    "what was received hides unsent edits": _patched(heard, "_own", lambda _connection: heard._Own()),
    "a conflict is not written down": _patched(Batch, "_conflict", lambda *_args: None),
    "a second event on one parent is accepted": _patched(chain, "judge_new", _any_parent),
    "rows of a verdict are ignored": _patched(heard, "judged", _rows_ignored),
    "a server set back keeps its epoch": _patched(Store, "begin_epoch", lambda _self, _connection: None),
    "a page leaves out its first row": _patched(journal, "_ROWS", _SKIPPING),
    "a lost answer is not asked for again": _patched(exchange, "first_unanswered", lambda _session: None),
    "the word of another history stands": _patched(exchange, "hear_again", lambda *_args: None),
    "whoever may propose accepts": _patched(chain, "judge", _accepted_by_anybody),
    "a proposal that was overtaken waits on": _patched(chain, "judge_new", _overtakes_nothing),
    "an edit brings a deleted row back": _patched(batch, "apply", _revives),
    "an unsent deletion is forgotten when the row comes": _patched(heard, "_rebase", _without_own_deletions),
    "what was refused stays in the register": _patched(heard, "write", _never_gone),
    "a page says that nothing follows": _patched(journal, "pull", _cursor_at_the_head),
    "conflicts of another history stay": _patched(heard, "is_anew", lambda _session: False),
    "what is unsent goes with its region": _patched(evict, "evict", _evicts_all),
    "a region that was taken away stays": _patched(evict, "evict", lambda *_args, **_given: 0),
    "a region that was granted is not fetched": _patched(rounds._Round, "_pages", _fetches_nothing),
    "nobody is told of a site that went away": _patched(scope, "departures", lambda *_args, **_given: []),
    "a page shows every region": _patched(journal, "pull", _without_borders),
    "a verdict shows what lies in a region of others": _patched(Batch, "_shown", lambda _self, kept: kept.record()),
    "a settlement is not written down": _patched(Batch, "_settle", lambda *_args: None),
    "a settlement leaves its conflict open": _patched(settling, "close", lambda *_args, **_given: False),
    "verdicts show rows of the middle of a push": _both(
        _patched(Batch, "_judge", _judged_in_the_middle), _patched(Batch, "verdicts", _of_the_middle)
    ),
}
