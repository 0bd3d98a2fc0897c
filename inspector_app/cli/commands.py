"""One function per command: opens the register, calls what the window calls, says the outcome."""

import getpass
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from inspector_app import settings
from inspector_app.cli import output
from inspector_app.domain.codes import Code
from inspector_app.domain.errors import NotARegister, NotFound
from inspector_app.i18n import Words, words
from inspector_app.models.register import Register


def own_words() -> Words:
    """The words of whoever sits here."""
    return words(settings.load().language)


@contextmanager
def opened(path: Path) -> Iterator[Register]:
    """An open register; an encrypted one asks for its passphrase."""
    passphrase = os.environ.get("INSPECTOR_PASSPHRASE") or None
    try:
        register = Register.open(path)
    except NotARegister:
        if passphrase is None and not sys.stdin.isatty():
            raise
        register = Register.open(
            path, passphrase=passphrase or getpass.getpass(own_words().say("Passphrase of the register: "))
        )
    try:
        yield register
    finally:
        register.close()


@contextmanager
def bar(title: str) -> Iterator[Any]:
    """A progress bar on standard error, shown on a terminal only; call it with a share and a sentence."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    with Bar(console=console, disable=not console.is_terminal) as line:
        task = line.add_task(title, total=1.0)

        own = own_words()

        def tell(share: float, sentence: str = "", /, **facts: object) -> None:
            line.update(task, completed=share, description=own.say(sentence, **own.told(facts)) or title)

        yield tell


def window(register: Path | None) -> int:
    """Open the window; the exit code is the window's."""
    from inspector_app.ui import app

    return app.run(register)


def demo(file: Path, *, sites: int, seed: int) -> None:
    """Write a demonstration register."""
    from inspector_app.demo.build import write_demo

    say = own_words().say
    with bar(say("Writing the demonstration register")) as progress:
        write_demo(file, sites=sites, seed=seed, progress=progress)
    output.line(say("{file} is written: a demonstration register.", file=file))


def new(file: Path, *, encrypt: bool) -> None:
    """Write an empty register."""
    say = own_words().say
    passphrase = None
    if encrypt:
        passphrase = os.environ.get("INSPECTOR_PASSPHRASE") or getpass.getpass(say("New passphrase: "))
    Register.create(file, passphrase=passphrase).close()
    output.line(say("{file} is written: an empty register.", file=file))


def status(file: Path, *, as_json: bool) -> None:
    """The tally."""
    from inspector_app.models.queries.overview import published, tally, waste_types_removed

    with opened(file) as register, register.reading() as session:
        if as_json:
            output.as_json(published(session))
            return
        found, removed = tally(session), waste_types_removed(session)
    own = own_words()
    rows = [(own.say("Sites in state ownership"), own.number(found.state_owned))]
    rows += [("  " + own.say(bucket.label), own.number(count)) for bucket, count in found.by_bucket.items()]
    rows += [(own.say("Sites by status"), "")]
    rows += [("  " + own.say(state.label), own.number(count)) for state, count in found.by_status.items() if count]
    rows += [(own.say("Waste types removed"), "")]
    rows += [(f"  {site} {year}", own.number(count)) for site, years in removed.items() for year, count in years.items()]
    rows += [
        (own.say("Inventory"), own.mass(found.inventory_g)),
        (own.say("Removed"), own.mass(found.removed_g)),
        (own.say("Remaining"), own.mass(found.remaining_g)),
        (own.say("PCB items"), own.number(sum(found.pcb_items.values()))),
    ]
    rows += [("  " + own.say(group.label), own.number(count)) for group, count in found.pcb_items.items() if count]
    rows += [(own.say("Money planned"), own.money(found.planned_kzt)), (own.say("Money spent"), own.money(found.spent_kzt))]
    output.table(rows, right=frozenset({1}))


def sites(
    file: Path, *, as_json: bool, status: str | None, region: str | None, search: str | None, near: str | None, limit: int
) -> None:
    """List sites."""
    from inspector_app.domain.ownership import Status
    from inspector_app.domain.places import parse
    from inspector_app.models.queries import near as nearby
    from inspector_app.models.queries import sites as listed

    own = own_words()
    chosen = listed.SiteFilter(
        statuses=frozenset({_member(Status, status, own.say("status"))}) if status else frozenset(),
        regions=_regions(region, own) if region else frozenset(),
        text=search or "",
    )
    with opened(file) as register, register.reading() as session:
        numbers = list(listed.sites(session, chosen=chosen).numbers)
        distances: dict[int, float] = {}
        if near:
            place = parse(near)
            allowed = set(numbers)
            found = nearby.nearest(session, lat=place.lat, lon=place.lon, limit=len(allowed) or 1)
            distances = {each.n: each.distance_m for each in found if each.n in allowed}
            numbers = list(distances)
        rows = listed.site_rows(session, numbers=numbers[:limit])
    if as_json:
        output.as_json(
            [
                {
                    "code": row.code, "name": row.name(own), "region": row.region, "status": row.status.lower(), "lat": row.lat,
                    "lon": row.lon, "inventory_kg": row.inventory_g / 1000, "remaining_kg": row.remaining_g / 1000,
                    **({"distance_m": round(distances[row.n])} if near else {}),
                }
                for row in rows
            ]
        )  # fmt: skip
        return
    if not rows:
        output.line(own.say("No site matches."))
        return
    output.table(
        [
            (row.code, row.name(own), row.region, own.say(row.status.label), own.mass(row.remaining_g))
            + ((f"{own.number(distances[row.n] / 1000, 1)} km",) if near else ())
            for row in rows
        ],
        right=frozenset({4, 5}),
    )


def _member(codes: type[Code], text: str, what: str) -> Any:
    try:
        return codes(text.upper())  # type: ignore[call-arg]
    except ValueError:
        raise NotFound(what=what, code=text) from None


def _regions(text: str, own: Words) -> frozenset[str]:
    from inspector_app.models.reference import regions

    wanted = text.casefold()
    found = frozenset(
        region.kato for region in regions().values() if wanted == region.kato or wanted in " ".join(region[1:]).casefold()
    )
    if not found:
        raise NotFound(what=own.say("region"), code=text)
    return found


def report(
    file: Path,
    kind: str,
    out: Path,
    *,
    site: str | None,
    inspection: str | None,
    batch: str | None,
    year: int | None,
    language: str,
) -> None:
    """Write a paper."""
    from inspector_app.reports.build import build

    with opened(file) as register:
        build(register, kind, out, language=language, site=site, inspection=inspection, batch=batch, year=year)
    output.line(str(out))


def unseal(key_store: str) -> None:
    """Ask on a terminal for the passphrase of a sealed key."""
    from inspector_app.sync import keys

    if key_store == keys.Sealed.name and not os.environ.get(keys.PASSPHRASE) and sys.stdin.isatty():
        os.environ[keys.PASSPHRASE] = getpass.getpass(own_words().say("Passphrase of the key: "))


def enrol(file: Path, *, url: str, code: str, user: str) -> None:
    """Make the register a device of a server; a password is taken from the environment."""
    from inspector_app.sync import keys
    from inspector_app.sync import round as rounds

    with opened(file) as register:
        unseal(os.environ.get(keys.CHOICE, ""))
        rounds.enrol(register, url=url, code=code, person=user, password=os.environ.get("INSPECTOR_PASSWORD") or None)
    output.line(own_words().say("{file} is enrolled with {url}.", file=file, url=url))


def check(file: Path, *, as_json: bool) -> int:
    """Every rule of the register; 1 when something is wrong."""
    from inspector_app.models.checks import check as problems

    own = own_words()
    with opened(file) as register, register.reading() as session:
        found = problems(session)
    if as_json:
        output.as_json({"ok": not found, "problems": [each.as_json() for each in found]})
    elif not found:
        output.line(own.say("The register is sound: the file, the log and every rule."))
    else:
        for each in found:
            output.line(each.sentence(own))
    return 1 if found else 0


def backup(file: Path, dest: Path) -> None:
    """A verified copy."""
    from inspector_app.models.backup import backup as copy

    with opened(file) as register:
        copy(register, dest)
    output.line(own_words().say("{file} is written and verified.", file=dest))


def restore(file: Path, src: Path) -> None:
    """Put a backup in the register's place."""
    from inspector_app.models.backup import restore_from

    with opened(src) as source:
        restore_from(source, file)
    output.line(own_words().say("{file} is restored.", file=file))


def classifier(file: Path | None, *, search: str | None, as_json: bool) -> None:
    """The waste classifier; without a register the one that ships with the program."""
    from inspector_app.models.queries.classifier import waste_types

    own = own_words()
    with tempfile.TemporaryDirectory() as folder:
        if file is None:
            Register.create(Path(folder) / "classifier.register").close()
            file = Path(folder) / "classifier.register"
        with opened(file) as register, register.reading() as session:
            found = waste_types(session, search=search or "")
    if as_json:
        output.as_json(
            [
                {
                    "code": each.code, "hazardous": each.hazardous, "entry": str(each.entry), "name_en": each.name_en,
                    "name_ru": each.name_ru, "name_kk": each.name_kk, "version": each.version,
                }
                for each in found
            ]
        )  # fmt: skip
    elif not found:
        output.line(own.say("No waste type matches."))
    else:
        output.table([(each.shown, own.say(each.entry.label), each.name(own)) for each in found])


def tour(out: Path) -> int:
    """Walk the main job without a screen."""
    from inspector_app.ui import app
    from inspector_app.ui import tour as walk

    if not app.has_screen():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    return walk.run(out)
