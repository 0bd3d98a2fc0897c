"""The main job, walked through the real window in a network namespace that has nothing but loopback."""

import os
import subprocess
import sys
from datetime import date

import pytest
from office import Office
from pypdf import PdfReader

from inspector_app.models.register import Register

WALK = (
    "import sys; from pathlib import Path; from inspector_app.ui.tour import run; "
    "sys.exit(run(Path(sys.argv[1]), register=Path(sys.argv[2]), looks=False))"
)
ALONE = ["unshare", "--map-root-user", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "-"]


def can_be_alone() -> bool:
    """Whether this machine allows a namespace of its own."""
    try:
        return subprocess.run([*ALONE, "true"], capture_output=True, check=False, timeout=20).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@pytest.mark.timeout(420)
def test_the_main_job_is_done_with_clicks_and_keys_and_without_any_network(tmp_path):
    register = Register.create(tmp_path / "small.register", person="A. Registrar")
    office = Office(register)
    site, item = office.pending("A-1", 2021, tonnes=40)
    office.received(site, (item, 1_000_000), on=date(2022, 4, 1))
    office.site("B-2", on=date(2022, 2, 2), lat=51.1, lon=71.4, region="71")
    register.close()
    walk = [sys.executable, "-c", WALK, str(tmp_path / "out"), str(register.path)]
    done = subprocess.run(
        [*ALONE, *walk] if can_be_alone() else walk,
        capture_output=True,
        text=True,
        check=False,
        timeout=400,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    assert "FAILED" not in done.stdout
    made = {each.name for each in (tmp_path / "out").iterdir()}
    assert {"inspection.pdf", "removal-batch.pdf", "site-removal.pdf", "summary.pdf", "index.html"} <= made
    assert {"01-overview-before.png", "05-map.png", "51-sync.png", "52-second-laptop.png"} <= made
    assert "A-1" in PdfReader(tmp_path / "out" / "inspection.pdf").pages[0].extract_text()
