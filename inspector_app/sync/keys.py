"""The laptop's private key: in the system key ring, or, where a person says so, in a file: sealed with a passphrase, or plain.

A plain file is only as safe as the disk; it is there for machines that sync without anybody in front of them.
"""

import json
import os
from pathlib import Path
from typing import Protocol

import keyring
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from keyring.backends.fail import Keyring as NoRing
from keyring.errors import KeyringError

from inspector_app.domain.errors import KeyGone, KeySealed, NoKeyStore
from inspector_app.i18n import N_

CHOICE = "INSPECTOR_KEY_STORE"
"""Environment variable; 'passphrase' and 'file' keep the key beside the register instead of in the key ring."""
PASSPHRASE = "INSPECTOR_KEY_PASSPHRASE"  # noqa: S105 - the name of a variable
"""Environment variable that opens a sealed key; the command line asks for it on a terminal, the window in a dialog."""

_SERVICE = "waste-inspector"


class Keys(Protocol):
    """Where private keys are kept, 32 bytes each, by the id of the device."""

    name: str

    def put(self, device_id: str, key: bytes) -> None:
        """Keep a key."""

    def get(self, device_id: str) -> bytes:
        """The key. Raises KeyGone."""


class Ring:
    """The key ring of the operating system."""

    name = "ring"

    def put(self, device_id: str, key: bytes) -> None:
        """Keep a key. Raises NoKeyStore when the ring is locked or refuses."""
        try:
            keyring.set_password(_SERVICE, device_id, key.hex())
        except KeyringError as error:
            raise NoKeyStore from error

    def get(self, device_id: str) -> bytes:
        """The key. Raises NoKeyStore when the ring is locked, KeyGone when it does not hold the key."""
        try:
            found = keyring.get_password(_SERVICE, device_id)
        except KeyringError as error:
            raise NoKeyStore from error
        if found is None:
            raise KeyGone(place=N_("the key ring of this computer"))
        return bytes.fromhex(found)


class BesideRegister:
    """A file beside the register that only its owner may read."""

    name = "file"
    _place = N_("the file beside the register")

    def __init__(self, register: Path) -> None:
        """Keep keys beside this register."""
        self._path = register.with_name(register.name + ".key")

    def put(self, device_id: str, key: bytes) -> None:
        """Write the key whole or not at all."""
        self._write(f"{device_id} {key.hex()}\n")

    def _write(self, text: str) -> None:
        part = self._path.with_name(self._path.name + ".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(text)
        part.replace(self._path)

    def get(self, device_id: str) -> bytes:
        """The key. Raises KeyGone when the file is gone, is none, or belongs to another enrolment."""
        try:
            found, _blank, text = self._path.read_text("ascii").strip().partition(" ")
            key = bytes.fromhex(text)
        except (OSError, ValueError) as error:
            raise KeyGone(place=self._place) from error
        if found != device_id or len(key) != _KEY:
            raise KeyGone(place=self._place)
        return key


class Sealed(BesideRegister):
    """A file beside the register that a passphrase opens: argon2id makes the key of AES-256-GCM out of it (sync.md F13)."""

    name = "passphrase"

    def __init__(self, register: Path, passphrase: str | None) -> None:
        """Keep keys beside this register, under this passphrase."""
        super().__init__(register)
        self._passphrase = passphrase

    def put(self, device_id: str, key: bytes) -> None:
        """Seal the key and write it. Raises KeySealed without a passphrase."""
        salt, nonce = os.urandom(16), os.urandom(12)
        sealed = self._box(salt).encrypt(nonce, key, device_id.encode())
        parts = {"device": device_id, "salt": salt.hex(), "nonce": nonce.hex(), "sealed": sealed.hex()}
        self._write(json.dumps(parts) + "\n")

    def get(self, device_id: str) -> bytes:
        """The key. Raises KeyGone as for a plain file, KeySealed without the passphrase or with a wrong one."""
        try:
            parts = json.loads(self._path.read_text("ascii"))
            device, salt, nonce, sealed = (str(parts[name]) for name in ("device", "salt", "nonce", "sealed"))
            opened = bytes.fromhex(salt), bytes.fromhex(nonce), bytes.fromhex(sealed)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise KeyGone(place=self._place) from error
        if device != device_id:
            raise KeyGone(place=self._place)
        try:
            return self._box(opened[0]).decrypt(opened[1], opened[2], device_id.encode())
        except (InvalidTag, ValueError) as error:
            raise KeySealed from error

    def _box(self, salt: bytes) -> AESGCM:
        if not self._passphrase:
            raise KeySealed
        secret = self._passphrase.encode()
        return AESGCM(
            hash_secret_raw(secret, salt, time_cost=3, memory_cost=64 * 1024, parallelism=4, hash_len=32, type=Type.ID)
        )


_KEY = 32


def chosen(register: Path) -> Keys:
    """Where a new key is kept. Raises NoKeyStore or KeySealed; a file is never chosen silently."""
    if (choice := os.environ.get(CHOICE)) in {BesideRegister.name, Sealed.name}:
        if choice == Sealed.name and not os.environ.get(PASSPHRASE):
            raise KeySealed
        return named(choice, register)
    if isinstance(keyring.get_keyring(), NoRing) or keyring.get_keyring().priority < 1:
        raise NoKeyStore
    return Ring()


def unlock(register: Path, device_id: str, passphrase: str) -> None:
    """Try a passphrase on the sealed key beside a register; this process knows it from then on. Raises KeySealed or KeyGone."""
    Sealed(register, passphrase).get(device_id)
    os.environ[PASSPHRASE] = passphrase


def seal_by(passphrase: str) -> None:
    """New keys of this process are sealed with a passphrase: a person chose that in place of a key ring."""
    os.environ[CHOICE], os.environ[PASSPHRASE] = Sealed.name, passphrase


def named(name: str, register: Path) -> Keys:
    """Where an enrolment keeps its key."""
    if name == Sealed.name:
        return Sealed(register, os.environ.get(PASSPHRASE))
    return BesideRegister(register) if name == BesideRegister.name else Ring()


def new_key() -> bytes:
    """A new Ed25519 private key, raw."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public(key: bytes) -> str:
    """Its public half, raw, as hex."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw().hex()
