"""Certificates: only one that this computer trusts, made out to this server, valid today; each other one is named as what it is."""

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from inspector_app.domain.errors import InsecureAddress, NotTrusted, ServerNonsense
from inspector_app.models.register import Register
from inspector_app.sync import round as rounds
from inspector_app.sync import wire
from inspector_app.sync.client import Client, checked
from tests.sync.conftest import CentralServer
from tests.sync.registers import a_site
from tests.sync.test_bad_links import Strange, strange

__all__ = ["strange"]
NOW = datetime.now(UTC)


class Authority:
    """A certificate authority of an office, made for one test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.key, self.name = folder, ec.generate_private_key(ec.SECP256R1()), _name("Office CA")
        made = _certificate(self.name, self.name, self.key.public_key(), until=NOW + timedelta(days=30))
        made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), critical=False)
        made = made.add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
                data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )  # fmt: skip
        self.file = folder / "ca.pem"
        self.file.write_bytes(made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def issue(self, *, host: str = "127.0.0.1", until: datetime | None = None, by_itself: bool = False) -> tuple[Path, Path]:
        """Certificate and key as files."""
        key, subject = ec.generate_private_key(ec.SECP256R1()), _name("server")
        issuer = subject if by_itself else self.name
        made = _certificate(subject, issuer, key.public_key(), until=until or NOW + timedelta(days=10))
        other: x509.GeneralName = x509.DNSName(host) if host[0].isalpha() else x509.IPAddress(ipaddress.ip_address(host))
        made = made.add_extension(x509.SubjectAlternativeName([other]), critical=False)
        made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        signed = made.sign(key if by_itself else self.key, hashes.SHA256())
        place = self.folder / f"{len(list(self.folder.iterdir()))}.pem"
        secret = place.with_suffix(".key")
        place.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
        return place, secret


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, *, until: datetime
) -> x509.CertificateBuilder:
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    return made.serial_number(x509.random_serial_number()).not_valid_before(NOW - timedelta(days=20)).not_valid_after(until)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    folder = tmp_path / "ca"
    folder.mkdir()
    return Authority(folder)


@contextlib.contextmanager
def shaking_hands(certificate: tuple[Path, Path]) -> Iterator[str]:
    """Somebody who shows a certificate and says no more."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            with contextlib.suppress(OSError):
                while True:
                    came, _from = listening.accept()
                    with contextlib.suppress(OSError), context.wrap_socket(came, server_side=True) as shaken:
                        shaken.recv(1)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listening.getsockname()[1]}"


def test_the_certificate_of_an_office_authority_is_taken_once_this_computer_knows_the_authority(
    new_register: Callable[..., Register],
    new_server: Callable[..., CentralServer],
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = new_server(certificate=authority.issue())
    ann = new_register("ann.register", person="nobody", clock=None)
    code = server.code("ann")
    with pytest.raises(NotTrusted) as refused:
        rounds.enrol(ann, url=server.url, code=code)
    assert "authority" in str(refused.value)

    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    assert rounds.enrol(ann, url=server.url, code=code) == "ann"
    a_site(ann)
    assert rounds.sync(ann).accepted == 4
    monkeypatch.delenv("SSL_CERT_FILE")
    a_site(ann, "A-2")
    with pytest.raises(NotTrusted):
        rounds.sync(ann)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"host": "register.example"}, "made out to another name"),
        ({"host": "10.0.0.1"}, "made out to another name"),
        ({"until": NOW - timedelta(days=1)}, "has expired"),
        ({"by_itself": True}, "signed by nobody but itself"),
    ],
    ids=["wrong host", "wrong address", "expired", "self-signed"],
)
def test_every_other_certificate_is_refused_by_name(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, given: dict[str, object], sentence: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with (
        shaking_hands(authority.issue(**given)) as url,  # type: ignore[arg-type]
        Client(url, clock=lambda: NOW, timeout_s=5) as client,
        pytest.raises(NotTrusted) as refused,
    ):
        client.enrol(_asking())
    assert sentence in str(refused.value)
    assert "[SSL" not in str(refused.value)


def _asking() -> wire.Enrol:
    return wire.Enrol(code="x", public_key="0" * 64, name="laptop", kind="real")


@pytest.mark.parametrize(
    "address",
    [
        "http://register.example", "http://10.0.0.1", "http://0.0.0.0", "http://0", "http://127.1", "http://2130706433",
        "http://0x7f000001", "http://0177.0.0.1", "http://localhost.", "http://localhost.example", "http://127.0.0.1.example",
        "http://localhost%2eexample", "http://①②⑦.⓪.⓪.①", "http://[::ffff:10.0.0.1]", "http://[::]", "http://[::1%25eth0].example",
        "http://user@10.0.0.1", "http://127.0.0.1@register.example", "http://127.0.0.1:80@register.example",
        "http://127.0.0.1\\@register.example", "http:register.example", "http:///register.example", "HTTP://REGISTER.EXAMPLE",
        "http://127.0.0.1#@register.example", "http://127.0.0.1?@register.example", "//127.0.0.1", "127.0.0.1", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_plain_http_never_leaves_this_machine_however_it_is_spelled(address: str) -> None:
    with pytest.raises((InsecureAddress, ServerNonsense)):
        checked(address)


@pytest.mark.parametrize("address", ["http://localhost:1", "http://LocalHost:1", "http://127.0.0.1:1", "http://127.8.9.1:1"])
def test_plain_http_is_good_enough_on_this_machine(address: str) -> None:
    assert checked(address) == address.lower()
    assert checked("http://[::1]:1") == "http://[::1]:1"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_nobody_is_followed_to_another_address(strange: str, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    asked: list[str] = []

    def answer(handler: Strange) -> None:
        asked.append(handler.path)
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        handler.send_response(status)
        handler.send_header("Location", f"{strange}/elsewhere")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    monkeypatch.setattr(Strange, "do_POST", answer)
    with Client(strange, clock=lambda: NOW) as client, pytest.raises(ServerNonsense):
        client.enrol(_asking())
    assert asked == ["/v1/devices/enrol"]
