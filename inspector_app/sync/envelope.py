"""The file of unsent work as bytes: pieces of one push each, signed by their laptop, sealed to one server (decision 021).

Like wire.py it is shared with the server, which gets the pieces one by one and never the file.

    file   MAGIC, then of each piece its length (4 bytes) and the piece, then a length of 0 and the SHA-256 of all before
    piece  length of the label (2 bytes), label (JSON, to be read by everybody), HPKE of the letter
    letter signature (64 bytes), id of the device (36 letters), push as it would travel (gzip)

The label is bound into seal and signature, so that no piece is worth anything elsewhere. HPKE is RFC 9180 in its base mode.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, BinaryIO

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from pydantic import Field

from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal

MAGIC = b"waste-inspector unsent work 1\n"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
_LONG, _SHORT = 4, 2
_SIGNATURE, _DEVICE = 64, 36
_DEVICE_ID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Unreadable(Exception):
    """What is no such file or piece, is damaged, or is sealed to another server. `code` says which."""

    def __init__(self, code: Refusal, detail: str = "") -> None:
        """Keep the code, and a word for who debugs."""
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


class Label(wire.Message):
    """What everybody may read of a piece: to which server, which piece of which file, and how its writer spoke."""

    to: str = wire.Hash
    file_id: str = wire.Id
    piece: Annotated[int, Field(ge=1, le=wire.HIGHEST)]
    is_last: bool
    protocol: wire.Number
    vocabulary: wire.Number


@dataclass(frozen=True, slots=True)
class Letter:
    """A piece that was opened: who is said to have written it, and the packed push. `is_by` asks the signature."""

    label: Label
    device_id: str
    push: bytes
    _signature: bytes
    _signed: bytes

    def is_by(self, public_key: str) -> bool:
        """Whether the holder of this key wrote exactly this; Ed25519, raw, as hex."""
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(self._signature, self._signed)
        except InvalidSignature:
            return False
        return True


def seal(push: str, label: Label, *, device_id: str, key: bytes) -> bytes:
    """A piece with the JSON of a push, signed with the laptop's Ed25519 key (raw)."""
    head = _head(label)
    said = device_id.encode() + wire.pack(push)
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(MAGIC + head + said)
    return head + _SUITE.encrypt(signature + said, X25519PublicKey.from_public_bytes(bytes.fromhex(label.to)), MAGIC + head)


def opened(piece: bytes, *, key: bytes) -> Letter:
    """What is in a piece, by the server's X25519 key (raw). Raises Unreadable; asks nobody who wrote it."""
    label, head = _labelled(piece)
    secret = X25519PrivateKey.from_private_bytes(key)
    if label.to != secret.public_key().public_bytes_raw().hex():
        raise Unreadable(Refusal.OTHER_SERVER)
    try:
        letter = _SUITE.decrypt(piece[len(head) :], secret, MAGIC + head)
    except (InvalidTag, ValueError) as error:
        raise Unreadable(Refusal.ALTERED, "seal") from error
    signature, said = letter[:_SIGNATURE], letter[_SIGNATURE:]
    if len(signature) < _SIGNATURE or not _DEVICE_ID.fullmatch(said[:_DEVICE]):
        raise Unreadable(Refusal.ALTERED, "letter")
    return Letter(label, said[:_DEVICE].decode(), said[_DEVICE:], signature, MAGIC + head + said)


def write(file: BinaryIO, pieces: Iterable[bytes]) -> int:
    """Write a whole file, one piece after another; the number of pieces."""
    digest, count = hashlib.sha256(), 0

    def put(part: bytes) -> None:
        digest.update(part)
        file.write(part)

    put(MAGIC)
    for piece in pieces:
        put(len(piece).to_bytes(_LONG))
        put(piece)
        count += 1
    put(bytes(_LONG))
    file.write(digest.digest())
    return count


def pieces(file: BinaryIO) -> Iterator[tuple[Label, bytes]]:
    """Every piece with its label, one after another. Raises Unreadable, for what is false at the end only there."""
    digest = hashlib.sha256()

    def take(size: int) -> bytes:
        part = file.read(size)
        if len(part) < size:
            raise Unreadable(Refusal.ALTERED, "it ends too early")
        digest.update(part)
        return part

    if (begin := file.read(len(MAGIC))) != MAGIC:
        raise Unreadable(Refusal.NOT_SEALED, "begin")
    digest.update(begin)
    before: Label | None = None
    while size := int.from_bytes(take(_LONG)):
        if size > wire.BODY_LIMIT:
            raise Unreadable(Refusal.ALTERED, "length of a piece")
        piece = take(size)
        label = _labelled(piece)[0]
        if not _follows(label, before):
            raise Unreadable(Refusal.ALTERED, "pieces in another order")
        yield label, piece
        before = label
    told = digest.digest()
    if before is None or not before.is_last or file.read(len(told) + 1) != told:
        raise Unreadable(Refusal.ALTERED, "end")


def _follows(label: Label, before: Label | None) -> bool:
    """Whether a piece comes after another one, or begins a file."""
    if before is None:
        return label.piece == 1
    return not before.is_last and label == before.model_copy(update={"piece": before.piece + 1, "is_last": label.is_last})


def _head(label: Label) -> bytes:
    text = label.model_dump_json().encode()
    return len(text).to_bytes(_SHORT) + text


def _labelled(piece: bytes) -> tuple[Label, bytes]:
    """The label of a piece, and the bytes at its beginning that say it. Raises Unreadable."""
    end = _SHORT + int.from_bytes(piece[:_SHORT])
    try:
        return wire.read(Label, piece[_SHORT:end]), piece[:end]
    except wire.Malformed as error:
        raise Unreadable(Refusal.NOT_SEALED, "label") from error
