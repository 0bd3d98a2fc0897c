"""The words of the command line and its exit codes: 0 done, 1 a failure that the text explains, 2 wrong usage."""

from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated

import typer

from inspector_app import settings
from inspector_app.domain.ownership import Status
from inspector_app.domain.texts import EARLIEST, LATEST
from inspector_app.i18n import LANGUAGES
from inspector_app.reports.kinds import KINDS

RegisterFile = Annotated[
    Path | None,
    typer.Option(
        "--register", metavar="FILE", envvar="INSPECTOR_REGISTER", help="The register to use, before or after the command."
    ),
]
_STATUSES = [status.lower() for status in Status]
AsJson = Annotated[bool, typer.Option("--json", help="Answer with JSON for a program.")]

app = typer.Typer(
    name="inspector",
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Register of orphan hazardous-waste sites. Without a command it opens the window on the last register.",
)


def _one_of(known: Collection[str]) -> Callable[[str | None], str | None]:
    """A word of a closed list, whatever its capitals; another one is wrong usage."""

    def checked(word: str | None) -> str | None:
        if word is not None and word.lower() not in known:
            raise typer.BadParameter(f"'{word}' is none of {', '.join(known)}.")
        return word

    return checked


Language = Annotated[
    str, typer.Option("--language", metavar="en|ru|kk", callback=_one_of(LANGUAGES), help="Language of the paper.")
]


@app.callback(invoke_without_command=True)
def window(context: typer.Context, register: RegisterFile = None) -> None:
    """Open the window on the last register, or on the one named.

    Example: inspector --register field.register
    """
    context.obj = register
    if context.invoked_subcommand is None:
        from inspector_app.cli import commands

        raise typer.Exit(commands.window(register))


def _register(context: typer.Context, own: Path | None) -> Path:
    """The register named after the command, before it, by the variable, or the last one opened."""
    named = own or context.obj
    if named is None:
        last = settings.load().register
        if not last:
            raise typer.BadParameter("no register is named; use --register FILE or INSPECTOR_REGISTER", param_hint="--register")
        named = Path(last)
    return Path(named)


@app.command()
def demo(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; one that is there is left alone.")],
    sites: Annotated[int, typer.Option(metavar="N", min=17, help="Beyond 17, synthetic sites are added.")] = 17,
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed makes the same sites.")] = 2026,
) -> None:
    """Write a demonstration register.

    Example: inspector demo demo.register --sites 1000
    """
    from inspector_app.cli import commands

    commands.demo(file, sites=sites, seed=seed)


@app.command()
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write; one that is there is left alone.")],
    encrypt: Annotated[bool, typer.Option("--encrypt", help="Ask for a passphrase and encrypt.")] = False,
) -> None:
    """Write an empty register.

    Example: inspector new field.register
    """
    from inspector_app.cli import commands

    commands.new(file, encrypt=encrypt)


@app.command()
def status(context: typer.Context, register: RegisterFile = None, json: AsJson = False) -> None:
    """The tally: sites by status, removed waste types by site and year, tonnes, PCB, money.

    Example: inspector status --register demo.register --json
    """
    from inspector_app.cli import commands

    commands.status(_register(context, register), as_json=json)


@app.command()
def sites(
    context: typer.Context,
    register: RegisterFile = None,
    json: AsJson = False,
    status: Annotated[
        str | None, typer.Option(metavar="S", callback=_one_of(_STATUSES), help="A status code, for example removed.")
    ] = None,
    region: Annotated[str | None, typer.Option(metavar="R", help="Two digits of KATO, or a part of the name.")] = None,
    search: Annotated[str | None, typer.Option(metavar="TEXT", help="A part of code, name or address.")] = None,
    near: Annotated[str | None, typer.Option(metavar="LAT,LON", help="Nearest first, with the distance.")] = None,
    limit: Annotated[int, typer.Option(metavar="N", min=1, help="At most so many rows.")] = 50,
) -> None:
    """List sites.

    Example: inspector sites --near 43.65,51.16 --limit 5
    """
    from inspector_app.cli import commands

    commands.sites(
        _register(context, register), as_json=json, status=status, region=region, search=search, near=near, limit=limit
    )


@app.command()
def report(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(metavar="KIND", callback=_one_of(KINDS), help=f"{', '.join(KINDS)}.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE.pdf", help="The file to write; one that is there is replaced.")],
    register: RegisterFile = None,
    site: Annotated[str | None, typer.Option(metavar="CODE", help="Of this site.")] = None,
    inspection: Annotated[str | None, typer.Option(metavar="NO", help="Of the inspection of this number.")] = None,
    batch: Annotated[str | None, typer.Option(metavar="NO", help="Of the removal batch of this number.")] = None,
    year: Annotated[
        int | None, typer.Option(metavar="YEAR", min=EARLIEST.year, max=LATEST.year, help="Of this year alone.")
    ] = None,
    language: Language = "en",
) -> None:
    """Write a paper as PDF.

    Example: inspector report site-removal --site AZPM --language ru --out azpm.pdf
    """
    from inspector_app.cli import commands

    commands.report(
        _register(context, register), kind, out, site=site, inspection=inspection, batch=batch, year=year, language=language
    )


@app.command()
def enrol(
    context: typer.Context,
    server: Annotated[str, typer.Option("--server", metavar="URL")],
    code: Annotated[str, typer.Option("--code", metavar="CODE")],
    user: Annotated[str, typer.Option("--user", metavar="NAME")] = "",
    register: RegisterFile = None,
) -> None:
    """Make this register a device of a central server. A person with a password sets INSPECTOR_PASSWORD.

    Example: inspector enrol --server https://register.example.kz --code ABCD-EFGH-JKLM-NPQR
    """
    from inspector_app.cli import commands

    commands.enrol(_register(context, register), url=server, code=code, user=user)


@app.command()
def sync(
    context: typer.Context,
    register: RegisterFile = None,
    json: AsJson = False,
    originals: Annotated[bool, typer.Option("--originals", help="Send and fetch the originals of all photos now.")] = False,
    pending: Annotated[bool, typer.Option("--pending", help="Sync nothing: list what is not sent yet.")] = False,
    compare: Annotated[bool, typer.Option("--compare", help="Then compare every record with the server's.")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.pdf", help="With --pending: the list as a paper.")] = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Sync nothing: save what is not sent, sealed, for a colleague.")
    ] = None,
    source: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help="Sync nothing: hand in the file of a colleague.")
    ] = None,
    language: Language = "en",
) -> None:
    """Exchange with the central server once, now: changes, thumbnails, and originals as the register is set.

    Where there is no network for weeks, --to writes what is not sent to a file that only the server can read; any colleague
    hands it in with --from. Photos and scans wait for a sync.

    Example: inspector sync --register field.register
    Example: inspector sync --to /media/usb/ann.unsent
    Example: inspector sync --from /media/usb/ann.unsent
    """
    from inspector_app.cli import exchange

    file = _register(context, register)
    others = pending or compare or originals or out is not None
    if (to is not None and (others or source is not None)) or (source is not None and others):
        raise typer.BadParameter("stands alone", param_hint="--from" if to is None else "--to")
    if to is not None:
        exchange.save(file, to, as_json=json)
    elif source is not None:
        exchange.hand_in(file, source, as_json=json)
    elif pending:
        exchange.pending(file, as_json=json, out=out, language=language)
    elif out is not None:
        raise typer.BadParameter("goes with --pending; a receipt is written by 'inspector receipt'", param_hint="--out")
    else:
        exchange.sync(file, as_json=json, compares=compare, originals=originals)


@app.command()
def receipt(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.pdf", help="Write the receipt as a paper.")] = None,
    register: RegisterFile = None,
    last: Annotated[bool, typer.Option("--last", help="Only the last sync that did anything.")] = False,
    json: AsJson = False,
    language: Language = "en",
) -> None:
    """The receipts of past syncs, or the last one as PDF.

    Example: inspector receipt --last --out receipt.pdf --language ru
    """
    from inspector_app.cli import exchange

    exchange.receipt(_register(context, register), out=out, last=last, as_json=json, language=language)


@app.command()
def copies(context: typer.Context, register: RegisterFile = None, json: AsJson = False) -> None:
    """The copies that were kept before syncs; 'inspector restore' puts one back.

    Example: inspector copies --register field.register
    """
    from inspector_app.cli import exchange

    exchange.copies(_register(context, register), as_json=json)


@app.command()
def conflicts(context: typer.Context, register: RegisterFile = None, json: AsJson = False) -> None:
    """List what a person must decide.

    Example: inspector conflicts --json
    """
    from inspector_app.cli import deciding

    deciding.conflicts(_register(context, register), as_json=json)


@app.command()
def settle(
    context: typer.Context,
    conflict: Annotated[str, typer.Argument(metavar="ID")],
    keep: Annotated[str | None, typer.Option("--keep", metavar="mine|theirs")] = None,
    field: Annotated[str | None, typer.Option("--field", metavar="NAME")] = None,
    value: Annotated[str | None, typer.Option("--value", metavar="TEXT", help="A third value, as the form takes it.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why; kept with the decision.")] = None,
    document: Annotated[str | None, typer.Option("--document", metavar="NO", help="The paper that it rests on.")] = None,
    register: RegisterFile = None,
) -> None:
    """Settle a conflict: keep one of the two values, or give a third one.

    Example: inspector settle 01a2 --keep theirs
    Example: inspector settle 01a2 --value "43.6512, 51.1570" --reason "measured again on the spot" --document 17/2026
    """
    from inspector_app.cli import deciding

    if (keep is None) == (value is None):
        raise typer.BadParameter("either --keep mine|theirs or --value TEXT is expected", param_hint="--keep")
    if keep not in {"mine", "theirs", None}:
        raise typer.BadParameter("mine or theirs", param_hint="--keep")
    deciding.settle(
        _register(context, register), conflict, keep=keep, field=field, value=value, reason=reason, document=document
    )


@app.command()
def proposals(context: typer.Context, register: RegisterFile = None, json: AsJson = False) -> None:
    """List the steps of ownership that wait for an answer, and the claims that contradict each other.

    Example: inspector proposals --json
    """
    from inspector_app.cli import deciding

    deciding.proposals(_register(context, register), as_json=json)


@app.command()
def accept(
    context: typer.Context,
    proposal: Annotated[str, typer.Argument(metavar="ID", help="The beginning of the proposal's id.")],
    register: RegisterFile = None,
) -> None:
    """Accept a proposed step of ownership.

    Example: inspector accept 01a2
    """
    from inspector_app.cli import deciding

    deciding.accept(_register(context, register), proposal)


@app.command()
def refuse(
    context: typer.Context,
    proposal: Annotated[str, typer.Argument(metavar="ID", help="The beginning of the proposal's id.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, for who proposed it.")],
    register: RegisterFile = None,
) -> None:
    """Refuse a proposed step of ownership, or withdraw your own.

    Example: inspector refuse 01a2 --reason "the survey act is not signed"
    """
    from inspector_app.cli import deciding

    deciding.refuse(_register(context, register), proposal, reason=reason)


@app.command()
def decide(
    context: typer.Context,
    site: Annotated[str, typer.Argument(metavar="CODE", help="The code of the site.")],
    keep: Annotated[str, typer.Option("--keep", metavar="ID|current", help="A claim, or the status accepted so far.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in at least ten letters.")],
    document: Annotated[str | None, typer.Option("--document", metavar="NO", help="A document of the site.")] = None,
    register: RegisterFile = None,
) -> None:
    """Decide between claims on the status of a site; the others are refused with the reason.

    Example: inspector decide AZPM --keep current --reason "the court has not decided yet" --document 17/2026
    """
    from inspector_app.cli import deciding

    deciding.decide(_register(context, register), site, keep=keep, reason=reason, document=document)


@app.command()
def history(
    context: typer.Context,
    site: Annotated[str, typer.Argument(metavar="CODE", help="The code of the site.")],
    register: RegisterFile = None,
    json: AsJson = False,
) -> None:
    """The legal events of a site, newest first: accepted, waiting, refused with the reason, disputed.

    Example: inspector history AZPM
    """
    from inspector_app.cli import deciding

    deciding.history(_register(context, register), site, as_json=json)


@app.command()
def check(context: typer.Context, register: RegisterFile = None, json: AsJson = False) -> None:
    """File integrity and every rule of the register.

    Example: inspector check --register field.register
    """
    from inspector_app.cli import commands

    raise typer.Exit(commands.check(_register(context, register), as_json=json))


@app.command()
def backup(
    context: typer.Context,
    dest: Annotated[Path, typer.Argument(metavar="DEST", help="The file to write; its folder must be there.")],
    register: RegisterFile = None,
) -> None:
    """A verified copy of the register, while it is in use.

    Example: inspector backup /media/usb/field.register
    """
    from inspector_app.cli import commands

    commands.backup(_register(context, register), dest)


@app.command()
def restore(
    context: typer.Context,
    src: Annotated[Path, typer.Argument(metavar="SRC", help="The backup to read; it stays as it is.")],
    register: RegisterFile = None,
) -> None:
    """Put a backup in the place of the register; what stood there is kept beside it.

    Example: inspector restore /media/usb/field.register --register field.register
    """
    from inspector_app.cli import commands

    commands.restore(_register(context, register), src)


@app.command()
def classifier(
    context: typer.Context,
    register: RegisterFile = None,
    search: Annotated[str | None, typer.Option(metavar="TEXT", help="A code or words, in any of the languages.")] = None,
    json: AsJson = False,
) -> None:
    """The waste classifier: code, hazardous, entry, names. Needs no register.

    Example: inspector classifier --search трансформаторы
    """
    from inspector_app.cli import commands

    commands.classifier(register or context.obj, search=search, as_json=json)


@app.command()
def tour(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="The folder for the pictures; made where it is not there.")],
) -> None:
    """Walk the main job without a screen; save a picture of every page and every paper.

    Example: inspector tour --out pictures
    """
    from inspector_app.cli import commands

    raise typer.Exit(commands.tour(out))
