"""One exchange of documents and photos over one link: thumbnails first, then originals, in pieces, resumed after any cut.

Where an upload stands is asked of the server each time; nothing that this laptop remembers is believed before it
(sync.md b.11).
"""

import base64
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Protocol, TypeVar

from pydantic import ValidationError

from inspector_app.domain.errors import FilesStopped, InspectorError, ServerBusy, ServerNonsense, ServerOff, ServerSlow
from inspector_app.domain.people import Role, outranks
from inspector_app.i18n import N_
from inspector_app.models import exchange, files, thumbnails, transfers
from inspector_app.models.base import moment_text
from inspector_app.models.queries.transfers import ALWAYS, FilesStanding, files_standing
from inspector_app.models.register import Register
from inspector_app.models.transfers import Item
from inspector_app.sync import wire
from inspector_app.sync.client import FileRefused
from inspector_app.sync.round import Progress
from inspector_app.sync.wire import Refusal

T = TypeVar("T")
SMALLEST_PIECE = 2**14
_FAILURES = 7
_LONGEST_WAIT_S = 20.0
_RESTARTS = 3
_PARCEL = 16
_ASKED_ON = "files_asked_on"
_GROWS_AFTER = 4
_NOTED_AT_ONCE = 20
_LATER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=12))
_WEAK = (ServerOff, ServerSlow, ServerBusy)
_STOPS: dict[Refusal, str] = {
    Refusal.NO_ROOM: N_("the server has no room for files."),
    Refusal.ENOUGH: N_("the server takes no more files from you today."),
}
_AT_ONCE = frozenset({Refusal.NOT_NAMED, Refusal.MAY_NOT_SEND, *_STOPS})
_BROKE_OFF, _BUSY = N_("the connection broke off."), N_("the server is out of order for the moment.")
_NONSENSE = N_("what answered is not the central server, or does not speak its language.")


class FileLink(Protocol):
    """What files need of the other side."""

    def files_here(self, message: wire.FilesAsked) -> wire.FilesHere:
        """Which files are on the server."""

    def announce(self, message: wire.Announced) -> wire.Upload:
        """Begin an upload, or hear how far it is. Raises FileRefused."""

    def piece(self, upload_id: str, *, position: int, piece: bytes) -> wire.Upload:
        """Send a piece. Raises FileRefused."""

    def file(self, sha256: str, *, start: int, length: int) -> bytes:
        """Some bytes of a file. Raises FileRefused."""

    def keep_thumbnails(self, message: wire.Thumbnails) -> wire.ThumbnailsKept:
        """Send small pictures. Raises FileRefused."""

    def thumbnails(self, message: wire.ThumbnailsWanted) -> wire.Thumbnails:
        """Fetch small pictures."""


def _reason(error: Exception) -> str:
    """Why no file travels any further, as a sentence of the catalogue."""
    match error:
        case FileRefused():
            return _STOPS.get(error.code, _NONSENSE)
        case ServerNonsense():
            return _NONSENSE
        case ServerBusy():
            return _BUSY
        case _:
            return _BROKE_OFF


class Travel:
    """One exchange of files over one link: in smaller pieces and with longer rests while the link is bad."""

    def __init__(
        self, register: Register, link: FileLink, tell: Progress, *, wait: Callable[[float], None] = time.sleep
    ) -> None:
        """`tell` is told how far it is and may raise to stop; `wait` rests for some seconds."""
        self._register, self._link, self._tell, self._rest = register, link, tell, wait
        self._piece, self._failures, self._successes = wire.LARGEST_PIECE, 0, 0
        self._share, self._sentence = 0.0, ""
        self._sent: list[str] = []
        self._daily = False
        self._epoch = register.facts().get("epoch", "")

    def run(self, *, send_all: bool, fetch_all: bool) -> None:
        """Everything that is to travel now. Raises FilesStopped when the link or the server does not let it."""
        self._say(0.0, N_("Comparing photos and documents"))
        self.look()
        try:
            self._ask()
            standing = self._standing()
            if not standing.total:
                return
            if outranks(self._register.me.role, Role.INSPECTOR):
                self._send_thumbnails()
            self._fetch_thumbnails()
            if outranks(self._register.me.role, Role.INSPECTOR) and (send_all or standing.send == ALWAYS):
                self._send_originals(all_of_them=send_all)
            if fetch_all or standing.fetch == ALWAYS:
                self._fetch_originals()
        except (*_WEAK, ServerNonsense, FileRefused) as error:
            standing = self._standing()
            wanted = standing.away if fetch_all or standing.fetch == ALWAYS else 0
            raise FilesStopped(n=standing.waiting + wanted, reason=_reason(error)) from error

    # -- what is where ----------------------------------------------------------------------------------------------------

    def _standing(self) -> FilesStanding:
        with self._register.reading() as session:
            return files_standing(session)

    def look(self) -> None:
        """Bring the queue in step with rows and disk; once a day with all of the disk, where people move files too."""
        with self._register.reading() as session:
            self._daily = exchange.facts(session).get(_ASKED_ON) != self._register.today().isoformat()
            found = transfers.changes(session, self._register.path, everything=self._daily)
            stale = transfers.is_of_another_epoch(session, self._epoch)
        if found or stale:
            with self._register.hearing() as session:
                transfers.refresh(session, found, epoch=self._epoch)

    def _ask(self) -> None:
        """Ask the server for what is not known to be there; once a day for everything, since a server can lose files too."""
        with self._register.reading() as session:
            unknown = transfers.to_ask(session, everything=self._daily)
        if not unknown:
            return
        for at in range(0, len(unknown), wire.FILES_PER_QUESTION):
            some = wire.FilesAsked(hashes=tuple(unknown[at : at + wire.FILES_PER_QUESTION]))
            there = self._patiently(lambda some=some: self._link.files_here(some))  # type: ignore[misc]
            with self._register.hearing() as session:
                transfers.unverified(session, set(some.hashes) - set(there.here))
                transfers.verified(session, there.here, epoch=self._epoch, at=self._now())
                transfers.thumbnails_verified(session, there.thumbnails, some.hashes, epoch=self._epoch)
        if self._daily:
            with self._register.hearing() as session:
                exchange.put_facts(session, {_ASKED_ON: self._register.today().isoformat()})

    # -- thumbnails -------------------------------------------------------------------------------------------------------

    def _send_thumbnails(self) -> None:
        with self._register.reading() as session:
            wanted = transfers.thumbnails_to_send(session)
        at, most = 0, _PARCEL
        while at < len(wanted):
            self._say(0.1 * at / len(wanted), N_("Sending thumbnails"))
            some = wanted[at : at + most]
            made = {each: jpeg for each in some if (jpeg := thumbnail(self._register, each)) is not None}
            told: Sequence[str] = ()
            if made:
                parcel = [wire.Thumbnail(sha256=each, jpeg=base64.b64encode(jpeg).decode()) for each, jpeg in made.items()]
                try:
                    told = self._link.keep_thumbnails(wire.Thumbnails(thumbnails=tuple(parcel))).kept
                except _WEAK as error:
                    self._failed(error)
                    most = max(1, most // 2)
                    continue
            self._went()
            with self._register.hearing() as session:
                transfers.thumbnails_verified(session, told, told, epoch=self._epoch)
                transfers.no_thumbnails(session, [each for each in some if each not in made])
            at += len(some)

    def _fetch_thumbnails(self) -> None:
        with self._register.reading() as session:
            wanted = transfers.thumbnails_to_fetch(session)
        at, most = 0, _PARCEL
        while at < len(wanted):
            self._say(0.1 + 0.1 * at / len(wanted), N_("Receiving thumbnails"))
            some = wanted[at : at + most]
            try:
                came = self._link.thumbnails(wire.ThumbnailsWanted(hashes=tuple(some)))
            except _WEAK as error:
                self._failed(error)
                most = max(1, most // 2)
                continue
            self._went()
            for each in came.thumbnails:
                if each.sha256 in some and thumbnails.is_one(jpeg := base64.b64decode(each.jpeg)):
                    files.keep_thumbnail(self._register.path, each.sha256, jpeg)
            with self._register.hearing() as session:
                transfers.places(session, self._register.path, some)
            at += len(some)

    # -- originals --------------------------------------------------------------------------------------------------------

    def _send_originals(self, *, all_of_them: bool) -> None:
        with self._register.reading() as session:
            waiting = transfers.to_send(session, now=None if all_of_them else self._now())
        whole = max(1, sum(each.size for each in waiting))
        try:
            self._send_each(waiting, whole)
        finally:
            self._note_sent()

    def _send_each(self, waiting: Sequence[Item], whole: int) -> None:
        done = 0
        for each in waiting:
            if len(self._sent) >= _NOTED_AT_ONCE:
                self._note_sent()
            self._send(each, lambda sent, before=done: self._say(0.2 + 0.4 * (before + sent) / whole, N_("Sending originals")))  # type: ignore[misc]
            done += each.size

    def _send(self, each: Item, told: Callable[[int], None]) -> None:
        """Send one file; what concerns it alone is noted with it, and the next one goes. Raises what stops all of them."""
        position, path = 0, files.path_of(self._register.path, each.sha256)
        if path.is_file() and not files.is_whole(self._register.path, each.sha256):
            self._note_failure(each, "damaged")
            return
        try:
            for _attempt in range(_RESTARTS):
                try:
                    for position in self._pieces(each):
                        told(position)
                except FileRefused as refused:
                    if refused.code not in {Refusal.WRONG_HASH, Refusal.UPLOAD_GONE, Refusal.WRONG_OFFSET}:
                        raise
                else:
                    self._sent.append(each.sha256)
                    return
            self._note_failure(each, str(Refusal.WRONG_HASH))
        except FileRefused as refused:
            self._note_failure(each, str(refused.code))
            if refused.code in _STOPS:
                raise
        except FileNotFoundError:  # somebody took it away beside us
            with self._register.hearing() as session:
                transfers.places(session, self._register.path, [each.sha256])
        except BaseException:
            with self._register.hearing() as session:
                transfers.sending(session, each.sha256, position)
            raise

    def _note_sent(self) -> None:
        """Note what the server has confirmed; what a crash keeps from being noted is asked about again."""
        if self._sent:
            with self._register.hearing() as session:
                transfers.verified(session, self._sent, epoch=self._epoch, at=self._now())
            self._sent.clear()

    def _pieces(self, each: Item) -> Iterator[int]:
        """Send a file from where the server says that it stands, piece by piece; tells after each how far it is."""
        try:
            asked = wire.Announced(sha256=each.sha256, size=each.size, mime=each.mime)
        except ValidationError as error:  # a record of somebody else may say anything
            raise FileRefused(Refusal.WRONG_SIZE) from error
        upload = self._patiently(lambda: self._link.announce(asked))
        with files.path_of(self._register.path, each.sha256).open("rb") as file:
            while not upload.complete:
                if upload.offset > each.size:
                    raise ServerNonsense(url=self._register.facts().get("server", ""), detail="offset")
                yield upload.offset
                file.seek(upload.offset)
                piece = file.read(min(self._piece, each.size - upload.offset))
                if upload.upload_id is None or (not piece and upload.offset < each.size):
                    raise FileRefused(Refusal.WRONG_HASH)
                try:
                    answer = self._link.piece(upload.upload_id, position=upload.offset, piece=piece)
                except _WEAK as error:
                    self._failed(error)
                    before, upload = upload.offset, self._patiently(lambda: self._link.announce(asked))
                    if upload.complete or upload.offset > before:  # only the answer was lost
                        self._failures = 0
                    continue
                if not answer.complete and answer.offset <= upload.offset:
                    raise ServerNonsense(url=self._register.facts().get("server", ""), detail="offset")
                self._went()
                upload = answer
        yield each.size

    def _fetch_originals(self) -> None:
        with self._register.reading() as session:
            away = transfers.to_fetch(session)
        for number, each in enumerate(away):
            self.fetch(each, lambda share, n=number: self._say(0.6 + 0.4 * (n + share) / len(away), N_("Receiving originals")))  # type: ignore[misc]

    def fetch(self, each: Item, told: Callable[[float], None]) -> bool:
        """Fetch one original, going on with what is here of it. Returns whether it is here now, whole."""
        register = self._register.path
        part = files.fetched_path(register, each.sha256)
        position = part.stat().st_size if part.is_file() else 0
        try:
            while position < each.size:
                told(position / each.size)
                length = min(self._piece, each.size - position)
                piece = self._patiently(
                    lambda position=position, length=length: self._link.file(each.sha256, start=position, length=length)  # type: ignore[misc]
                )
                if len(piece) > length:
                    raise ServerNonsense(url=self._register.facts().get("server", ""), detail="range")
                if not piece:  # its record says more than there is; the hash decides
                    break
                files.append_fetched(register, each.sha256, piece)
                position += len(piece)
                self._went()
        except FileRefused as refused:
            with self._register.hearing() as session:
                if refused.code is Refusal.NOT_HERE:
                    transfers.unverified(session, [each.sha256])
            return False
        is_whole = part.is_file() and files.take_fetched(register, each.sha256)
        with self._register.hearing() as session:
            transfers.places(session, register, [each.sha256])
        return is_whole

    # -- patience ---------------------------------------------------------------------------------------------------------

    def _patiently(self, ask: Callable[[], T]) -> T:
        """Ask until there is an answer, or the link has failed too often in a row."""
        while True:
            try:
                return ask()
            except _WEAK as error:
                self._failed(error)

    def _failed(self, error: InspectorError) -> None:
        """Halve the pieces and rest a while, longer each time and never just as long as others. Raises it at last."""
        self._failures, self._successes = self._failures + 1, 0
        if self._failures > _FAILURES:
            raise error
        self._piece = max(SMALLEST_PIECE, self._piece // 2)
        left = secrets.SystemRandom().uniform(0, min(_LONGEST_WAIT_S, 0.25 * 2**self._failures))
        while left > 0:
            self._tell(self._share, self._sentence)  # a person may stop here
            self._rest(min(left, 0.25))
            left -= 0.25

    def _went(self) -> None:
        self._failures, self._successes = 0, self._successes + 1
        if self._successes >= _GROWS_AFTER and self._piece < wire.LARGEST_PIECE:
            self._piece, self._successes = self._piece * 2, 0

    def _note_failure(self, each: Item, error: str) -> None:
        """Keep why a file did not travel. What waits for its record is tried with the next sync, the rest later and later."""
        later = self._register.now() + _LATER[min(each.tries, len(_LATER) - 1)]
        with self._register.hearing() as session:
            transfers.failed(session, each.sha256, error=error, next_try_at=None if error in _AT_ONCE else moment_text(later))

    def _now(self) -> str:
        return moment_text(self._register.now())

    def _say(self, share: float, sentence: str) -> None:
        self._share, self._sentence = share, sentence
        self._tell(share, sentence)


def thumbnail(register: Register, sha256: str) -> bytes | None:
    """The small picture of an original that is here; made and kept when it is first wanted."""
    path = files.thumbnail_path(register.path, sha256)
    if path.is_file():
        return path.read_bytes()
    jpeg = thumbnails.made(files.path_of(register.path, sha256))
    if jpeg is not None:
        files.keep_thumbnail(register.path, sha256, jpeg)
    return jpeg
