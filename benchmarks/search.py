"""Search as you type over everything: from the third letter to the painted list."""

import itertools
from collections.abc import Iterator

from benchmarks import screen
from benchmarks.data import Data, raw
from benchmarks.figures import Figure, ms, seconds, told_race

_TYPED = {
    "three Cyrillic letters, every site": ("син", "объ"),
    "three Cyrillic letters, few": ("сту", "поз"),
    "beginning of a code": ("SYN-0005", "SYN-0007"),
    "a waste code": ("16 02 09", "13 02"),
    "a number of a document": ("АО-0004", "АО-0009"),
}


def measure(data: Data, *, sizes: tuple[int, ...], rounds: int) -> Iterator[Figure]:
    """At every size; the floor is the same question to FTS5 by hand, at most 240 matches."""
    for size in sizes:
        path = data.register(size)
        with raw(path) as db, screen.window(path) as window:
            box = window.search
            for name, typed in _TYPED.items():
                turn = itertools.cycle(typed)
                words = " ".join(f'"{word}"*' for word in typed[0].replace("-", " ").split())

                def ours(box=box, turn=turn) -> float:
                    box.popup.hide()
                    box.list.clear()
                    text = next(turn)
                    box.setText(text)
                    return screen.painted(lambda: box.textEdited.emit(text), box.list.viewport(), lambda: box.list.count() > 0)

                def floor(db=db, words=words) -> float:
                    asked = "SELECT rowid FROM search WHERE search MATCH ? LIMIT 240"
                    return seconds(lambda: db.execute(asked, (words,)).fetchall())

                found, bare = told_race(ours, floor, rounds=rounds)
                yield Figure(
                    name, ms(found), "ms", size=size, floor=ms(bare), floor_name="FTS5, raw", at_most=30, constant=True
                )
            box.popup.hide()
