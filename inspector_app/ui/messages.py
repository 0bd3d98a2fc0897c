"""An error or a notice to a person: what happened, what was kept, what to do."""

from inspector_app.domain.errors import InspectorError
from inspector_app.i18n import Words
from inspector_app.settings import log_folder


def sentences(words: Words, error: InspectorError) -> tuple[str, ...]:
    """The three sentences in a language; facts that are sentences or labels of the catalogue are translated too."""
    facts = words.told(error.facts)
    said = (words.say(each, **facts) for each in (error.happened, error.kept, error.advice))
    return tuple(each for each in said if each)


def unforeseen(words: Words) -> tuple[str, ...]:
    """What a person reads when the program itself is at fault; the details are in the log file."""
    return (
        words.say("The program made a mistake that nobody foresaw."),
        words.say("The last change was not saved; everything before it is safe."),
        words.say("Repeat the step; if it happens again, send the file {file} to the administrator.", file=log_file()),
    )


def log_file() -> str:
    """Where the details of a mistake stand."""
    return str(log_folder() / "inspector.log")
