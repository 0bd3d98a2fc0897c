"""Unsent work as a file: written without a network, handed in by a colleague, judged as a push of who wrote it."""

import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from inspector_app.domain.errors import (
    CannotWrite,
    LaptopShutOut,
    NoSealingKey,
    NotEnrolled,
    NotHandedIn,
    NothingUnsent,
)
from inspector_app.domain.ownership import DocumentType, Status
from inspector_app.i18n import words
from inspector_app.models import changes, exchange
from inspector_app.models.queries.standing import standing
from inspector_app.models.register import Register, new_ids
from inspector_app.server import access, inventory
from inspector_app.sync import envelope, handover, keys, parcels, wire
from inspector_app.sync import round as rounds
from inspector_app.sync.client import FileRefused
from inspector_app.sync.wire import Refusal
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site, edit, events, rows, value
from tests.sync.test_deciding import claim, everybody, searched

Laptop = Callable[..., Register]


@pytest.fixture
def server(emptied_server: CentralServer) -> CentralServer:
    """The shared process, empty."""
    return emptied_server


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ann.unsent"


def head(server: CentralServer) -> int:
    with server.opened() as store, store.reading() as connection:
        return int(connection.execute(text("SELECT rev FROM sync_counter")).scalar_one())


def waiting(register: Register) -> int:
    with register.glance() as asking:
        return standing(asking).waiting


def pieces(file: Path) -> list[bytes]:
    with file.open("rb") as opened:
        return [piece for _label, piece in envelope.pieces(opened)]


def refusal(register: Register, piece: bytes) -> Refusal:
    with rounds.connect(register) as link, pytest.raises((FileRefused, rounds.SetBack)) as refused:
        link.hand_in(piece)
    return refused.value.code


def test_a_colleague_hands_in_and_the_author_finds_it_done_when_he_syncs(
    laptop: Laptop, server: CentralServer, file: Path
) -> None:
    ann, bob = laptop("ann"), laptop("bob", "viewer")
    site = a_site(ann)

    saved = handover.save(ann, file)

    assert (saved.operations, saved.pieces, saved.size) == (4, 1, file.stat().st_size)
    assert waiting(ann) == 4
    assert head(server) == 0
    edit(ann, site, name_en="After the file was written")
    handed = handover.hand_in(bob, file)
    assert (handed.person, handed.operations, handed.known) == ("ann", 4, 0)
    assert (handed.tally.sent, handed.tally.accepted) == (4, 4)
    rounds.sync(bob)
    assert value(bob, site, "name_en") == "Old works"
    assert waiting(ann) == 5

    receipt = rounds.sync(ann)

    assert (receipt.sent, receipt.accepted, receipt.waiting) == (5, 5, 0)
    rounds.sync(bob)
    assert value(bob, site, "name_en") == "After the file was written"
    assert rows(ann) == rows(bob)
    with server.opened() as store, store.reading() as connection:
        who = connection.execute(text("SELECT DISTINCT person, stream_id FROM sync_operation")).all()
        assert who == [("ann", ann.facts()["stream_id"])]
    assert server.command("check")


def test_handed_in_again_by_anybody_it_changes_nothing(laptop: Laptop, server: CentralServer, file: Path) -> None:
    ann, bob, cid = laptop("ann"), laptop("bob"), laptop("cid", "inspector")
    site = a_site(ann)
    handover.save(ann, file)
    first = handover.hand_in(bob, file)
    there = head(server)
    for carrier in (bob, cid, ann):
        again = handover.hand_in(carrier, file)
        assert (again.known, again.tally) == (4, first.tally)
    assert head(server) == there
    edit(ann, site, name_en="Later")
    rounds.sync(ann)
    there = head(server)
    assert handover.hand_in(bob, file).known == 4
    assert head(server) == there
    assert value(ann, site, "name_en") == "Later"


def test_a_second_file_carries_on_from_the_last_whole_sync_whatever_became_of_the_first(laptop: Laptop, file: Path) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    edit(ann, site, name_en="One")
    assert handover.save(ann, file).operations == 1
    handover.hand_in(bob, file)
    edit(ann, site, name_ru="Два")
    assert handover.save(ann, file).operations == 2
    handed = handover.hand_in(bob, file)
    assert (handed.operations, handed.known) == (2, 1)
    rounds.sync(bob)
    assert (value(bob, site, "name_en"), value(bob, site, "name_ru")) == ("One", "Два")


def test_a_step_that_an_inspector_may_only_propose_stays_a_proposal(laptop: Laptop, file: Path) -> None:
    ann, bob, eve = laptop("ann", "inspector"), laptop("bob", "inspector"), laptop("eve", "registrar")
    site = searched(eve, "S-1")
    everybody(eve, ann)
    claim(ann, site, DocumentType.OWNER_INQUIRY, Status.OWNER_FOUND)
    handover.save(ann, file)

    handed = handover.hand_in(eve, file)  # who brings it lends it no right of his own

    assert (handed.tally.refused, handed.tally.proposed) == (0, 1)
    assert "1 step waits for a registrar" in " ".join(handed.sentences(words("en")))
    rounds.sync(bob)
    assert events(bob, site)[-1][:2] == ("OWNER_FOUND", "PROPOSED")
    assert value(bob, site, "status") == "OWNER_SEARCH"
    receipt = rounds.sync(ann)
    assert (receipt.proposed, receipt.refused, receipt.waiting) == (1, 0, 0)
    assert rows(ann) == rows(bob)


def test_verdicts_are_kept_for_the_author_and_the_carrier_hears_numbers_alone(laptop: Laptop, file: Path) -> None:
    ann, bob = laptop("ann", "inspector"), laptop("bob", "registrar")
    site = a_site(bob)
    rounds.sync(bob)
    rounds.sync(ann)
    edit(ann, site, name_en="Mine")
    edit(bob, site, name_en="Theirs")
    rounds.sync(bob)
    handover.save(ann, file)
    handed = handover.hand_in(bob, file)
    assert (handed.tally.sent, handed.tally.accepted, handed.tally.conflicts) == (1, 0, 1)
    receipt = rounds.sync(ann)
    assert (receipt.sent, receipt.conflicts, receipt.confirmed) == (1, 1, True)
    assert value(ann, site, "name_en") == "Theirs"


def test_rights_are_those_of_the_author_at_the_moment_of_handing_in(laptop: Laptop, server: CentralServer, file: Path) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    a_site(ann)
    handover.save(ann, file)
    with server.opened() as store, store.writing() as connection:
        access.set_person(connection, "ann", regions=["23"], now=store.now())
    assert handover.hand_in(bob, file).tally.refused == 4
    assert rounds.sync(ann).refused == 4


def test_a_laptop_that_never_synced_after_its_enrolment_can_save(laptop: Laptop, file: Path) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    a_site(ann)
    assert not ann.facts().get("cursor")
    handover.save(ann, file)
    assert handover.hand_in(bob, file).tally.accepted == 4


def test_a_laptop_that_was_enrolled_again_sends_all_of_its_log(laptop: Laptop, server: CentralServer, file: Path) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    rounds.enrol(ann, server.url, server.code("ann"))
    edit(ann, site, name_en="After")
    assert handover.save(ann, file).operations == 5
    handed = handover.hand_in(bob, file)
    assert (handed.known, handed.tally.accepted) == (4, 5)
    assert rounds.sync(ann).sent == 1
    rounds.sync(bob)
    assert rows(ann) == rows(bob)


@pytest.fixture
def saved(laptop: Laptop, file: Path) -> tuple[Register, Register]:
    """Ann, who wrote a file, and Bob, who has it."""
    ann, bob = laptop("ann"), laptop("bob")
    a_site(ann)
    handover.save(ann, file)
    return ann, bob


def test_the_author_was_shut_out(saved: tuple[Register, Register], server: CentralServer, file: Path) -> None:
    ann, bob = saved
    server.command("device", "revoke", ann.facts()["device_id"])
    with pytest.raises(NotHandedIn, match="was shut out"):
        handover.hand_in(bob, file)
    assert head(server) == 0
    assert rounds.sync(bob).sent == 0  # it was not about his own laptop


def test_the_author_was_taken_off_or_is_not_known(saved: tuple[Register, Register], server: CentralServer, file: Path) -> None:
    ann, bob = saved
    server.command("user", "remove", "ann")
    with pytest.raises(NotHandedIn, match="was shut out"):
        handover.hand_in(bob, file)
    with server.opened() as store, store.writing() as connection:
        connection.execute(text("DELETE FROM device WHERE device_id = :id"), {"id": ann.facts()["device_id"]})
    with pytest.raises(NotHandedIn, match="does not know the laptop"):
        handover.hand_in(bob, file)
    assert head(server) == 0


def test_who_was_shut_out_himself_hands_in_nothing(saved: tuple[Register, Register], server: CentralServer, file: Path) -> None:
    _ann, bob = saved
    server.command("device", "revoke", bob.facts()["device_id"])
    with pytest.raises(LaptopShutOut):
        handover.hand_in(bob, file)
    assert head(server) == 0


def test_a_server_set_back_to_a_copy_refuses_what_was_written_before(
    saved: tuple[Register, Register], server: CentralServer, file: Path
) -> None:
    ann, bob = saved
    with server.opened() as store, store.writing() as connection:
        store.begin_epoch(connection)
    with pytest.raises(NotHandedIn, match="set back to a copy after it was written"):
        handover.hand_in(bob, file)
    assert head(server) == 0
    assert rounds.sync(ann).accepted == 4


def test_a_laptop_set_back_to_a_copy_has_to_sync_by_itself(
    laptop: Laptop, new_register: Callable[..., Register], tmp_path: Path, file: Path
) -> None:
    ann, bob = laptop("ann"), laptop("bob")
    site = a_site(ann)
    rounds.sync(ann)
    image = tmp_path / "image.register"
    ann.copy(image)
    keys.BesideRegister(image).put(ann.facts()["device_id"], keys.BesideRegister(ann.path).get(ann.facts()["device_id"]))
    edit(ann, site, name_en="Lost with the disk")
    rounds.sync(ann)
    back = Register.open(image)
    try:
        edit(back, site, name_en="Made after the disk was set back")
        handover.save(back, file)
        with pytest.raises(NotHandedIn, match="has to sync by itself"):
            handover.hand_in(bob, file)
        rounds.sync(back)
        assert waiting(back) == 0
    finally:
        back.close()


def test_no_byte_of_the_file_can_be_changed_or_left_out(
    saved: tuple[Register, Register], server: CentralServer, file: Path, tmp_path: Path
) -> None:
    _ann, bob = saved
    whole, other = file.read_bytes(), tmp_path / "other.unsent"
    step = max(1, len(whole) // 150)
    for at in range(0, len(whole), step):
        for changed in (whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], whole[:at]):
            other.write_bytes(changed)
            with pytest.raises(NotHandedIn):
                handover.hand_in(bob, other)
    for changed in (whole + b"x", b"", b"a letter", whole[:-32] + hashlib.sha256(b"").digest()):
        other.write_bytes(changed)
        with pytest.raises(NotHandedIn):
            handover.hand_in(bob, other)
    with pytest.raises(NotHandedIn, match="cannot be read"):
        handover.hand_in(bob, tmp_path / "gone.unsent")
    assert head(server) == 0


def test_who_changes_a_piece_and_asks_the_server_himself_is_found_out(
    saved: tuple[Register, Register], server: CentralServer, file: Path
) -> None:
    _ann, bob = saved
    (piece,) = pieces(file)
    known = {Refusal.ALTERED, Refusal.NOT_SEALED, Refusal.OTHER_SERVER}
    with rounds.connect(bob) as link:
        for at in range(0, len(piece), max(1, len(piece) // 120)):
            for changed in (piece[:at] + bytes([piece[at] ^ 4]) + piece[at + 1 :], piece[:at]):
                with pytest.raises(FileRefused) as refused:
                    link.hand_in(changed)
                assert refused.value.code in known
        assert head(server) == 0
        assert link.hand_in(piece).operations == 4


def test_nobody_writes_in_the_name_of_a_colleague(saved: tuple[Register, Register], server: CentralServer, file: Path) -> None:
    ann, bob = saved
    mine = keys.BesideRegister(bob.path).get(bob.facts()["device_id"])
    facts = ann.facts()
    with ann.reading() as session:
        push = parcels.text(facts["epoch"], facts["stream_id"], parcels.parcel(session, 0), clock_offset_ms=0)
    (label,) = (each for each, _piece in envelope.pieces(io.BytesIO(file.read_bytes())))
    forged = envelope.seal(push, label, device_id=facts["device_id"], key=mine)
    assert refusal(bob, forged) is Refusal.ALTERED
    # in his own name he may say it, and is told that the stream is another laptop's once it is there
    handover.hand_in(bob, file)
    assert refusal(bob, envelope.seal(push, label, device_id=bob.facts()["device_id"], key=mine)) is Refusal.STREAM_FORKED


def test_what_speaks_another_version_is_refused_by_name(saved: tuple[Register, Register], file: Path) -> None:
    ann, bob = saved
    key = keys.BesideRegister(ann.path).get(ann.facts()["device_id"])
    (label,) = (each for each, _piece in envelope.pieces(io.BytesIO(file.read_bytes())))
    for changed in ({"protocol": 99}, {"vocabulary": 0}):
        piece = envelope.seal("{}", label.model_copy(update=changed), device_id=ann.facts()["device_id"], key=key)
        with file.open("wb") as written:
            envelope.write(written, [piece])
        with pytest.raises(NotHandedIn, match="by a version of the program"):
            handover.hand_in(bob, file)


@pytest.mark.parametrize("demo", [False, True], ids=["another real server", "a demonstration"])
def test_a_file_for_another_server_is_refused_by_both_sides_of_the_fence(
    saved: tuple[Register, Register], new_server: Callable[..., CentralServer], new_register: Laptop, file: Path, *, demo: bool
) -> None:
    _ann, bob = saved
    there = new_server("there", demo=demo)
    cid = new_register("cid.register", person="nobody", clock=None)
    rounds.enrol(cid, there.url, there.code("cid"))
    with pytest.raises(NotHandedIn, match="for another server"):
        handover.hand_in(cid, file)
    a_site(cid)
    handover.save(cid, file)
    with pytest.raises(NotHandedIn, match="for another server"):
        handover.hand_in(bob, file)
    assert head(there) == 0


def test_there_is_no_file_without_work_without_enrolment_or_without_a_key(
    laptop: Laptop, new_register: Laptop, file: Path, tmp_path: Path
) -> None:
    with pytest.raises(NotEnrolled):
        handover.save(new_register("alone.register"), file)
    ann = laptop("ann")
    with pytest.raises(NothingUnsent):
        handover.save(ann, file)
    site = a_site(ann)
    with ann.hearing() as session:  # enrolled with a server of before
        exchange.put_facts(session, {"sealing_key": "", "epoch": ""})
    with pytest.raises(NoSealingKey):
        handover.save(ann, file)
    rounds.sync(ann)  # hello tells it
    edit(ann, site, name_en="New")
    with pytest.raises(CannotWrite):
        handover.save(ann, tmp_path)
    with pytest.raises(CannotWrite):
        handover.save(ann, tmp_path / "nowhere" / "x.unsent")
    handover.save(ann, file)
    assert not list(tmp_path.glob("**/*.part"))


@pytest.fixture
def many(laptop: Laptop) -> tuple[Register, Register]:
    """The same with more work than one push takes."""
    ann, bob = laptop("ann"), laptop("bob")
    with ann.writing("Load", bulk=True) as session:
        sites = [
            {"id": new_ids(), "code": f"S-{n}", "name_en": f"Works {n}", "region": "47", "lat": 43.6, "lon": 51.2}
            for n in range(2 * wire.OPERATIONS_PER_PUSH + 100)
        ]
        changes.bulk_create(session, "site", sites)
    return ann, bob


def test_much_work_is_written_and_handed_in_piece_by_piece(
    many: tuple[Register, Register], server: CentralServer, file: Path
) -> None:
    ann, bob = many
    told: list[float] = []
    saved = handover.save(ann, file, progress=lambda share, *_said, **_facts: told.append(share))
    assert (saved.operations, saved.pieces) == (4100, 3)
    assert all(len(each) < wire.BODY_LIMIT for each in pieces(file))
    handed = handover.hand_in(bob, file, progress=lambda share, *_said, **_facts: told.append(share))
    assert (handed.operations, handed.tally.accepted) == (4100, 4100)
    assert min(told) == 0
    assert max(told) <= 1
    receipt = rounds.sync(ann)
    assert (receipt.accepted, receipt.waiting) == (4100, 0)
    rounds.sync(bob)
    assert rows(ann) == rows(bob)
    with server.opened() as store:
        assert inventory.problems(store) == []


def test_pieces_come_in_their_order_and_none_is_left_out(
    many: tuple[Register, Register], server: CentralServer, file: Path
) -> None:
    ann, bob = many
    handover.save(ann, file)
    one, two, three = pieces(file)
    handover.save(ann, file)
    another = pieces(file)
    for order in (
        [one, three],
        [two, one, three],
        [one, two],
        [two, three],
        [one, two, three, three],
        [one, another[1], three],
        [],
    ):
        with file.open("wb") as written:
            envelope.write(written, order)
        with pytest.raises(NotHandedIn, match="damaged"):
            handover.hand_in(bob, file)
    assert head(server) == 0
    assert refusal(bob, two) is Refusal.GAP


def test_who_stops_in_the_middle_goes_on_later(many: tuple[Register, Register], server: CentralServer, file: Path) -> None:
    ann, bob = many
    handover.save(ann, file)

    class Stopped(Exception):
        pass

    def stop(share: float, _sentence: str, /, **_facts: object) -> None:
        if share > 0.3:
            raise Stopped

    with pytest.raises(Stopped):
        handover.hand_in(bob, file, progress=stop)
    assert head(server) == wire.OPERATIONS_PER_PUSH
    assert handover.hand_in(bob, file).known == wire.OPERATIONS_PER_PUSH
    kept = file.read_bytes()
    with pytest.raises(Stopped):
        handover.save(ann, file, progress=stop)
    assert file.read_bytes() == kept
    assert not list(file.parent.glob("*.part"))


def test_the_command_line_saves_and_hands_in_and_says_what_became_of_it(laptop: Laptop, file: Path, tmp_path: Path) -> None:
    ann, bob = laptop("ann"), laptop("bob", "inspector")
    a_site(ann)

    def inspector(*words: object, code: int = 0) -> str:
        done = subprocess.run([_INSPECTOR, "sync", *map(str, words)], capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stderr
        return done.stdout or done.stderr

    told = inspector("--register", ann.path, "--to", file)
    assert told.startswith(f"4 changes are saved in {file} (")
    assert json.loads(inspector("--register", ann.path, "--to", file, "--json"))["operations"] == 4
    told = inspector("--register", bob.path, "--from", file)
    assert told.splitlines()[:2] == ["4 changes of ann are handed in.", "4 accepted."]
    told = json.loads(inspector("--register", bob.path, "--from", file, "--json"))
    assert (told["person"], told["operations"], told["known"], told["accepted"], told["refused"]) == ("ann", 4, 4, 4, 0)
    file.write_bytes(file.read_bytes()[:-1])
    told = json.loads(inspector("--register", bob.path, "--from", file, "--json", code=1))
    assert told["error"] == "NotHandedIn"
    assert "damaged, not complete" in told["happened"]
    for wrong in (("--to", file, "--from", file), ("--to", file, "--pending"), ("--from", file, "--out", tmp_path / "x.pdf")):
        assert "stands alone" in inspector("--register", ann.path, *wrong, code=2)


_INSPECTOR = Path(sys.executable).with_name("inspector")
