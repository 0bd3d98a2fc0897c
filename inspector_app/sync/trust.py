"""Whether the server's history is still the one that this laptop was shown (decision 022).

Every sync names the newest link of the server's audit log that was seen, and the server says whether it is one of its own.
Once a day the laptop proves for itself that the log leads from the end of the last proof, by that link, to the newest one.
"""

from collections.abc import Mapping

from inspector_app.domain.errors import HistoryRewritten, ServerNonsense
from inspector_app.models import exchange
from inspector_app.models.register import Register
from inspector_app.sync import wire
from inspector_app.sync.client import Link

_SEEN, _PROVED = "audit", "proved"
NOTHING_SEEN = {"audit_hash": "", "proved_hash": ""}
"""The facts of a register that comes to a server, whichever it was at before."""


def seen(facts: Mapping[str, str]) -> wire.AuditLink | None:
    """The newest link that this laptop was shown; nothing before its first sync."""
    return _link(facts, _SEEN)


def check(facts: Mapping[str, str], welcome: wire.Welcome) -> None:
    """That the server still has the link we saw, unless it says that it was set back to a copy. Raises HistoryRewritten."""
    if not welcome.audit_known and welcome.epoch == facts.get("epoch"):
        raise HistoryRewritten


def shown(facts: Mapping[str, str], welcome: wire.Welcome) -> dict[str, str]:
    """What to keep of a welcome, as facts. Proofs begin with the first link of a log: of another server's copy, anew."""
    if welcome.audit is None:
        return {}
    anew = _link(facts, _PROVED) is None or not welcome.audit_known
    return _kept(_SEEN, welcome.audit) | (_kept(_PROVED, welcome.audit) if anew else {})


def prove(register: Register, link: Link) -> None:
    """Follow the log from where it was proved to the newest link, and keep that. Raises HistoryRewritten or ServerNonsense."""
    facts = register.facts()
    proved, newest_seen = _link(facts, _PROVED), seen(facts)
    if proved is None or newest_seen is None:
        return
    seq, hash_ = proved.seq, proved.hash
    while True:
        page = link.proof(after=seq)
        if page.epoch != facts.get("epoch"):
            return  # set back to a copy meanwhile: the next sync hears of it
        if page.after != seq or (page.more and not page.digests):
            raise ServerNonsense(url=facts.get("server", ""), detail="proof")
        for digest in page.digests:
            seq, hash_ = seq + 1, wire.next_link(hash_, digest)
            if seq == newest_seen.seq and hash_ != newest_seen.hash:
                raise HistoryRewritten
        if not page.more:
            break
    if (seq, hash_) != (page.head.seq, page.head.hash) or seq < newest_seen.seq:
        raise HistoryRewritten
    with register.hearing() as session:
        exchange.put_facts(session, _kept(_SEEN, page.head) | _kept(_PROVED, page.head))


def _link(facts: Mapping[str, str], which: str) -> wire.AuditLink | None:
    hash_ = facts.get(f"{which}_hash")
    return wire.AuditLink(seq=int(facts[f"{which}_seq"]), hash=hash_) if hash_ else None


def _kept(which: str, link: wire.AuditLink) -> dict[str, str]:
    return {f"{which}_seq": str(link.seq), f"{which}_hash": link.hash}
