"""Roles and their ladder; domain/rights.py says what each may do, the table of ownership steps who proposes and who accepts."""

from inspector_app.domain.codes import Code
from inspector_app.domain.errors import BadValue
from inspector_app.i18n import N_


class Role(Code):
    """What a person is trusted with (domain.md 6.2)."""

    VIEWER = "VIEWER", N_("Viewer")
    INSPECTOR = "INSPECTOR", N_("Inspector")
    OFFICE = "OFFICE", N_("Office")
    SUPERVISOR = "SUPERVISOR", N_("Supervisor")
    REGISTRAR = "REGISTRAR", N_("Registrar")
    ADMINISTRATOR = "ADMINISTRATOR", N_("Administrator")


LADDER = (Role.VIEWER, Role.INSPECTOR, Role.OFFICE, Role.SUPERVISOR, Role.REGISTRAR)
"""Each is trusted with what those before it are. The administrator stands beside: he looks after people and the server, and
of the register he sees everything and changes nothing, so that who hands out roles is not who accepts legal facts."""

_RANK = {role: rank for rank, role in enumerate(LADDER)} | {Role.ADMINISTRATOR: 0}


def outranks(role: Role, other: Role) -> bool:
    """Whether `role` is trusted with at least what `other`, a step of the ladder, is."""
    return _RANK[role] >= _RANK[other]


_FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
_SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)


def is_bin(text: str) -> bool:
    """Whether twelve digits carry the check digit of a BIN or IIN (domain.md 1.5)."""
    if len(text) != 12 or not (text.isascii() and text.isdigit()):
        return False
    digits = [int(each) for each in text]
    for weights in (_FIRST_WEIGHTS, _SECOND_WEIGHTS):
        rest = sum(weight * digit for weight, digit in zip(weights, digits, strict=False)) % 11
        if rest != 10:
            return rest == digits[11]
    return False


def parse_bin(text: str) -> str:
    """A BIN or IIN as twelve digits, blanks taken out. Raises BadValue (domain.md 1.5)."""
    digits = "".join(text.split())
    if not is_bin(digits):
        raise BadValue(field=N_("BIN"), reason=N_("twelve digits with a correct check digit are expected."))
    return digits
