"""The copy of the register that is taken before every sync (docs/decisions/004)."""

from pathlib import Path

from inspector_app.models.register import Register

_SMALL = 64 * 2**20
_KEPT, _KEPT_LARGE = 7, 2


def before_sync(register: Register) -> Path | None:
    """Copy the register into the folder beside it, one file per day; a large one only before the first sync of the day.

    The newest copies are kept: seven, of a large register two. Returns the copy, or nothing when today's stands.
    """
    folder = register.path.with_name(register.path.name + ".copies")
    target = folder / f"before-sync-{register.today().isoformat()}.register"
    is_small = register.path.stat().st_size <= _SMALL
    if target.exists() and not is_small:
        return None
    folder.mkdir(exist_ok=True)
    register.copy(target)
    kept = sorted(folder.glob("before-sync-*.register"))
    for old in kept[: -(_KEPT if is_small else _KEPT_LARGE)]:
        old.unlink()
    return target
