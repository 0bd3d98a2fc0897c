"""A demo register is the same one for a seed, is marked as one, and is written whole or not at all."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from inspector_app.demo.build import write_demo
from inspector_app.domain.errors import AlreadyThere, NoFolder
from inspector_app.domain.people import Role
from inspector_app.models.register import Register


def test_the_same_seed_gives_the_same_register_and_synthetic_sites_only_add_to_it(
    demo: Register, tmp_path: Path, dump: Callable[[Register], dict[str, list[tuple[object, ...]]]]
) -> None:
    shares: list[float] = []
    write_demo(tmp_path / "more.register", sites=37, progress=lambda share, _what: shares.append(share))
    more = Register.open(tmp_path / "more.register")
    known, found = dump(demo), dump(more)
    more.close()
    assert len(found["site"]) == len(known["site"]) + 20
    for name, rows in known.items():
        if name != "counter":
            assert set(map(repr, rows)) <= set(map(repr, found[name])), name
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] <= 1


def test_it_says_that_it_is_a_demonstration_of_a_registrar(demo: Register) -> None:
    assert demo.is_demo
    assert demo.me.role is Role.REGISTRAR
    assert "Демо" in demo.me.person


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "there.register"
    path.write_text("mine")
    with pytest.raises(AlreadyThere):
        write_demo(path)
    assert path.read_text() == "mine"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NoFolder):
        write_demo(tmp_path / "nowhere" / "demo.register")


class _Stopped(Exception):
    pass


def test_stopped_half_way_it_leaves_nothing_behind(tmp_path: Path) -> None:
    def stop(share: float, _what: str) -> None:
        if share > 0.1:
            raise _Stopped

    with pytest.raises(_Stopped):
        write_demo(tmp_path / "half.register", progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_writer_left_goes_with_the_next_one_and_a_living_one_is_left_alone(tmp_path: Path) -> None:
    dead, alive, other = (tmp_path / name for name in (".d.register-dead", ".d.register-alive", ".e.register-dead"))
    for each in (dead, alive, other):
        each.mkdir()
        (each / "d.register").write_bytes(b"half")
    hour_ago = time.time() - 3600
    for each in (dead, other):
        os.utime(each / "d.register", (hour_ago, hour_ago))
        os.utime(each, (hour_ago, hour_ago))
    write_demo(tmp_path / "d.register", sites=17)
    assert not dead.exists()
    assert alive.exists()
    assert other.exists()
