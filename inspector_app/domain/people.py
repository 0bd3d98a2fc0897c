"""Roles, in the order of what they may do; the table of ownership steps names who proposes and who accepts."""

from inspector_app.domain.codes import Code
from inspector_app.i18n import N_


class Role(Code):
    """What a person is trusted with (domain.md 6.2)."""

    VIEWER = "VIEWER", N_("Viewer")
    INSPECTOR = "INSPECTOR", N_("Inspector")
    OFFICE = "OFFICE", N_("Office")
    SUPERVISOR = "SUPERVISOR", N_("Supervisor")
    REGISTRAR = "REGISTRAR", N_("Registrar")
    ADMINISTRATOR = "ADMINISTRATOR", N_("Administrator")


_RANK = {role: rank for rank, role in enumerate(Role)}


def outranks(role: Role, other: Role) -> bool:
    """Whether `role` is trusted with at least what `other` is."""
    return _RANK[role] >= _RANK[other]
