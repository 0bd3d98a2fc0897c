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
from inspector_app.sync.travel import Travel, thumbnail

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
    """One sync of data, then thumbnails, then originals as this register is set, or all of them that wait here or there.

    `progress` is told a share between 0 and 1 and a sentence, and may raise to stop. Raises what `round.sync` raises, and
    FilesStopped when the data is exchanged but files could not follow.
    """
    tell = progress or (lambda _share, _sentence: None)
    if client is None:
        with rounds.connect(register) as own:
            return sync(register, progress=progress, send_all=send_all, fetch_all=fetch_all, client=own, wait=wait)
    receipt = rounds.sync(register, progress=lambda share, sentence: tell(share / 2, sentence), link=client)
    travel = Travel(register, client, lambda share, sentence: tell(0.5 + share / 2, sentence), wait=wait)
    try:
        travel.run(send_all=send_all, fetch_all=fetch_all)
    finally:
        receipt = _amended(register, receipt)
    tell(1.0, N_("Everything is exchanged"))
    return receipt


def fetch(
    register: Register, sha256: str, *, progress: Progress | None = None, wait: Callable[[float], None] = time.sleep
) -> None:
    """Fetch one original, because a person wants to see it. Raises FileNotFetched and what says that the server is off."""
    with rounds.connect(register) as client:
        tell = progress or (lambda _share, _sentence: None)
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
    tell = progress or (lambda _share, _sentence: None)
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


def _amended(register: Register, receipt: Receipt) -> Receipt:
    """The receipt with the numbers of files, noted where there are any."""
    with register.reading() as session:
        standing = files_standing(session)
    if standing.total:
        receipt = replace(receipt, files=standing.total, files_confirmed=standing.confirmed)
        with register.hearing() as session:
            heard.amend_receipt(session, receipt.outcome)
    return receipt
