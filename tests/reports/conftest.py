"""One register for all papers, and papers read back as people's readers see them."""

from collections.abc import Iterator
from pathlib import Path

import paper_scene
import pypdf
import pytest

from inspector_app.models.register import Register


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Register]:
    """A demonstration register with AZPM and Training site 4. Tests only read it."""
    register = paper_scene.make(tmp_path_factory.mktemp("office") / "office.register")
    yield register
    register.close()


def pages(path: Path) -> list[str]:
    """The text of every page."""
    return [page.extract_text() for page in pypdf.PdfReader(path).pages]
