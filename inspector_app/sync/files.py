"""Documents and photos between a laptop and the server: a whole sync, one original, room on the disk, and who decides when.

Data travels first (sync/round.py), for the server takes only what its rows name; how files travel is in sync/travel.py.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from inspector_app.domain.errors import FileNotFetched
from inspector_app.i18n import N_
from inspector_app.models import exchange, files, heard, transfers
from inspector_app.models.queries.transfers import FETCH, SEND, files_standing
from inspector_app.models.register import Register
from inspector_app.sync import round as rounds
from inspector_app.sync import wire
from inspector_app.sync.client import Client
from inspector_app.sync.round import Progress, Receipt
from inspector_app.sync.travel import FileLink, Travel, thumbnail

_ASKED_AT_ONCE = 16


def sync(
    register: Register,
    *,
    progress: Progress | None = None,
    send_all: bool = False,
    fetch_all: bool = False,
    client: Client | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> Receipt:
    """One sync of data, then of files as `travel` says. Raises what `round.sync` and `travel` raise."""
    if client is None:
        with rounds.connect(register) as own:
            return sync(register, progress=progress, send_all=send_all, fetch_all=fetch_all, client=own, wait=wait)
    tell = progress or rounds.untold
    receipt = rounds.sync(register, progress=part_of(tell, 0.0, 0.5), link=client)
    own_part = part_of(tell, 0.5, 1.0)
    return travel(register, receipt, client, progress=own_part, send_all=send_all, fetch_all=fetch_all, wait=wait)


def travel(
    register: Register,
    receipt: Receipt,
    link: FileLink,
    *,
    progress: Progress | None = None,
    send_all: bool = False,
    fetch_all: bool = False,
    wait: Callable[[float], None] = time.sleep,
) -> Receipt:
    """After the data: thumbnails, then originals as this register is set, or all of them that wait here or there.

    Returns the receipt with the numbers of files. Raises FilesStopped when files could not follow; the receipt that is kept
    tells how many did.
    """
    tell = progress or rounds.untold
    try:
        Travel(register, link, tell, wait=wait).run(send_all=send_all, fetch_all=fetch_all)
    finally:
        receipt = amended(register, receipt)
    tell(1.0, N_("Everything is exchanged"))
    return receipt


def part_of(tell: Progress, begin: float, end: float) -> Progress:
    """A progress that tells shares of one part of the whole work."""

    def told(share: float, sentence: str, /, **facts: object) -> None:
        tell(begin + (end - begin) * share, sentence, **facts)

    return told


def fetch(
    register: Register, sha256: str, *, progress: Progress | None = None, wait: Callable[[float], None] = time.sleep
) -> None:
    """Fetch one original, because a person wants to see it. Raises FileNotFetched and what says that the server is off."""
    with rounds.connect(register) as client:
        tell = progress or rounds.untold
        travel = Travel(register, client, tell, wait=wait)
        travel.look()
        with register.reading() as session:
            wanted = transfers.item(session, sha256)
        if wanted is None or not travel.fetch(wanted, lambda share: tell(share, N_("Receiving originals"))):
            raise FileNotFetched(reason=N_("the server does not have it, or you may not see it."))


def free_space(register: Register, *, progress: Progress | None = None) -> tuple[int, int]:
    """Remove originals of photos that the server has, by its word of this moment. Returns how many, and their bytes.

    The server reads the bytes again before it says so; a thumbnail of each stays here. Documents stay.
    """
    tell = progress or rounds.untold
    with register.reading() as session:
        candidates = [each for each in transfers.confirmed(session) if each.mime.startswith("image/")]
    count = freed = 0
    with rounds.connect(register) as client:
        for at in range(0, len(candidates), _ASKED_AT_ONCE):
            tell(at / len(candidates), N_("Asking the server for its copies"))
            some = candidates[at : at + _ASKED_AT_ONCE]
            asked = wire.FilesAsked(hashes=tuple(each.sha256 for each in some), prove=True)
            proved = set(client.files_here(asked).here)
            removed = []
            for each in some:
                if each.sha256 in proved and thumbnail(register, each.sha256) is not None:
                    files.path_of(register.path, each.sha256).unlink(missing_ok=True)
                    removed.append(each)
            with register.hearing() as session:
                transfers.places(session, register.path, [each.sha256 for each in removed])
                transfers.unverified(session, {each.sha256 for each in some} - proved)
            count, freed = count + len(removed), freed + sum(each.size for each in removed)
    return count, freed


def choose(register: Register, *, send: str | None = None, fetch: str | None = None) -> None:
    """Say when originals go and come: `always`, or when a person asks (`ask`)."""
    chosen = {name: value for name, value in ((SEND, send), (FETCH, fetch)) if value is not None}
    with register.hearing() as session:
        exchange.put_facts(session, chosen)


def amended(register: Register, receipt: Receipt) -> Receipt:
    """The receipt with the numbers of files, noted where there are any."""
    with register.reading() as session:
        standing = files_standing(session)
    if standing.total:
        receipt = replace(receipt, files=standing.total, files_confirmed=standing.confirmed)
        with register.hearing() as session:
            heard.amend_receipt(session, receipt.outcome)
    return receipt
