"""A person's decision on a conflict, as the server judges it: the words and the value are one operation (sync.md b.9).

Whether the value may stand is asked of the fields' sources as for any edit, so that a decision never overwrites what its
author had not seen; what it named as the conflict only says which one is closed by it.
"""

from collections.abc import Mapping
from typing import Any

from inspector_app.domain.errors import BadValue, Overtaken
from inspector_app.domain.merge import ConflictState, MergeClass, RowState, check_settler, merge_class
from inspector_app.domain.people import Role
from inspector_app.i18n import N_

_TOLD = 2000
"""Letters of a reason that travel with a conflict."""


def check(conflict: RowState | None, row: RowState, body: Mapping[str, Any], changes: Mapping[str, Any], role: Role) -> None:
    """That the decision fits its conflict and that its author may take it.

    A conflict that is not known here, because the server was set back, asks for what its fields ask. Raises RoleMayNot,
    RuleBroken, BadValue, or Overtaken for a conflict that another one has replaced.
    """
    reason = body.get("reason")
    if not (reason is None or (isinstance(reason, str) and len(reason) <= _TOLD)):
        raise BadValue(field=N_("Reason"), reason=N_("this is no such value."))
    if conflict is None:
        for kind in {merge_class(row.entity, name) for name in changes}:
            check_settler(role, kind, reason)
        return
    data = conflict.data
    if (data["entity"], data["row_id"]) != (row.entity, row.id) or data["field"] not in changes:
        raise BadValue(field=N_("Conflict"), reason=N_("it is about another record."))
    if MergeClass(data["kind"]) is not MergeClass.DELETE and len(changes) > 1:  # type: ignore[call-arg]
        for kind in {merge_class(row.entity, name) for name in changes}:
            check_settler(role, kind, reason)
    check_settler(role, MergeClass(data["kind"]), reason)  # type: ignore[call-arg]
    if data["state"] == ConflictState.WITHDRAWN:
        raise Overtaken(field=data["field"])


def close(conflict: RowState, body: Mapping[str, Any], person: str, *, stands: bool) -> bool:
    """Say in an open conflict how it ended; one that was settled before keeps its first word. Whether anything was said.

    Where the decision met a value that its author had not seen, a new conflict asks about it and the old one is withdrawn.
    """
    if conflict.data["state"] != ConflictState.OPEN:
        return False
    if not stands:
        conflict.data["state"] = str(ConflictState.WITHDRAWN)
        return True
    choice, reason = body.get("choice"), body.get("reason")
    conflict.data.update(
        state=str(ConflictState.SETTLED), choice=str(choice) if choice else None, reason=reason, settled_by=person
    )
    return True
