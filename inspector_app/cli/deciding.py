"""What a person decides from the command line: conflicts, proposed steps of ownership, claims that contradict each other."""

import sys
from pathlib import Path
from typing import Any

import typer

from inspector_app.cli import output
from inspector_app.cli.commands import opened, own_words
from inspector_app.domain.errors import NotFound, RuleBroken
from inspector_app.i18n import N_, Words
from inspector_app.models.transactions import Open


def conflicts(file: Path, *, as_json: bool) -> None:
    """What a person must decide."""
    from inspector_app.models.queries import history as told
    from inspector_app.models.queries.twins import twins

    own = own_words()
    with opened(file) as register, register.reading() as session:
        found, same = told.conflicts(session), twins(session)
    if as_json:
        output.as_json([each.as_json() for each in found])
        return
    if not found and not same:
        output.line(own.say("There is nothing to decide."))
    for each in found:
        output.line(each.sentence(own))
    for pair in same:
        output.line(
            own.say(
                "{record}.{field} «{value}» was given twice, on {sites}: give one of them another.",
                record=pair.entity,
                field=pair.field,
                value=pair.value,
                sites=", ".join(f"{each.site} {each.name(own)}" for each in pair.records),
            )
        )


def settle(
    file: Path,
    conflict: str,
    *,
    keep: str | None,
    field: str | None,
    value: str | None,
    reason: str | None,
    document: str | None,
) -> None:
    """Settle a conflict."""
    from inspector_app.actions import conflicts as decisions
    from inspector_app.actions import typed
    from inspector_app.domain.merge import needs_reason
    from inspector_app.models.base import plain

    own = own_words()
    with opened(file) as register:
        with register.reading() as session:
            asked = decisions.find(session, conflict, field)
            third = None if value is None else plain(typed.read(asked.entity, asked.field, value, labels=own.say))
            ask = reason is None and needs_reason(asked.kind) and sys.stdin.isatty()
        if ask:
            reason = typer.prompt(own.say("Reason"))
        with register.writing("Settle a conflict") as session:
            decisions.settle(
                session, conflict, keep=keep or "other", field=field, value=third, reason=reason, document=document
            )
    output.line(own.say("The decision is recorded and will be sent with the next exchange."))


def proposals(file: Path, *, as_json: bool) -> None:
    """Steps that wait for an answer."""
    from inspector_app.models.queries import history as told

    own = own_words()
    with opened(file) as register, register.reading() as session:
        found = told.events(session)
    if as_json:
        output.as_json(
            [
                {
                    "id": each.id, "site": each.site, "from": None if each.from_status is None else each.from_status.lower(),
                    "to": each.to_status.lower(), "on": each.effective_on.isoformat(), "person": each.actor,
                    "state": each.state.lower(), "reason": each.reason,
                }
                for each in found
            ]
        )  # fmt: skip
    elif not found:
        output.line(own.say("No step of ownership waits for an answer."))
    else:
        output.table(
            [
                (each.id, each.site, own.say(each.to_status.label), own.date(each.effective_on), each.actor, _state(own, each))
                for each in found
            ]
        )


def accept(file: Path, proposal: str) -> None:
    """Accept a step."""
    from inspector_app.actions.ownership import accept_proposal

    with opened(file) as register, register.writing("Accept a step") as session:
        accept_proposal(session, _event(session, proposal))
    output.line(own_words().say("The decision is recorded and will be sent with the next exchange."))


def refuse(file: Path, proposal: str, *, reason: str) -> None:
    """Refuse a step, or withdraw one's own; a disputed one too."""
    from inspector_app.actions.conflicts import refuse_disputed
    from inspector_app.actions.ownership import refuse_proposal
    from inspector_app.domain.ownership import EventState
    from inspector_app.models.sites import StatusEvent

    with opened(file) as register, register.writing("Refuse a step") as session:
        event = session.get_one(StatusEvent, _event(session, proposal))
        action = refuse_disputed if event.state is EventState.DISPUTED else refuse_proposal
        action(session, event.id, reason)
    output.line(own_words().say("The decision is recorded and will be sent with the next exchange."))


def decide(file: Path, site: str, *, keep: str, reason: str, document: str | None) -> None:
    """Decide between claims on one site."""
    from inspector_app.actions.conflicts import decide_dispute

    with opened(file) as register, register.writing("Decide a dispute") as session:
        site_id = _site(session, site)
        paper = None
        if document is not None:
            asked = "SELECT id FROM document WHERE no = ? AND site_id = ? AND deleted = 0"
            paper = session.value(asked, (document, site_id))
            if paper is None:
                raise NotFound(what=N_("document"), code=document)
        kept = None if keep == "current" else _event(session, keep)
        decide_dispute(session, site_id, keep=kept, reason=reason, document_id=paper)
    output.line(own_words().say("The decision is recorded and will be sent with the next exchange."))


def history(file: Path, site: str, *, as_json: bool) -> None:
    """The legal events of a site."""
    from inspector_app.models.queries.glance import events

    own = own_words()
    with opened(file) as register, register.reading() as session:
        found = events(session, site_id=_site(session, site))
    if as_json:
        output.as_json(
            [
                {
                    "id": each.id, "on": each.effective_on.isoformat(), "to": each.to_status.lower(), "person": each.actor,
                    "role": each.role.lower(), "state": each.state.lower(), "reason": each.reason, "note": each.note,
                    "documents": [paper.no for paper in each.documents],
                }
                for each in found
            ]
        )  # fmt: skip
        return
    output.table(
        [
            (
                own.date(each.effective_on), own.say(each.to_status.label), _state(own, each), each.actor,
                ", ".join(paper.no for paper in each.documents),
            )
            for each in found
        ]
    )  # fmt: skip


def _state(own: Words, event: Any) -> str:
    from inspector_app.ui.messages import told

    state = own.say(event.state.label)
    return f"{state}: {told(own, event.reason)}" if event.reason else state


def _site(session: Open, code: str) -> str:
    found: str | None = session.value("SELECT id FROM site WHERE code = ? AND deleted = 0", (code,))
    if found is None:
        raise NotFound(what=N_("site"), code=code)
    return found


def _event(session: Open, beginning: str) -> str:
    """The one open claim whose id begins so. Raises NotFound or RuleBroken."""
    from inspector_app.models.queries import history as told

    found = [each.id for each in told.events(session) if beginning and each.id.startswith(beginning)]
    if len(found) > 1:
        raise RuleBroken(rule=N_("More than one claim begins so; write more of its number."), invariant="6.3")
    if not found:
        raise NotFound(what=N_("open claim"), code=beginning)
    return found[0]
