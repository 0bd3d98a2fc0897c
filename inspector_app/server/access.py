"""People, one-time codes, devices and tokens: who speaks, and what they are trusted with (sync.md b.13).

A device signs a short assertion with its own key and gets an access token for ten minutes; there are no refresh tokens.
Every request asks whether the device was shut out meanwhile.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from inspector_app.domain.people import Role
from inspector_app.models.base import moment_text
from inspector_app.models.register import new_ids
from inspector_app.server import audit, store
from inspector_app.server.audit import Deed
from inspector_app.server.journal import Actor, Refused
from inspector_app.sync import wire
from inspector_app.sync.wire import Refusal

TOKEN_LIFE = timedelta(minutes=10)
CODE_LIFE = timedelta(hours=24)
FAILURES, FAILURE_LIFE = 5, timedelta(minutes=15)
"""So many wrong passwords of one account in so long a time, then it has to wait."""
_ASSERTION_LIFE_S = 60
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)


class Unknown(Exception):
    """A name that nobody has, or that somebody has already."""


@dataclass(frozen=True, slots=True)
class Device:
    """A laptop as the administrator sees it."""

    device_id: str
    person: str
    name: str
    enrolled_at: str
    last_seen_at: str | None
    revoked_at: str | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was let in. No regions means all; `laptops` are those that are not shut out."""

    name: str
    role: Role
    regions: tuple[str, ...]
    has_password: bool
    added_at: str
    laptops: int


def add_person(
    connection: Connection, name: str, *, role: Role, regions: Sequence[str], password: str | None, now: datetime
) -> None:
    """Let a person in, or in again; laptops of who was removed stay shut out. Raises Unknown when the name is taken."""
    hashed = _HASHER.hash(password) if password else None
    values = {"role": str(role), "regions": json.dumps(list(regions)), "password": hashed, "added_at": moment_text(now)}
    trusted = {"role": str(role), "regions": list(regions), "password": password is not None}
    audit.note(connection, Deed.PERSON_ADDED, at=now, target=name, said=trusted)
    back = update(store.person).where(store.person.c.name == name, store.person.c.removed_at.is_not(None))
    if connection.execute(back.values(**values, removed_at=None)).rowcount:
        return
    try:
        connection.execute(insert(store.person), {**values, "name": name})
    except IntegrityError as error:
        raise Unknown(f"there is a person {name} already") from error


def people(connection: Connection) -> list[Person]:
    """Everybody who may come in, by name."""
    person, device = store.person.c, store.device.c
    mine = select(func.count()).where(device.person == person.name, device.revoked_at.is_(None)).scalar_subquery()
    asked = select(store.person, mine.label("laptops")).where(person.removed_at.is_(None)).order_by(person.name)
    return [
        Person(
            each.name,
            Role(each.role),  # type: ignore[call-arg]
            tuple(json.loads(each.regions)),
            each.password is not None,
            each.added_at,
            each.laptops,
        )
        for each in connection.execute(asked)
    ]


def set_person(
    connection: Connection,
    name: str,
    *,
    role: Role | None = None,
    regions: Sequence[str] | None = None,
    password: str | None = None,
    now: datetime,
) -> None:
    """Change what a person is trusted with, from the next request on; what is not given stays. Raises Unknown."""
    values: dict[str, Any] = {}
    if role is not None:
        values["role"] = str(role)
    if regions is not None:
        values["regions"] = json.dumps(list(regions))
    if password is not None:
        values["password"] = _HASHER.hash(password)
    _known(connection, name)
    if values:
        audit.note(connection, Deed.PERSON_CHANGED, at=now, target=name, said={**values, "password": password is not None})
        connection.execute(update(store.person).where(store.person.c.name == name).values(**values))


def remove_person(connection: Connection, name: str, *, now: datetime) -> int:
    """Shut a person out with all laptops and unused codes; what he did stays his. Returns how many laptops. Raises Unknown."""
    _known(connection, name)
    at = moment_text(now)
    connection.execute(update(store.person).where(store.person.c.name == name).values(removed_at=at, password=None))
    connection.execute(delete(store.code).where(store.code.c.person == name))
    audit.note(connection, Deed.PERSON_REMOVED, at=now, target=name, said={})
    mine = update(store.device).where(store.device.c.person == name, store.device.c.revoked_at.is_(None))
    return connection.execute(mine.values(revoked_at=at)).rowcount


@dataclass(frozen=True, slots=True)
class ShutOut:
    """Who is not let in, and since when: laptops by their id, people by their name."""

    laptops: Mapping[str, str]
    people: Mapping[str, str]


def shut_out(connection: Connection) -> ShutOut:
    """Everybody who was shut out."""
    device, person = store.device.c, store.person.c
    laptops = connection.execute(select(device.device_id, device.revoked_at).where(device.revoked_at.is_not(None)))
    people_ = connection.execute(select(person.name, person.removed_at).where(person.removed_at.is_not(None)))
    return ShutOut(dict(laptops.tuples().all()), dict(people_.tuples().all()))


def keep_out(connection: Connection, who: ShutOut) -> None:
    """Shut out anew, in a database that was set back to a copy: a lost laptop is not let in by a restore."""
    for device_id, at in who.laptops.items():
        known = store.device.c.device_id == device_id
        connection.execute(update(store.device).where(known, store.device.c.revoked_at.is_(None)).values(revoked_at=at))
    for name, at in who.people.items():
        known = store.person.c.name == name
        connection.execute(update(store.person).where(known, store.person.c.removed_at.is_(None)).values(removed_at=at))
        connection.execute(delete(store.code).where(store.code.c.person == name))


def _known(connection: Connection, name: str) -> None:
    asked = select(store.person.c.name).where(store.person.c.name == name, store.person.c.removed_at.is_(None))
    if connection.execute(asked).one_or_none() is None:
        raise Unknown(f"there is no person {name}")


def make_code(connection: Connection, person: str, *, now: datetime) -> str:
    """A one-time code of 80 bits for a person's next laptop; good for a day. Raises Unknown."""
    _known(connection, person)
    letters = base64.b32encode(secrets.token_bytes(10)).decode()
    audit.note(connection, Deed.CODE_MADE, at=now, target=person, said={})
    connection.execute(
        insert(store.code),
        {"digest": _digest(letters), "person": person, "expires_at": moment_text(now + CODE_LIFE), "used": False},
    )
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))


def devices(connection: Connection) -> list[Device]:
    """All laptops in the order of their enrolment."""
    found = connection.execute(select(store.device).order_by(store.device.c.enrolled_at)).all()
    return [
        Device(
            each.device_id,
            each.person,
            each.name,
            each.enrolled_at,
            each.last_seen_at,
            each.revoked_at,
            hashlib.sha256(bytes.fromhex(each.public_key)).hexdigest()[:16],
        )
        for each in found
    ]


def revoke(connection: Connection, device: str, *, now: datetime) -> None:
    """Shut a laptop out at once, by its id or the beginning of it. Raises Unknown unless exactly one is meant."""
    found = connection.execute(
        select(store.device.c.device_id).where(store.device.c.device_id.startswith(device, autoescape=True))
    ).all()
    if len(found) != 1:
        raise Unknown(f"{len(found)} devices begin with {device}")
    audit.note(connection, Deed.REVOKED, at=now, target=found[0].device_id, said={})
    connection.execute(
        update(store.device).where(store.device.c.device_id == found[0].device_id).values(revoked_at=moment_text(now))
    )


def enrol(connection: Connection, message: wire.Enrol, *, demo: bool, now: datetime) -> wire.Enrolled:
    """Make a laptop a device. Raises Refused; the code is spent only by success."""
    if message.kind == "demo" and not demo:
        raise Refused(409, Refusal.DEMO_MISMATCH)
    digest = _digest(message.code.upper().replace("-", "").replace(" ", ""))
    spent = connection.execute(
        update(store.code)
        .where(store.code.c.digest == digest, store.code.c.used.is_(False), store.code.c.expires_at > moment_text(now))
        .values(used=True)
        .returning(store.code.c.person)
    ).one_or_none()
    if spent is None:
        raise Refused(403, Refusal.BAD_CODE)
    who = connection.execute(select(store.person).where(store.person.c.name == spent.person)).one()
    if message.person and message.person != who.name:
        raise Refused(403, Refusal.OTHER_PERSON)
    if who.password is not None or message.password is not None:
        _check_password(connection, who, message.password or "", now)
    device_id, no = new_ids(), _next_no(connection)
    connection.execute(
        insert(store.device),
        {
            "device_id": device_id,
            "person": who.name,
            "public_key": message.public_key,
            "name": message.name,
            "no": no,
            "enrolled_at": moment_text(now),
        },
    )
    said = {"person": who.name, "public_key": message.public_key, "no": no}
    audit.note(connection, Deed.ENROLLED, at=now, actor=who.name, target=device_id, said=said)
    return wire.Enrolled(
        device_id=device_id, device_no=no, person=who.name, role=who.role, demo=demo, server_time=moment_text(now)
    )


def _next_no(connection: Connection) -> int:
    """The number after that of the last laptop; the lock of the counter keeps two enrolments apart."""
    connection.execute(select(store.counter.c.rev).with_for_update())
    return (connection.execute(select(func.max(store.device.c.no))).scalar() or 0) + 1


def token(connection: Connection, message: wire.Assertion, *, facts: Mapping[str, str], now: datetime) -> wire.Token:
    """Exchange a device's signed assertion for an access token. Raises Refused."""
    device_id = _unverified(message.assertion)
    known = _let_in(connection, device_id)
    claims = _claims(message.assertion, Ed25519PublicKey.from_public_bytes(bytes.fromhex(known.public_key)), "assertion")
    seconds = now.timestamp()
    if not seconds - _ASSERTION_LIFE_S <= claims["iat"] <= seconds + _ASSERTION_LIFE_S or claims["exp"] < seconds:
        raise Refused(401, Refusal.CLOCK)
    connection.execute(delete(store.assertion).where(store.assertion.c.expires_at < int(seconds)))
    try:
        until = int(seconds) + 3 * _ASSERTION_LIFE_S
        connection.execute(insert(store.assertion), {"jti": f"{device_id}.{claims['jti']}", "expires_at": until})
    except IntegrityError as error:
        raise Refused(401, Refusal.BAD_TOKEN, "replayed") from error
    connection.execute(update(store.device).where(store.device.c.device_id == device_id).values(last_seen_at=moment_text(now)))
    life = int(TOKEN_LIFE.total_seconds())
    access = jwt.encode(
        {"sub": device_id, "aud": "access", "iat": int(seconds), "exp": int(seconds) + life, "jti": secrets.token_hex(8)},
        Ed25519PrivateKey.from_private_bytes(bytes.fromhex(facts["token_key"])),
        algorithm="EdDSA",
    )
    return wire.Token(access_token=access, expires_in=life, server_time=moment_text(now))


def genuine(access: str, *, facts: Mapping[str, str], now: datetime) -> Mapping[str, Any]:
    """The claims of an access token that this server signed and that did not run out. Asks no database. Raises Refused."""
    claims = _signed(access, facts["token_key"])
    if claims["exp"] < now.timestamp():
        raise Refused(401, Refusal.BAD_TOKEN, "expired")
    return claims


def actor(connection: Connection, access: str, *, facts: Mapping[str, str], now: datetime) -> Actor:
    """Who speaks with this access token. Raises Refused."""
    claims = genuine(access, facts=facts, now=now)
    return _actor(_let_in(connection, claims["sub"]))


def author(connection: Connection, device_id: str, *, is_by: Callable[[str], bool]) -> Actor:
    """Who wrote what somebody else brings: a laptop whose key `is_by` takes for the writer's. Raises Refused.

    Not 401, which would be about who brings it; and who shows no signature of the laptop does not hear whether it is shut out.
    """
    found = connection.execute(_WHO, {"device_id": device_id}).one_or_none()
    if found is None:
        raise Refused(409, Refusal.AUTHOR_UNKNOWN)
    if not is_by(found.public_key):
        raise Refused(409, Refusal.ALTERED, "signature")
    if found.removed_at is not None or found.revoked_at is not None:
        raise Refused(403, Refusal.AUTHOR_SHUT_OUT)
    return _actor(found)


def _actor(found: Any) -> Actor:
    regions = tuple(json.loads(found.regions))
    return Actor(found.device_id, found.name, Role(found.role), regions, found.no)  # type: ignore[call-arg]


def _let_in(connection: Connection, device_id: str) -> Any:
    """A device that is known and, like its person, not shut out meanwhile. Raises Refused."""
    found = connection.execute(_WHO, {"device_id": device_id}).one_or_none()
    if found is None:
        raise Refused(401, Refusal.NOT_KNOWN)
    if found.removed_at is not None:
        raise Refused(401, Refusal.PERSON_REMOVED)
    if found.revoked_at is not None:
        raise Refused(401, Refusal.DEVICE_REVOKED)
    return found


_WHO = text(
    "SELECT d.device_id, d.no, d.public_key, d.revoked_at, p.name, p.role, p.regions, p.removed_at"
    " FROM device d JOIN person p ON p.name = d.person"
    " WHERE d.device_id = :device_id"
)


@lru_cache(1000)
def _signed(access: str, token_key: str) -> Mapping[str, Any]:
    """The claims of an access token that this server signed; a good one is proved once and its times each time."""
    return _claims(access, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(token_key)).public_key(), "access")


def _claims(signed: str, key: Any, audience: str) -> dict[str, Any]:
    """The claims of a JWT signed with EdDSA and nothing else; its times are judged by the server's own clock."""
    try:
        claims: dict[str, Any] = jwt.decode(
            signed,
            key,
            algorithms=["EdDSA"],
            audience=audience,
            options={"require": ["exp", "iat", "aud", "jti"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError as error:
        raise Refused(401, Refusal.BAD_TOKEN, type(error).__name__) from error
    if not isinstance(claims["exp"], int) or not isinstance(claims["iat"], int):
        raise Refused(401, Refusal.BAD_TOKEN, "times")
    return claims


def claimant(assertion: str) -> str:
    """Which laptop an assertion says to be from, true or not; nothing where it says none."""
    try:
        return _unverified(assertion)
    except Refused:
        return ""


def _unverified(signed: str) -> str:
    """Which device an assertion says to be from, so that its key can be looked up."""
    try:
        claims = jwt.decode(signed, options={"verify_signature": False})
    except jwt.InvalidTokenError as error:
        raise Refused(401, Refusal.BAD_TOKEN, type(error).__name__) from error
    return str(claims.get("iss", ""))


def _check_password(connection: Connection, who: Any, password: str, now: datetime) -> None:
    """Raises Refused with the account that was tried; who fails too often has to wait, from whatever address."""
    recent = store.failure.c.person == who.name, store.failure.c.at > moment_text(now - FAILURE_LIFE)
    if connection.execute(select(func.count()).select_from(store.failure).where(*recent)).scalar_one() >= FAILURES:
        raise Refused(429, Refusal.TOO_OFTEN, "account", retry_after_s=int(FAILURE_LIFE.total_seconds()))
    try:
        _HASHER.verify(who.password or _NOBODY, password)
    except VerificationError as error:
        refused = Refused(403, Refusal.BAD_PASSWORD)
        refused.account = who.name
        raise refused from error


def note_failure(connection: Connection, account: str, *, now: datetime) -> None:
    """Remember that a password was wrong; in a transaction of its own, since the refused one leaves nothing behind."""
    connection.execute(delete(store.failure).where(store.failure.c.at < moment_text(now - FAILURE_LIFE)))
    connection.execute(insert(store.failure), {"id": new_ids(), "person": account, "at": moment_text(now)})


_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$2mYtYFVBT9sZGlPDQFTfFVbzeTfd8W9dH0xkVvzE8hQ"
"""A hash that no password has, so that an account without one takes as long to refuse."""


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
