"""The server's key pair for unsent work that a colleague brings as a file (sync.md b.7), and how such a file is taken."""

from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from inspector_app.server.store import SEALING_KEY


def public(facts: Mapping[str, str]) -> str:
    """The key to which laptops seal, raw, as hex."""
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(facts[SEALING_KEY])).public_key().public_bytes_raw().hex()
