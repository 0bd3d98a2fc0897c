"""Make papers: find the subject, put the facts in words, draw, and write the file whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from inspector_app import __version__
from inspector_app.domain.errors import BadValue, CannotWrite, NotFound
from inspector_app.i18n import KAZAKHSTAN, LANGUAGES, N_, Words, words
from inspector_app.models.register import Register
from inspector_app.reports.blocks import Paper
from inspector_app.reports.kinds import KINDS, Kind
from inspector_app.reports.telling import Telling

PROGRAM = f"Waste Inspector {__version__}"


class Progress(Protocol):
    """Told how far a long work is; raises to stop it."""

    def __call__(self, share: float, sentence: str = "", /) -> None:
        """A share between 0 and 1, and a sentence."""


class Job(NamedTuple):
    """One paper of many."""

    kind: str
    out: Path
    language: str = "en"
    site: str | None = None
    inspection: str | None = None
    batch: str | None = None
    year: int | None = None


def build(
    register: Register,
    kind: str,
    out: Path,
    *,
    language: str = "en",
    site: str | None = None,
    inspection: str | None = None,
    batch: str | None = None,
    year: int | None = None,
    goal_year: int = 2030,
    progress: Progress | None = None,
) -> Path:
    """Write a paper as PDF and return where it is. Subjects are named by the codes and numbers that people use.

    The same facts at the same instant give the same bytes. Raises NotFound, BadValue or CannotWrite; a file that could
    not be written whole is not there, and one that was there before is untouched.
    """
    paper = tell(
        register, kind, language=language, site=site, inspection=inspection, batch=batch, year=year, goal_year=goal_year
    )
    if progress is not None:
        progress(0.3, "")
    write(paper, out, at=register.now())
    if progress is not None:
        progress(1.0, "")
    return out


def build_many(register: Register, jobs: Iterable[Job], *, progress: Progress | None = None) -> list[Path]:
    """Write many papers, one after another. `progress` may raise to stop; what is written by then stays, whole."""
    jobs = list(jobs)
    made = []
    for number, job in enumerate(jobs):
        if progress is not None:
            sentence = words(job.language).say(N_("{n} of {all}: {file}"), n=number + 1, all=len(jobs), file=job.out.name)
            progress(number / len(jobs), sentence)
        given = job._asdict()
        made.append(build(register, given.pop("kind"), given.pop("out"), **given))
    if progress is not None:
        progress(1.0, "")
    return made


def tell(
    register: Register,
    kind: str,
    *,
    language: str = "en",
    site: str | None = None,
    inspection: str | None = None,
    batch: str | None = None,
    year: int | None = None,
    goal_year: int = 2030,
) -> Paper:
    """What a paper says, as data. Raises NotFound for an unknown kind or subject, BadValue where none is named."""
    if language not in LANGUAGES:
        raise NotFound(what=N_("language"), code=language)
    if kind not in KINDS:
        raise NotFound(what=N_("kind of report"), code=kind)
    _check_subject(KINDS[kind], {"site": site, "inspection": inspection, "batch": batch})
    demo = register.is_demo
    with register.reading() as session:
        told = Telling(session, words(language), session.info["today"], demo, register.path, goal_year)
        return _content(kind)(told, site=site, inspection=inspection, batch=batch, year=year)


_SUBJECTS = {"site": N_("Site"), "inspection": N_("Inspection"), "batch": N_("Removal batch")}


def _check_subject(kind: Kind, given: dict[str, str | None]) -> None:
    if kind.needs and not given[kind.needs]:
        raise BadValue(field=_SUBJECTS[kind.needs], reason=N_("name the one that the report is about."))


def _content(kind: str) -> Callable[..., Paper]:
    """The function that tells a kind; imported when asked for, for a start without them is faster."""
    match kind:
        case "inspection":
            from inspector_app.reports import inspection  # noqa: PLC0415

            return lambda told, **given: inspection.content(told, given["inspection"])
        case "removal-batch":
            from inspector_app.reports import batch  # noqa: PLC0415

            return lambda told, **given: batch.content(told, given["batch"], given["site"])
        case "site-removal":
            from inspector_app.reports import site_removal  # noqa: PLC0415

            return lambda told, **given: site_removal.content(told, given["site"], given["year"])
        case "pcb-inventory":
            from inspector_app.reports import pcb_inventory  # noqa: PLC0415

            return lambda told, **given: pcb_inventory.content(told, given["site"])
        case "labels":
            from inspector_app.reports import labels  # noqa: PLC0415

            return lambda told, **given: labels.content(told, given["site"])
        case _:
            from inspector_app.reports import summary  # noqa: PLC0415

            return lambda told, **_given: summary.content(told)


_NO_FOLDER, _NOT_ALLOWED, _FULL = N_("there is no such folder"), N_("writing there is not allowed"), N_("the disk is full")
_WHY = {
    errno.ENOENT: _NO_FOLDER,
    errno.ENOTDIR: _NO_FOLDER,
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.EROFS: _NOT_ALLOWED,
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.ENAMETOOLONG: N_("the name is too long"),
}
"""What the system says of a file that cannot be written, for a person."""


def write(paper: Paper, out: Path, *, at: datetime) -> Path:
    """Draw a paper into a file, whole or not at all. Raises CannotWrite."""
    from inspector_app.reports import layout  # noqa: PLC0415 - ReportLab is slow to import
    from inspector_app.reports.sheet import Frame, Sheet  # noqa: PLC0415

    said = words(paper.language)
    frame = Frame(**_frame(paper, said, at))
    part: Path | None = None
    try:
        if out.exists() and not out.is_file():
            raise CannotWrite(file=out, detail=N_("a folder or a device has this name"))
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name[:40]}-", suffix=".part")
        part = Path(name)
        with os.fdopen(handle, "wb") as file:
            sheet = Sheet(file, frame)
            if paper.stands_alone:
                layout.title(sheet, paper)
            layout.draw(sheet, paper.blocks)
            sheet.finish()
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o644)
        part.replace(out)
    except OSError as error:
        raise CannotWrite(file=out, detail=_WHY.get(error.errno or 0) or error.strerror or str(error)) from error
    finally:
        if part is not None:
            part.unlink(missing_ok=True)
    return out


def _frame(paper: Paper, said: Words, at: datetime) -> dict[str, Any]:
    say, fingerprint = said.say, paper.fingerprint()
    organisation = say(N_("JSC «Zhasyl Damu»"))
    marks = [word for word, wanted in ((say(N_("DEMO")), paper.demo), (say(N_("DRAFT")), paper.draft)) if wanted]
    keywords = [paper.kind, *(["DEMO"] if paper.demo else []), *(["DRAFT"] if paper.draft else []), f"sha256:{fingerprint}"]
    subject = say(N_("Demonstration: {subject}"), subject=paper.subject) if paper.demo else paper.subject
    title = say(N_("Demonstration: {subject}"), subject=paper.title) if paper.demo else paper.title
    return {
        "title": title,
        "subject": subject,
        "number": paper.number,
        "organisation": organisation,
        "language": paper.language,
        "page_of": say(N_("Page {page} of {pages}")),
        "closing": say(
            N_("Content {hash} · {program} · made {moment} UTC+5"),
            hash=fingerprint[:32],
            program=PROGRAM,
            moment=f"{at.astimezone(KAZAKHSTAN):%d.%m.%Y %H:%M}",
        ),
        "program": PROGRAM,
        "generated_at": at,
        "warning": say(N_("Demonstration register, not a real record")) if paper.demo else "",
        "watermark": " · ".join(marks),
        "keywords": ", ".join(keywords),
        "landscape": paper.landscape,
    }
