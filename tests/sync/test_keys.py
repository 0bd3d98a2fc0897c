"""The laptop's private key in a key ring, in a sealed file, in a plain one; what is missing or locked is named as such."""

from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from inspector_app.domain.errors import AccessEnded, KeyGone, KeySealed, NoKeyStore
from inspector_app.models.register import Register, new_ids
from inspector_app.sync import keys
from inspector_app.sync import round as rounds
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site


class Memory(KeyringBackend):
    """A key ring that lives as long as the test."""

    priority = 5  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        self._look()
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._look()
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]

    def _look(self) -> None:
        if self.locked:
            raise KeyringLocked


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    monkeypatch.delenv(keys.CHOICE)
    before, made = keyring.get_keyring(), Memory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_key_lives_in_the_ring_alone_and_small_enough_for_every_system(
    ring: Memory, new_register: Callable[..., Register], server: CentralServer
) -> None:
    ann = new_register("ann.register", person="nobody", clock=None)
    rounds.enrol(ann, url=server.url, code=server.code("ann"))
    a_site(ann)
    assert rounds.sync(ann).accepted == 4
    ((place, secret),) = ring.held.items()
    assert place == ("waste-inspector", ann.facts()["device_id"])
    assert len(secret) == 64  # Windows holds 1,280 letters at most (sync.md F13)
    assert not ann.path.with_name(ann.path.name + ".key").exists()
    assert secret.encode() not in ann.path.read_bytes()
    a_site(ann, "A-2")
    ring.locked = True
    with pytest.raises(NoKeyStore):
        rounds.sync(ann)
    ring.locked = False
    ring.held.clear()
    with pytest.raises(KeyGone) as gone:
        rounds.sync(ann)
    assert "key ring" in str(gone.value)
    assert isinstance(gone.value, AccessEnded)
    rounds.enrol(ann, url=server.url, code=server.code("ann"))
    assert rounds.sync(ann).waiting == 0


@pytest.fixture
def sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(keys.CHOICE, "passphrase")
    monkeypatch.setenv(keys.PASSPHRASE, "correct horse")
    return tmp_path / "a.register"


def test_a_sealed_key_opens_with_its_passphrase_and_with_nothing_else(sealed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    device, key = new_ids(), keys.new_key()
    keys.chosen(sealed).put(device, key)
    file = sealed.with_name(sealed.name + ".key")
    assert file.stat().st_mode & 0o077 == 0
    assert key.hex() not in file.read_text()
    assert keys.named("passphrase", sealed).get(device) == key
    with pytest.raises(KeyGone):
        keys.named("passphrase", sealed).get(new_ids())
    for wrong in ("wrong horse", ""):
        monkeypatch.setenv(keys.PASSPHRASE, wrong)
        with pytest.raises(KeySealed):
            keys.named("passphrase", sealed).get(device)
    monkeypatch.delenv(keys.PASSPHRASE)
    with pytest.raises(KeySealed):  # before a one-time code is spent
        keys.chosen(sealed)


@pytest.mark.parametrize("store", ["passphrase", "file"])
@pytest.mark.parametrize(
    "text", [None, "", "x", "{}", "[1]", "null", '{"device": "d", "salt": "zz", "nonce": "", "sealed": ""}', "d zz"]
)
def test_a_file_that_is_no_key_is_a_key_that_is_missing(sealed: Path, store: str, text: str | None) -> None:
    if text is not None:
        sealed.with_name(sealed.name + ".key").write_text(text)
    with pytest.raises(KeyGone):
        keys.named(store, sealed).get("d")


def test_what_was_sealed_and_changed_on_the_disk_does_not_open(sealed: Path) -> None:
    device = new_ids()
    keys.chosen(sealed).put(device, keys.new_key())
    file = sealed.with_name(sealed.name + ".key")
    good = file.read_text()
    at = good.index('"sealed": "') + len('"sealed": "')
    file.write_text(good[:at] + ("0" if good[at] != "0" else "1") + good[at + 1 :])
    with pytest.raises(KeySealed):
        keys.named("passphrase", sealed).get(device)
