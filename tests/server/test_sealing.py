"""Sealed work on both databases: whose it is, whether it is his, and that it is judged as his own push."""

import io

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from inspector_app.domain.people import Role
from inspector_app.models.register import new_ids
from inspector_app.server import access, sealing
from inspector_app.server.journal import Refused
from inspector_app.server.store import Store
from inspector_app.sync import envelope, wire
from inspector_app.sync.envelope import Label, Unreadable
from tests.server.test_journal import SITE, Device, create


class Author(Device):
    """A laptop that is enrolled with its key, and seals what it says."""

    def __init__(self, store: Store, role: Role = Role.REGISTRAR) -> None:
        super().__init__(store, role)
        self.key = Ed25519PrivateKey.generate().private_bytes_raw()
        public = Ed25519PrivateKey.from_private_bytes(self.key).public_key().public_bytes_raw().hex()
        with store.writing() as connection:
            access.add_person(connection, "ann", role=role, regions=(), password=None, now=store.now())
            code = access.make_code(connection, "ann", now=store.now())
            asked = wire.Enrol(code=code, public_key=public, name="laptop", kind="real")
            self.device_id = access.enrol(connection, asked, demo=False, now=store.now()).device_id

    def sealed(self, message: wire.Push, *, key: bytes = b"", device_id: str = "") -> bytes:
        label = Label(
            to=sealing.public(self.store.facts()),
            file_id=new_ids(),
            piece=1,
            is_last=True,
            protocol=wire.PROTOCOL,
            vocabulary=wire.VOCABULARY,
        )
        return envelope.seal(message.model_dump_json(), label, device_id=device_id or self.device_id, key=key or self.key)

    def handed_in(self, piece: bytes) -> wire.HandedIn:
        found = sealing.opened(piece, facts=self.store.facts())
        with self.store.writing() as connection:
            return sealing.hand_in(connection, found, scale=self.scale, now=self.store.now())

    def refused(self, piece: bytes) -> tuple[int, str]:
        with pytest.raises(Refused) as refused:
            self.handed_in(piece)
        return refused.value.status, str(refused.value.code)


def test_a_piece_is_judged_as_the_push_of_its_author_and_once(store: Store) -> None:
    ann = Author(store, Role.INSPECTOR)
    message = ann.message(create("site", SITE), create("site", {**SITE, "code": "A-2"}))
    piece = ann.sealed(message)
    first, again = ann.handed_in(piece), ann.handed_in(piece)
    assert (first.person, first.operations, first.known, first.tally.accepted) == ("ann", 2, 0, 2)
    assert (again.operations, again.known, again.tally) == (2, 2, first.tally)
    with store.reading() as connection:
        kept = connection.execute(text("SELECT person, role, stream_id, status FROM sync_operation")).all()
        assert connection.execute(text("SELECT count(*) FROM sync_tally")).scalar_one() == 0
    assert kept == [("ann", str(Role.INSPECTOR), message.stream_id, "applied")] * 2


def test_only_who_shows_the_signature_hears_that_the_author_is_shut_out(store: Store) -> None:
    ann = Author(store)
    message = ann.message(create("site", SITE))
    stranger = Ed25519PrivateKey.generate().private_bytes_raw()
    with store.writing() as connection:
        access.revoke(connection, ann.device_id, now=store.now())
    assert ann.refused(ann.sealed(message)) == (403, "author_shut_out")
    assert ann.refused(ann.sealed(message, key=stranger)) == (409, "altered")
    assert ann.refused(ann.sealed(message, device_id=new_ids())) == (409, "author_unknown")
    assert ann.refused(ann.sealed(message, device_id="x" * 36)) == (409, "altered")
    with store.writing() as connection:
        store.begin_epoch(connection)
        connection.execute(text("UPDATE device SET revoked_at = NULL"))
    assert ann.refused(ann.sealed(message)) == (409, "epoch_changed")


@given(piece=st.binary(max_size=600))
def test_whatever_is_no_piece_is_called_so(piece: bytes) -> None:
    with pytest.raises(Unreadable):
        envelope.opened(piece, key=bytes(range(32)))
    with pytest.raises(Unreadable):
        list(envelope.pieces(io.BytesIO(envelope.MAGIC + piece)))


@given(pushes=st.lists(st.text(max_size=50), min_size=1, max_size=4), key=st.binary(min_size=32, max_size=32))
def test_what_was_written_is_read_again_in_its_order(pushes: list[str], key: bytes) -> None:
    to = sealing.public({"sealing_key": key.hex()})
    file_id, device_id, author = new_ids(), new_ids(), Ed25519PrivateKey.generate()
    written = io.BytesIO()
    made = [
        envelope.seal(
            push,
            Label(to=to, file_id=file_id, piece=n, is_last=n == len(pushes), protocol=1, vocabulary=1),
            device_id=device_id,
            key=author.private_bytes_raw(),
        )
        for n, push in enumerate(pushes, 1)
    ]
    assert envelope.write(written, made) == len(pushes)
    written.seek(0)
    letters = [envelope.opened(piece, key=key) for _label, piece in envelope.pieces(written)]
    assert [wire.unpacked(each.push).decode() for each in letters] == pushes
    assert {each.device_id for each in letters} == {device_id}
    assert all(each.is_by(author.public_key().public_bytes_raw().hex()) for each in letters)
    assert not letters[0].is_by(Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex())


def test_what_its_author_put_in_is_bounded_as_a_body_is(store: Store) -> None:
    ann = Author(store)
    whole = ann.sealed(ann.message(create("site", SITE)))
    label = envelope.opened(whole, key=bytes.fromhex(store.facts()["sealing_key"])).label
    bomb = envelope.seal(" " * (wire.UNPACKED_LIMIT + 1), label, device_id=ann.device_id, key=ann.key)
    with pytest.raises(wire.TooLarge):
        ann.handed_in(bomb)
    with pytest.raises(wire.Malformed):
        ann.handed_in(envelope.seal("{}", label, device_id=ann.device_id, key=ann.key))
