"""Noto Sans for the window: unpacked once from the wheel of fonts, for unpacking it at every start costs a tenth of a start."""

import contextlib
import importlib.util
from importlib import import_module
from pathlib import Path

from PySide6.QtGui import QFontDatabase

from inspector_app.settings import cache_folder

_FACES = ("NotoSans_Regular", "NotoSans_Bold")


def install() -> list[str]:
    """Make Noto Sans known to Qt, regular and bold; every Kazakh letter and the tenge sign are in it. Returns the families."""
    families = []
    spec = importlib.util.find_spec("pymupdf_fonts")
    wheel = Path(spec.submodule_search_locations[0]) if spec and spec.submodule_search_locations else Path()
    for face in _FACES:
        # another wheel has another size, and makes another file
        kept = cache_folder() / f"{face}-{(wheel / f'{face}.py').stat().st_size}.ttf"
        number = QFontDatabase.addApplicationFont(str(kept)) if kept.is_file() else -1
        if number < 0:
            number = QFontDatabase.addApplicationFontFromData(_unpack(face, kept))
        families += QFontDatabase.applicationFontFamilies(number)
    return families


def _unpack(face: str, kept: Path) -> bytes:
    """The font out of its module, kept for the next start where the folder can be written."""
    # the package imports every family at once; one font is one module
    font: bytes = import_module(f"pymupdf_fonts.{face}").fontbuffer
    part = kept.with_suffix(".part")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        part.write_bytes(font)
        part.replace(kept)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
    return font
