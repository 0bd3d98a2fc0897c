"""What a person types into a search box, as a question to the full-text index that cannot be broken by any input."""

import re

_WORD = re.compile(r"[^\W_]+")
_MOST_WORDS = 12


def match_words(typed: str, *, letters: int | None = None) -> str:
    """An FTS5 expression in which every word must begin like the typed one; empty when nothing can be searched for.

    Words are quoted, so that operators, quotes and brackets are letters like others; more than twelve words are cut. Of
    each word only the first `letters` are asked for where it is said.
    """
    return " ".join(f'"{word[:letters]}"*' for word in _WORD.findall(typed)[:_MOST_WORDS])
