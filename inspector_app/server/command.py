"""The command line of the central server: init, user, device, serve, upgrade, check, audit, backup, restore."""

import getpass
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer
import uvicorn
from sqlalchemy.exc import DBAPIError

from inspector_app.domain.people import Role
from inspector_app.models.reference import regions
from inspector_app.server import access, audit, blobs, copies, inventory, logs, migrations
from inspector_app.server.app import DATA, LOG
from inspector_app.server.audit import Deed
from inspector_app.server.copies import BadCopy
from inspector_app.server.store import NoServer, OtherSchema, Store, init_data, open_data

T = TypeVar("T")
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="The central server.")
user = typer.Typer(no_args_is_help=True, help="People of the register.")
device = typer.Typer(no_args_is_help=True, help="Laptops of the register.")
app.add_typer(user, name="user")
app.add_typer(device, name="device")

_FILES = ".files"
Data = Annotated[Path, typer.Option("--data", help="Folder of the server.", metavar="DIR")]


@app.command(help="Make a server.\n\nExample: inspector-server init --data /srv/register")
def init(
    data: Data,
    database: Annotated[str | None, typer.Option(help="PostgreSQL URL; without it an SQLite file in the folder.")] = None,
    files: Annotated[
        str | None, typer.Option(metavar="WHERE", help="Where bytes of documents and photos lie: DIR or s3://bucket/prefix.")
    ] = None,
    files_endpoint: Annotated[
        str | None, typer.Option(metavar="URL", help="The S3 store, where it is not Amazon's; or INSPECTOR_SERVER_S3_ENDPOINT.")
    ] = None,
    keep_free_mb: Annotated[int, typer.Option(min=0, help="Room on the disk that files never take.")] = blobs.KEEP_FREE_MB,
    *,
    demo: Annotated[bool, typer.Option("--demo", help="A demonstration: only demo registers are accepted.")] = False,
) -> None:
    """Make the folder, the database and its first epoch."""
    if database is not None and not database.startswith(("postgresql:", "postgresql+psycopg:", "postgres:")):
        _fail("The database must be a URL like postgresql://user@host/name.", 2)
    try:
        where = blobs.chosen(files, files_endpoint, keep_free_mb)
    except ValueError:
        _fail("Files lie in a folder, or in s3://bucket/prefix with an endpoint where the store is not Amazon's.", 2)
    _explained(lambda: _made(init_data(data, url=database, demo=demo, files=where), demo=demo))
    _explained(lambda: blobs.open_files(data))
    print(f"A {'demonstration ' if demo else ''}server is ready in {data}.")


def _made(store: Store, *, demo: bool) -> None:
    try:
        with store.writing() as connection:
            audit.note(connection, Deed.MADE, at=store.now(), said={"demo": demo})
    finally:
        store.close()


@user.command(
    "add", help="Let a person in.\n\nExample: inspector-server user add aigerim --data /srv/register --role registrar"
)
def user_add(
    name: str,
    data: Data,
    role: Annotated[str, typer.Option(help="viewer, inspector, office, supervisor, registrar or administrator.")],
    region: Annotated[list[str] | None, typer.Option(help="First two digits of KATO; several times; none means all.")] = None,
    *,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")] = False,
) -> None:
    """Add a person with a role and, where given, the regions that he sees and changes."""
    chosen = _role(role)
    _check_regions(region or ())
    if not name.strip() or len(name) > 100:
        _fail("A name has 1 to 100 letters.", 2)
    password = _password(from_stdin=password_stdin)
    _with(data, lambda store: _added(store, name.strip(), chosen, tuple(region or ()), password))
    print(f"{name.strip()} may work as {chosen.lower()}.")


def _added(store: Store, name: str, role: Role, where: tuple[str, ...], password: str | None) -> None:
    with store.writing() as connection:
        access.add_person(connection, name, role=role, regions=where, password=password, now=store.now())


def _role(name: str) -> Role:
    if name.upper() not in Role.__members__:
        _fail(f"There is no role {name}. Roles are: {', '.join(each.lower() for each in Role)}.", 2)
    return Role[name.upper()]


def _check_regions(named: Iterable[str]) -> None:
    if strange := [each for each in named if each not in regions()]:
        _fail(f"There is no region {strange[0]}. Regions are: {', '.join(regions())}.", 2)


@user.command("list", help="List people.\n\nExample: inspector-server user list --data /srv/register")
def user_list(data: Data) -> None:
    """One line per person: name, role, regions, whether there is a password, since when, laptops."""

    def found(store: Store) -> list[access.Person]:
        with store.reading() as connection:
            return access.people(connection)

    for each in _with(data, found):
        where = ",".join(each.regions) or "all regions"
        password = "password" if each.has_password else "no password"
        laptops = f"{each.laptops} laptop{'' if each.laptops == 1 else 's'}"
        print(f"{each.name}  {each.role.lower()}  {where}  {password}  {each.added_at}  {laptops}")


@user.command(
    "set",
    help="Change role, regions or password; it counts from the next request on."
    "\n\nExample: inspector-server user set aigerim --data /srv/register --role supervisor --region 47 --region 23",
)
def user_set(
    name: str,
    data: Data,
    role: Annotated[str | None, typer.Option(help="The new role.")] = None,
    region: Annotated[list[str] | None, typer.Option(help="The new regions, in place of those before; several times.")] = None,
    *,
    all_regions: Annotated[bool, typer.Option("--all-regions", help="All regions from now on.")] = False,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read a new password from standard input.")] = False,
) -> None:
    """Change what was given and nothing else."""
    if all_regions and region:
        _fail("Either --region or --all-regions.", 2)
    chosen = None if role is None else _role(role)
    _check_regions(region or ())
    where = () if all_regions else region
    password = _password(from_stdin=True) if password_stdin else None
    if password_stdin and password is None:
        _fail("The new password is empty.", 2)
    if chosen is None and where is None and password is None:
        _fail("Nothing to change: give --role, --region, --all-regions or --password-stdin.", 2)

    def change(store: Store) -> None:
        with store.writing() as connection:
            access.set_person(connection, name, role=chosen, regions=where, password=password, now=store.now())

    _with(data, change)
    print(f"{name} is changed.")


@user.command(
    "remove",
    help="Shut a person out with all laptops; what he did stays."
    "\n\nExample: inspector-server user remove aigerim --data /srv/register",
)
def user_remove(name: str, data: Data) -> None:
    """Shut a person out."""

    def shut(store: Store) -> int:
        with store.writing() as connection:
            return access.remove_person(connection, name, now=store.now())

    count = _with(data, shut)
    print(f"{name} is shut out, with {count} laptop{'' if count == 1 else 's'}.")


@device.command(
    "code", help="Print a one-time code, good for a day.\n\nExample: inspector-server device code aigerim --data /srv/register"
)
def device_code(name: str, data: Data) -> None:
    """Print a one-time enrolment code for a person and nothing else."""

    def make(store: Store) -> str:
        with store.writing() as connection:
            return access.make_code(connection, name, now=store.now())

    print(_with(data, make))


@device.command("list", help="List laptops.\n\nExample: inspector-server device list --data /srv/register")
def device_list(data: Data) -> None:
    """One line per laptop: id, person, name, enrolled, last seen, whether it was shut out, fingerprint of its key."""

    def found(store: Store) -> list[access.Device]:
        with store.reading() as connection:
            return access.devices(connection)

    for each in _with(data, found):
        state = f"revoked {each.revoked_at}" if each.revoked_at else "active"
        seen = each.last_seen_at or "-"
        print(f"{each.device_id}  {each.person}  {each.name}  {each.enrolled_at}  {seen}  {state}  {each.fingerprint}")


@device.command(
    "revoke", help="Shut a laptop out at once.\n\nExample: inspector-server device revoke 0192f --data /srv/register"
)
def device_revoke(device_id: str, data: Data) -> None:
    """Shut a laptop out, by its id or the beginning of it."""

    def shut(store: Store) -> None:
        with store.writing() as connection:
            access.revoke(connection, device_id, now=store.now())

    _with(data, shut)
    print("The laptop is shut out.")


@app.command(help="Serve.\n\nExample: inspector-server serve --data /srv/register --host 0.0.0.0 --cert c.pem --key k.pem")
def serve(
    data: Data,
    host: str = "127.0.0.1",
    port: int = 8470,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes beside each other.")] = 1,
    cert: Annotated[Path | None, typer.Option(help="Certificate chain (PEM).")] = None,
    key: Annotated[Path | None, typer.Option(help="Private key (PEM).")] = None,
    log: Annotated[Path | None, typer.Option(help="File of the log; without it standard output.")] = None,
    proxy: Annotated[str | None, typer.Option(help="Address of the reverse proxy whose X-Forwarded-For is true.")] = None,
) -> None:
    """Answer requests until it is stopped."""
    _with(data, lambda store: store.facts())
    if (cert is None) != (key is None):
        _fail("A certificate and its key go together.", 2)
    os.environ[DATA], os.environ[LOG] = str(data.absolute()), str(log.absolute()) if log else ""
    _explained(lambda: logs.start(os.environ[LOG]))
    print(f"Serving {data} on {'https' if cert else 'http'}://{host}:{port}", file=sys.stderr, flush=True)
    uvicorn.run(
        "inspector_app.server.app:create",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        ssl_certfile=None if cert is None else str(cert),
        ssl_keyfile=None if key is None else str(key),
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=proxy is not None,
        forwarded_allow_ips=proxy,
        backlog=512,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=16 * 1024,
    )


@app.command(
    help="Bring the database to the schema of this program; stop the server first.\n\n"
    "Example: inspector-server upgrade --data /srv/register"
)
def upgrade(
    data: Data,
    *,
    backed_up: Annotated[bool, typer.Option("--backed-up", help="There is a backup of the PostgreSQL database.")] = False,
) -> None:
    """Upgrade, an SQLite file after copying it; of PostgreSQL somebody must have made a backup."""

    def work(store: Store) -> tuple[str, str, Path | None]:
        if store.schema() != migrations.newest() and not (store.is_sqlite or backed_up):
            _fail("Make a backup of the PostgreSQL database first (pg_dump), then say --backed-up.", 2)
        return copies.upgrade(store, data)

    found, newest, kept = _opened(data, work)
    if kept:
        print(f"The database as it was is kept in {kept}.")
    print(f"The database has schema {newest}." if found != newest else f"The database has schema {newest} already.")


@app.command(help="Check the database and the files.\n\nExample: inspector-server check --data /srv/register")
def check(data: Data) -> None:
    """Say whether rows, operations and their chains agree, and whether files are what they were; exit code 1 when not."""
    problems = _with(data, inventory.problems)
    problems += _with(data, lambda store: blobs.open_files(data).problems(store))
    for each in problems:
        print(each)
    if problems:
        raise typer.Exit(1)
    print("Rows, operations and their chains agree; every file is whole.")


@app.command(
    "audit",
    help="Show the newest entries of the audit log: who did what, and every push.\n\n"
    "Example: inspector-server audit --data /srv/register --last 100",
)
def audit_log(data: Data, last: Annotated[int, typer.Option(min=1, help="How many.")] = 50) -> None:
    """One line per entry: number, instant, who, what, whom or which stream, more, the beginning of its hash."""

    def found(store: Store) -> list[Any]:
        with store.reading() as connection:
            return audit.entries(connection, last=last)

    for each in _with(data, found):
        print(f"{each.seq}  {each.at}  {each.actor}  {each.deed}  {each.target or '-'}  {each.said}  {each.hash[:16]}")


@app.command(
    help="Copy the database into one file and the files of people into a folder beside it.\n\n"
    "Example: inspector-server backup /mnt/copy.db --data /srv/register"
)
def backup(dest: Path, data: Data) -> None:
    """A consistent copy, proved by opening and checking it; works while the server runs."""
    files = dest.with_name(dest.name + _FILES)

    def copy(store: Store) -> int:
        copies.back_up(store, dest)
        return blobs.open_files(data).copy_to(store, files)

    count = _with(data, copy)
    print(f"{dest} is a good copy, and {files} holds {count} files that were not there before.")


@app.command(help="Set the server back to a copy.\n\nExample: inspector-server restore copy.db --data /srv/register")
def restore(src: Path, data: Data) -> None:
    """Put a copy in the place of everything, after trying it. Laptops send again what it does not hold."""
    if not src.is_file():
        _fail(f"There is no file {src}.", 1)
    files = src.with_name(src.name + _FILES)

    def take(store: Store) -> tuple[int, int]:
        copies.restore(store, src.absolute(), data)
        there = blobs.open_files(data)
        came = there.take_from(store, files) if files.is_dir() else 0
        return came, there.forget_lost(store)

    came, lost = _with(data, take)
    print(f"The server is as it was in {src}; laptops will send again what it does not hold.")
    if came or lost:
        print(f"{came} files came back from {files}; {lost} are gone, and laptops that have them send them again.")


def main() -> None:
    """The program."""
    app(prog_name="inspector-server")


def _password(*, from_stdin: bool) -> str | None:
    """From standard input, the environment or the terminal; nothing where there is none of them."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\n") or None
    if given := os.environ.get("INSPECTOR_PASSWORD"):
        return given
    if sys.stdin.isatty():
        return getpass.getpass("Password: ") or None
    return None


def _with(data: Path, work: Callable[[Store], T]) -> T:
    """Do something with the server of a folder; what goes wrong is said in one line."""

    def run(store: Store) -> T:
        store.facts()
        return work(store)

    return _opened(data, run)


def _opened(data: Path, work: Callable[[Store], T]) -> T:
    """The same for a database of any schema."""

    def run() -> T:
        store = open_data(data)
        try:
            return work(store)
        finally:
            store.close()

    return _explained(run)


def _explained(work: Callable[[], T]) -> T:
    try:
        return work()
    except NoServer as error:
        _fail(f"No central server: {error}. Make one with «inspector-server init».", 1)
    except (OtherSchema, BadCopy) as error:
        _fail(str(error), 1)
    except access.Unknown as error:
        _fail(f"{error}.", 1)
    except DBAPIError as error:
        _fail(f"The database does not answer: {error.orig}", 1)
    except blobs.OutOfReach as error:
        _fail(f"The store of the files does not answer: {error}", 1)
    except OSError as error:
        _fail(f"{error.filename or ''} {error.strerror or error}".strip(), 1)


def _fail(sentence: str, code: int) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise typer.Exit(code)
