"""The laptop's private key: in the system key ring, or, where a person says so, in a file that only he can read."""

import os
from pathlib import Path
from typing import Protocol

import keyring
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from keyring.backends.fail import Keyring as NoRing
from keyring.errors import KeyringError

from inspector_app.domain.errors import AccessEnded, NoKeyStore

CHOICE = "INSPECTOR_KEY_STORE"
"""Environment variable; 'file' keeps the key beside the register instead of in the key ring."""

_SERVICE = "waste-inspector"


class Keys(Protocol):
    """Where private keys are kept, 32 bytes each, by the id of the device."""

    name: str

    def put(self, device_id: str, key: bytes) -> None:
        """Keep a key."""

    def get(self, device_id: str) -> bytes:
        """The key. Raises AccessEnded when it is gone."""


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
        """The key. Raises NoKeyStore when the ring is locked, AccessEnded when it does not hold the key."""
        try:
            found = keyring.get_password(_SERVICE, device_id)
        except KeyringError as error:
            raise NoKeyStore from error
        if found is None:
            raise AccessEnded
        return bytes.fromhex(found)


class BesideRegister:
    """A file beside the register that only its owner may read."""

    name = "file"

    def __init__(self, register: Path) -> None:
        """Keep keys beside this register."""
        self._path = register.with_name(register.name + ".key")

    def put(self, device_id: str, key: bytes) -> None:
        """Write the key whole or not at all."""
        part = self._path.with_name(self._path.name + ".part")
        part.unlink(missing_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
            file.write(f"{device_id} {key.hex()}\n")
        part.replace(self._path)

    def get(self, device_id: str) -> bytes:
        """The key. Raises AccessEnded when the file is gone or belongs to another enrolment."""
        try:
            found, _blank, key = self._path.read_text("ascii").strip().partition(" ")
        except OSError as error:
            raise AccessEnded from error
        if found != device_id:
            raise AccessEnded
        return bytes.fromhex(key)


def chosen(register: Path) -> Keys:
    """Where a new key is kept. Raises NoKeyStore; a file is never chosen silently."""
    if os.environ.get(CHOICE) == "file":
        return BesideRegister(register)
    if isinstance(keyring.get_keyring(), NoRing) or keyring.get_keyring().priority < 1:
        raise NoKeyStore
    return Ring()


def named(name: str, register: Path) -> Keys:
    """Where an enrolment keeps its key."""
    return BesideRegister(register) if name == "file" else Ring()


def new_key() -> bytes:
    """A new Ed25519 private key, raw."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public(key: bytes) -> str:
    """Its public half, raw, as hex."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw().hex()
