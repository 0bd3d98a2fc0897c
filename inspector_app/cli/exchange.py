"""The words of the command line about the exchange with the central server: sync, what is not sent, receipts, copies."""

from pathlib import Path

from inspector_app.cli import output
from inspector_app.cli.commands import bar, opened, own_words, unseal


def sync(file: Path, *, as_json: bool, compares: bool, originals: bool) -> None:
    """Exchange once, hand in the receipt, and compare every record where that is asked for or due.

    `originals` sends and fetches all originals of photos, whatever the register is set to.
    """
    from inspector_app.sync.visit import visit

    own = own_words()
    with opened(file) as register:
        unseal(register.facts().get("key_store", ""))
        with bar(own.say("Exchanging with the central server")) as progress:
            visited = visit(register, progress=progress, compares=compares or None, send_all=originals, fetch_all=originals)
    if as_json:
        compared = visited.comparison.as_json() if visited.comparison else None
        output.as_json(visited.receipt.as_json() | {"comparison": compared})
    else:
        for sentence in visited.receipt.sentences(own):
            output.line(sentence)
        for sentence in visited.comparison.sentences(own) if visited.comparison else ():
            output.line(sentence)
    if visited.alarm is not None:
        raise visited.alarm


def save(file: Path, target: Path, *, as_json: bool) -> None:
    """Write unsent work to a file that any colleague can hand in."""
    from inspector_app.sync import handover

    own = own_words()
    with opened(file) as register:
        unseal(register.facts().get("key_store", ""))
        with bar(own.say("Saving unsent work")) as progress:
            saved = handover.save(register, target, progress=progress)
    if as_json:
        output.as_json(saved.as_json())
    else:
        for sentence in saved.sentences(own):
            output.line(sentence)


def hand_in(file: Path, source: Path, *, as_json: bool) -> None:
    """Give the server the unsent work of a colleague."""
    from inspector_app.sync import handover

    own = own_words()
    with opened(file) as register:
        unseal(register.facts().get("key_store", ""))
        with bar(own.say("Handing in the file of a colleague")) as progress:
            handed = handover.hand_in(register, source, progress=progress)
    if as_json:
        output.as_json(handed.as_json())
    else:
        for sentence in handed.sentences(own):
            output.line(sentence)


def pending(file: Path, *, as_json: bool, out: Path | None, language: str) -> None:
    """What is not sent yet: as lines, as JSON, or as a paper."""
    from inspector_app.models.queries import pending as asked
    from inspector_app.models.wording import differences, record_name

    own = own_words()
    with opened(file) as register:
        if out is not None:
            from inspector_app.reports.exchanged import Naming, write_unsent

            write_unsent(register, out, naming=Naming(record_name, differences), language=language)
            output.line(str(out))
            return
        with register.reading() as session:
            found = asked.pending(session)
    if as_json:
        output.as_json(
            {
                "changes": found.count,
                "whole": found.is_whole,
                "records": [each.as_json() for each in found.records],
            }
        )
    elif not found.records:
        output.line(own.say("Nothing waits: the server has everything."))
    else:
        output.table(
            [
                (
                    each.change.site or "\N{EN DASH}",
                    record_name(own, each.change.entity),
                    ", ".join(own.say(command) for command in each.commands),
                    own.number(each.count),
                    own.moment(each.change.at),
                )
                for each in found.records
            ],
            right=frozenset({3}),
        )
        if not found.is_whole:
            output.line(own.say("The list shows the first {n} changes; the rest are counted only.", n=own.number(found.listed)))


def receipt(file: Path, *, out: Path | None, last: bool, as_json: bool, language: str) -> None:
    """Receipts of past syncs, newest first, or one as a paper."""
    from inspector_app.models.base import moment_text
    from inspector_app.models.queries.history import syncs

    own = own_words()
    with opened(file) as register:
        if out is not None:
            from inspector_app.reports.exchanged import write_receipt

            write_receipt(register, out, language=language)
            output.line(str(out))
            return
        with register.reading() as session:
            found = syncs(session, limit=100)
    if last:
        found = [each for each in found if each.outcome.get("round_id")][:1]
    if as_json:
        output.as_json([each.outcome | {"at": moment_text(each.at)} for each in found])
    elif not found:
        output.line(own.say("No sync yet."))
    else:
        from inspector_app.models.wording import both_sides

        heads = ("When", "Sent", "Accepted", "Refused", "Conflicts", "Received", "Both sides")
        names = ("sent", "accepted", "refused", "conflicts", "received")
        rows = [
            (own.moment(each.at), *(own.number(each.outcome.get(name, 0)) for name in names), both_sides(own, each.outcome))
            for each in found
        ]
        output.table([tuple(own.say(head) for head in heads), *rows], right=frozenset({1, 2, 3, 4, 5}))


def copies(file: Path, *, as_json: bool) -> None:
    """The copies that were kept before syncs, newest first."""
    from inspector_app.models.copies import kept

    own = own_words()
    with opened(file) as register:
        found = kept(register)
    if as_json:
        output.as_json([{"file": each.path, "day": each.day, "bytes": each.size, "later": each.later} for each in found])
    elif not found:
        output.line(own.say("No copy was kept yet: the first sync makes one."))
    else:
        for each in found:
            later = own.plural("{n} later change beside it", "{n} later changes beside it", each.later) if each.later else ""
            output.line("  ".join(part for part in (own.date(each.day), own.size(each.size), str(each.path), later) if part))
