"""Operations of a newer laptop: what of them this server does not know yet waits until it is updated (sync.md b.12).

They are held like operations whose row is not here yet, as they were signed; the first push after the update judges them
in the order in which they came, by the role and the regions that their author had.
"""

from collections.abc import Callable, Collection, Sequence

from sqlalchemy import Connection, text

from inspector_app.domain.errors import WordsWait
from inspector_app.models.entities import ENTITIES, codes, fields
from inspector_app.server.entries import Entry, Given, Kept
from inspector_app.sync import wire
from inspector_app.sync.wire import WireOperation

_MARK = "schema "

_KNOWN = {entity: frozenset((*fields(entity), "deleted")) for entity in ENTITIES}

Word = dict[str, str]
"""What is not known, as the facts of `domain.errors.WordsWait`: the kind of record, its field, the code that it holds."""


class Ahead:
    """What one push of a newer laptop says, and what of it has to wait; of any other laptop nothing has to."""

    def __init__(self, connection: Connection, schema: int, row: Callable[[str], Kept | None]) -> None:
        """`schema` is the laptop's vocabulary; `row` finds a row of this server."""
        self._waits_for, self._row = f"{_MARK}{schema}", row
        self._is_newer = schema > wire.VOCABULARY
        self._operations: set[str] = set()
        self._commands: set[str] = set()
        self._sites: set[str] = set()
        if self._is_newer:
            for op_id, txn_id, site_id in connection.execute(_WAITING, {"mark": f"{_MARK}%"}):
                self._note(op_id, txn_id, site_id)

    def word(self, command: Sequence[Given]) -> Word | None:
        """What keeps the operations of one command waiting, all together; nothing when they can be judged.

        It is a word of theirs, or that they rest on what waits: the end of a command on its beginning, an edit on the edit
        that its author saw, a change of status on everything that lies on its site.
        """
        if not self._is_newer:
            return None
        said = [each.said for each in command]
        for each in said:
            if (word := _unknown(each)) is not None:
                return word
        for each in said:
            prev = each.body.get("prev")
            seen = prev.values() if isinstance(prev, dict) else ()
            if each.txn_id in self._commands or any(isinstance(op_id, str) and op_id in self._operations for op_id in seen):
                return {"entity": each.entity}
            if each.entity == "status_event" and self._site_of(each) in self._sites:
                return {"entity": each.entity}
        return None

    def put_off(self, entry: Entry, word: Word) -> str:
        """Hold an operation; returns what it waits for."""
        entry.status, entry.result = "held", {"reason": WordsWait.__name__, "facts": word}
        entry.site_id = self._site_of(entry.given.said)
        self._note(entry.given.op_id, entry.given.said.txn_id, entry.site_id)
        return self._waits_for

    def _note(self, op_id: str, txn_id: str, site_id: str | None) -> None:
        self._operations.add(op_id)
        self._commands.add(txn_id)
        if site_id is not None:
            self._sites.add(site_id)

    def _site_of(self, said: WireOperation) -> str | None:
        """The site that an operation is about, where that can be told."""
        if said.entity == "site":
            return said.id
        data = said.body.get("data")
        if isinstance(data, dict):
            return data["site_id"] if isinstance(data.get("site_id"), str) else None
        kept = self._row(said.id)
        return None if kept is None else kept.site_id


def come(waiting: Collection[str]) -> list[str]:
    """Of all that something waits for, the vocabularies that this server knows by now, the oldest first."""
    named = sorted(int(each.removeprefix(_MARK)) for each in waiting if each.startswith(_MARK))
    return [f"{_MARK}{each}" for each in named if each <= wire.VOCABULARY]


def _unknown(said: WireOperation) -> Word | None:
    """The first word of an operation that this server does not know."""
    if said.entity not in ENTITIES:
        return {"entity": said.entity}
    data, changes = said.body.get("data"), said.body.get("changes")
    values = data if isinstance(data, dict) else {}
    if isinstance(changes, dict):
        values = values | {name: each[1] for name, each in changes.items() if isinstance(each, list) and len(each) == 2}
    for name in sorted(values.keys() - _KNOWN[said.entity]):
        return {"entity": said.entity, "field": name}
    for name, known in codes(said.entity).items():
        value = values.get(name)
        if isinstance(value, str) and value not in known:
            return {"entity": said.entity, "field": name, "value": value}
    return None


_WAITING = text(
    "SELECT o.op_id, o.txn_id, o.site_id FROM sync_hold h JOIN sync_operation o ON o.op_id = h.op_id"
    " WHERE h.waits_for LIKE :mark"
)
