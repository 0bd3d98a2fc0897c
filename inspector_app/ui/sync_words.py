"""The exchange in plain words: where the register stands, what runs, what comes next and when."""

from datetime import datetime, timedelta

from inspector_app.i18n import N_, Words
from inspector_app.models.queries.standing import COUNTED_AT_MOST, Standing
from inspector_app.ui.exchange import Exchange, Phase

Line = tuple[str, str, str]
"""Icon, tone and sentence."""

_LONG_AGO = timedelta(days=7)
OFF_MS = 300_000
"""A clock that is further off is told."""


def span(words: Words, seconds: float) -> str:
    """How long something takes, in the largest unit that says enough."""
    whole = max(1, round(seconds))
    if whole < 100:
        return words.plural("{n} second", "{n} seconds", whole)
    if whole < 100 * 60:
        return words.plural("{n} minute", "{n} minutes", round(whole / 60))
    if whole < 48 * 3600:
        return words.plural("{n} hour", "{n} hours", round(whole / 3600))
    return words.plural("{n} day", "{n} days", round(whole / 86400))


def counted(words: Words, n: int) -> str:
    """A number of changes that wait; beyond what is counted only that there are more."""
    return words.number(n) if n <= COUNTED_AT_MOST else words.say("more than {n}", n=words.number(COUNTED_AT_MOST))


def since(words: Words, at: datetime, now: datetime) -> str:
    """When the last sync was: the moment, and how long ago where that is more than a day."""
    age = now - at
    if age < timedelta(days=1):
        return words.moment(at)
    return words.say("{moment}, {span} ago", moment=words.moment(at), span=span(words, age.total_seconds()))


def last_full(words: Words, at: datetime, now: datetime) -> str:
    """The same for the status bar, as short as it can be said."""
    age = now - at
    if age < timedelta(days=1):
        return words.say("last full sync {moment}", moment=words.moment(at))
    return words.say("last full sync {span} ago", span=span(words, age.total_seconds()))


def standing_lines(words: Words, known: Standing, *, steps: int, now: datetime) -> list[Line]:
    """Where the register stands: the last sync, then everything that is between it and the server."""
    say, plural = words.say, words.plural
    lines: list[Line] = []
    if known.last_sync is None:
        lines.append(("cloud-off-outline", "warning", say("This register was never synced.")))
    else:
        is_old = now - known.last_sync > _LONG_AGO
        icon, tone = ("cloud-outline", "warning" if is_old else "secondary")
        if known.is_clear and not is_old:
            icon, tone = "cloud-check-outline", "ok"
        lines.append((icon, tone, say("Last full sync {moment}.", moment=since(words, known.last_sync, now))))
    if known.waiting > COUNTED_AT_MOST:
        most = words.number(COUNTED_AT_MOST)
        lines.append(("upload-outline", "warning", say("More than {n} changes wait to be sent.", n=most)))
    elif known.waiting:
        said = plural("{n} change waits to be sent.", "{n} changes wait to be sent.", known.waiting)
        lines.append(("upload-outline", "warning", said))
    elif known.is_clear and known.last_sync is not None and not steps:
        lines.append(("check-circle-outline", "ok", say("Nothing waits: the server has everything.")))
    if known.files:
        said = plural("{n} photo or paper waits to be sent.", "{n} photos and papers wait to be sent.", known.files)
        lines.append(("image-outline", "warning", said))
    if held := known.held - known.put_off:
        said = plural("{n} change waits for another record.", "{n} changes wait for another record.", held)
        lines.append(("clock-outline", "warning", said))
    if known.put_off:
        said = plural(
            "{n} change waits until the central server is updated.",
            "{n} changes wait until the central server is updated.",
            known.put_off,
        )
        lines.append(("update", "warning", said))
    if known.refused:
        said = plural("{n} change was refused by the server.", "{n} changes were refused by the server.", known.refused)
        lines.append(("alert-circle-outline", "danger", said))
    if known.conflicts:
        said = plural("{n} conflict waits for a decision.", "{n} conflicts wait for a decision.", known.conflicts)
        if known.legal:
            legal = plural("{n} is about a legal fact.", "{n} are about legal facts.", known.legal)
            said = f"{said} {legal}"
        lines.append(("call-split", "danger", said))
    if steps:
        said = plural("{n} step of ownership waits for an answer.", "{n} steps of ownership wait for an answer.", steps)
        lines.append(("scale-balance", "warning", said))
    return lines


def clock_words(words: Words, offset_ms: int | None) -> str:
    """How far the clock of a laptop is from the server's, in whole minutes; nothing below one."""
    minutes = round(abs(offset_ms or 0) / 60_000)
    if not minutes or offset_ms is None:
        return ""
    if offset_ms > 0:
        return words.plural("clock {n} minute fast", "clock {n} minutes fast", minutes)
    return words.plural("clock {n} minute slow", "clock {n} minutes slow", minutes)


def clock_warning(words: Words, offset_ms: int) -> tuple[str, ...]:
    """What a person is told of a clock that is more than five minutes off; nothing else stops for it (sync.md b.2)."""
    if abs(offset_ms) <= OFF_MS:
        return ()
    minutes = round(abs(offset_ms) / 60_000)
    happened = (
        words.plural("The clock of this laptop is {n} minute fast.", "The clock of this laptop is {n} minutes fast.", minutes)
        if offset_ms > 0
        else words.plural(
            "The clock of this laptop is {n} minute slow.", "The clock of this laptop is {n} minutes slow.", minutes
        )
    )
    return (
        happened,
        words.say("Everything is exchanged all the same; the server keeps the difference beside the times recorded here."),
        words.say("Set the clock of this computer, then sync again."),
    )


def plan(words: Words, exchange: Exchange, known: Standing) -> str:
    """When the next sync begins, or why none begins by itself."""
    say = words.say
    if exchange.is_running:
        return ""
    if not exchange.is_on:
        return say("Nothing is sent by itself: press «Sync now».")
    if exchange.is_offline:
        return say("There is no connection; the sync begins by itself when one appears.")
    left = exchange.seconds_left
    if left is None:
        stuck = exchange.phase in {Phase.FAILED, Phase.STOPPED}
        return say("It is not tried again by itself: a person has to act first.") if stuck else ""
    told = span(words, left)
    if exchange.phase is Phase.FAILED:
        return say("Tries again by itself in {span}.", span=told)
    if known.waiting:
        return say("What waits is sent by itself in {span}.", span=told)
    return say("The next sync begins by itself in {span}.", span=told)


def running(words: Words, exchange: Exchange) -> str:
    """What a sync that runs is doing."""
    if exchange.is_stopping:
        return words.say("Stopping…")
    return words.say(exchange.sentence or N_("Calling the central server"), **words.told(exchange.facts))
