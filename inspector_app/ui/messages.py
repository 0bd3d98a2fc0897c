"""An error or a notice to a person: what happened, what was kept, what to do."""

import re
from functools import cache

from inspector_app.domain import errors
from inspector_app.domain.errors import InputError, InspectorError, RuleError
from inspector_app.i18n import Words
from inspector_app.settings import log_folder


def sentences(words: Words, error: InspectorError) -> tuple[str, ...]:
    """The three sentences in a language; facts that are sentences or labels of the catalogue are translated too."""
    facts = words.told(error.facts)
    said = (words.say(each, **facts) for each in (error.happened, error.kept, error.advice))
    return tuple(each for each in said if each)


def told(words: Words, reason: str) -> str:
    """A reason that a person or the server wrote down, in a language as far as it is a sentence of this program.

    The server keeps its reasons as English sentences with their facts filled in, for every language reads them.
    """
    plain = words.say(reason)
    if plain != reason or words.language == "en":
        return plain
    for sentence, pattern in _patterns():
        if found := pattern.fullmatch(reason):
            return words.say(sentence, **words.told(found.groupdict()))
    return reason


@cache
def _patterns() -> "tuple[tuple[str, re.Pattern[str]], ...]":
    """The sentences of the rules, each as what it looks like with any facts."""
    kinds = (each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, RuleError | InputError))
    said = [each.happened for each in kinds if hasattr(each, "happened")]
    return tuple((each, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+)", re.escape(each)))) for each in said)


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
