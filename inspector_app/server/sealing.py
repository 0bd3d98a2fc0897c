"""Unsent work that a colleague brings as a file: the key pair for it, and how a piece of it is judged (sync.md b.7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection

from inspector_app.models.base import moment_text
from inspector_app.server import access, journal, receipts, store
from inspector_app.server.journal import Refused
from inspector_app.server.scale import Scale
from inspector_app.server.store import SEALING_KEY
from inspector_app.sync import envelope, wire
from inspector_app.sync.envelope import Letter, Unreadable


@dataclass(frozen=True, slots=True)
class Opened:
    """A piece that was opened and read; who wrote it is not proved yet."""

    letter: Letter
    push: wire.Push


def public(facts: Mapping[str, str]) -> str:
    """The key to which laptops seal, raw, as hex."""
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(facts[SEALING_KEY])).public_key().public_bytes_raw().hex()


def opened(piece: bytes, *, facts: Mapping[str, str]) -> Opened:
    """Open a piece; asks no database. Raises Refused, and Malformed or TooLarge for what its author put into it."""
    try:
        letter = envelope.opened(piece, key=bytes.fromhex(facts[SEALING_KEY]))
    except Unreadable as error:
        # 409, since no description of a request could say which bytes these are
        raise Refused(409, error.code, error.detail) from error
    said = letter.label
    journal.check_version(said.protocol, said.vocabulary, oldest=said.protocol)
    return Opened(letter, wire.read(wire.Push, wire.unpacked(letter.push)))


def hand_in(connection: Connection, found: Opened, *, scale: Scale, now: datetime) -> wire.HandedIn:
    """Judge a piece exactly as a push of the laptop that wrote it. Raises Refused, and then nothing of it was done.

    Who brings it hears numbers alone: verdicts carry rows, and these are for the eyes of the author.
    """
    author = access.author(connection, found.letter.device_id, is_by=found.letter.is_by)
    ids = [each.op_id for each in found.push.operations]
    known = len(store.among(connection, store.operation, ids))
    judged = journal.push(connection, author, found.push, scale=scale, now=now)
    return wire.HandedIn(
        person=author.person,
        operations=len(ids),
        known=known,
        tally=receipts.tallied(found.push, {each.op_id: each for each in judged.verdicts}),
        server_time=moment_text(now),
    )
