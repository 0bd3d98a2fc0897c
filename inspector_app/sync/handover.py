"""Unsent work as a file for a laptop without any network: written there, handed in by whichever colleague has one (b.7).

The file holds what a sync would send, and whoever carries it can neither read nor change it. Nothing counts as sent by it:
what the server has is asked of the server by the next sync, as ever.
"""

import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from inspector_app.domain.errors import (
    CannotWrite,
    NoSealingKey,
    NotEnrolled,
    NotHandedIn,
    NothingUnsent,
    ServerTooOld,
    UpgradeRequired,
)
from inspector_app.i18n import N_, Bytes, Count, Words
from inspector_app.models import exchange
from inspector_app.models.register import Register, new_ids
from inspector_app.models.transactions import Open
from inspector_app.sync import envelope, keys, parcels, wire
from inspector_app.sync.client import FileRefused, SetBack
from inspector_app.sync.envelope import Label, Unreadable
from inspector_app.sync.round import Progress, connect, fate_sentences, untold
from inspector_app.sync.wire import Refusal

SUFFIX = ".unsent"
"""How the names of such files end."""

_REASONS: dict[Refusal, str] = {
    Refusal.NOT_SEALED: N_("it is no file of unsent work."),
    Refusal.ALTERED: N_("it is damaged, not complete, or not what its laptop wrote."),
    Refusal.OTHER_SERVER: N_("it was written for another server."),
    Refusal.AUTHOR_UNKNOWN: N_("the server does not know the laptop that wrote it."),
    Refusal.AUTHOR_SHUT_OUT: N_("the laptop that wrote it, or its person, was shut out."),
    Refusal.EPOCH_CHANGED: N_("the server was set back to a copy after it was written; its laptop has to sync by itself."),
    Refusal.STREAM_FORKED: N_("the laptop that wrote it was set back to a copy; it has to sync by itself."),
    Refusal.GAP: N_("the server lacks earlier work of the laptop that wrote it; it has to sync by itself."),
    Refusal.UPGRADE_REQUIRED: N_("it was written by a version of the program that the server does not take."),
}
_UNREADABLE = N_("it cannot be read.")


@dataclass(frozen=True, slots=True)
class Saved:
    """A file of unsent work that was written: how many operations are in it, in how many pieces, and its bytes."""

    file: Path
    operations: int
    pieces: int
    size: int

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {"file": self.file, "operations": self.operations, "pieces": self.pieces, "bytes": self.size}

    def sentences(self, words: Words) -> list[str]:
        """For people."""
        size = words.size(self.size)
        return [
            words.plural(
                "{n} change is saved in {file} ({size}).",
                "{n} changes are saved in {file} ({size}).",
                self.operations,
                file=self.file,
                size=size,
            ),
            words.say("Any colleague can hand the file in; only the central server can read it."),
            words.say("Photos and scans are not in it; they follow with a sync."),
            words.say("Here everything still waits: the next sync finds out what the server has by then."),
        ]


@dataclass(frozen=True, slots=True)
class Handed:
    """A colleague's file that the server took: whose it was, and what became of its operations.

    Of `operations` the server had `known` already; all of them are counted in `tally`, as in a receipt.
    """

    person: str
    operations: int
    known: int
    tally: wire.Tally

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {"person": self.person, "operations": self.operations, "known": self.known, **self.tally.model_dump()}

    def sentences(self, words: Words) -> list[str]:
        """For people."""
        plural, tally = words.plural, self.tally
        told = [plural("{n} accepted", "{n} accepted", tally.accepted), *fate_sentences(words, tally)]
        lines = [
            plural(
                "{n} change of {person} is handed in.",
                "{n} changes of {person} are handed in.",
                self.operations,
                person=self.person,
            ),
            ", ".join(told) + ".",
        ]
        if self.known:
            lines.append(plural("The server had {n} of them already.", "The server had {n} of them already.", self.known))
        lines.append(words.say("{person} hears the answers with the next sync.", person=self.person))
        return lines


def save(register: Register, target: Path, *, progress: Progress | None = None) -> Saved:
    """Write everything that the server has not answered into a file, whole or not at all; one that is there is replaced.

    Raises NotEnrolled, NoSealingKey, NothingUnsent, CannotWrite and what says that the laptop's key cannot be had.
    """
    tell = progress or untold
    with register.reading() as session:
        facts = exchange.facts(session)
        if "device_id" not in facts:
            raise NotEnrolled
        if not facts.get("sealing_key") or not facts.get("epoch"):
            raise NoSealingKey
        first = exchange.first_unanswered(session)
        if first is None:
            raise NothingUnsent
        key = keys.named(facts.get("key_store", "ring"), register.path).get(facts["device_id"])
        is_told = exchange.is_told(session, stream_id=facts["stream_id"], epoch=facts["epoch"])
        after, last = first - 1 if is_told else 0, exchange.last_seq(session)
        with _whole(target) as file:
            pieces = envelope.write(file, _pieces(session, facts, key, after=after, last=last, tell=tell))
            size = file.tell()
    return Saved(target, last - after, pieces, size)


def hand_in(register: Register, source: Path, *, progress: Progress | None = None) -> Handed:
    """Give the server the file of a colleague. It is looked through first, so that a damaged one is not sent at all.

    Raises NotHandedIn where the file or its author is not taken, NotEnrolled, and what a sync raises. Handing it in again
    does no harm.
    """
    tell = progress or untold
    sentence = N_("Handing in: {n} of {all}")
    try:
        with source.open("rb") as file:
            count = sum(1 for _piece in envelope.pieces(file))
            file.seek(0)
            at = 0

            def say() -> None:
                tell(at / count, sentence, n=Count(at), all=Count(count))

            person, known, counted = "", 0, Counter[str]()
            with connect(register, alive=lambda _size: say()) as link:
                for _label, piece in envelope.pieces(file):
                    say()
                    answer = link.hand_in(piece)
                    person, known = answer.person, known + answer.known
                    counted.update(answer.tally.model_dump())
                    at += 1
    except OSError as error:
        raise NotHandedIn(file=source, reason=_UNREADABLE) from error
    except (Unreadable, FileRefused, SetBack) as refused:
        raise NotHandedIn(file=source, reason=_REASONS[refused.code]) from refused
    except (UpgradeRequired, ServerTooOld) as error:
        raise NotHandedIn(file=source, reason=_REASONS[Refusal.UPGRADE_REQUIRED]) from error
    return Handed(person, counted["sent"], known, wire.Tally(**counted))


def _pieces(session: Open, facts: dict[str, str], key: bytes, *, after: int, last: int, tell: Progress) -> Iterator[bytes]:
    """Own operations from one number to another as sealed pushes, one after the other."""
    file_id, begin, number, size = new_ids(), after, 0, 0
    while after < last:
        sent = parcels.parcel(session, after)
        tell(
            (after - begin) / (last - begin),
            N_("Saving changes: {n} of {all}, {size}"),
            n=Count(after - begin),
            all=Count(last - begin),
            size=Bytes(size),
        )
        after, number = sent.out.last_seq if sent.out else last, number + 1
        label = Label(
            to=facts["sealing_key"],
            file_id=file_id,
            piece=number,
            is_last=after == last,
            protocol=wire.PROTOCOL,
            vocabulary=wire.VOCABULARY,
        )
        push = parcels.text(facts["epoch"], facts["stream_id"], sent, clock_offset_ms=int(facts.get("clock_offset_ms", 0)))
        piece = envelope.seal(push, label, device_id=facts["device_id"], key=key)
        size += len(piece)
        yield piece


@contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when all of it is on the disk. Raises CannotWrite, and then leaves nothing behind."""
    part: Path | None = None
    try:
        if target.exists() and not target.is_file():
            raise CannotWrite(file=target, detail=N_("a folder or a device has this name"))
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}-", suffix=".part")
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)  # anybody may carry it
        part.replace(target)
    except OSError as error:
        raise CannotWrite(file=target, detail=error.strerror or str(error)) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
