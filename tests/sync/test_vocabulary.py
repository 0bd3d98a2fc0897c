"""Laptop and server speak of the same entities, fields and codes, by one number that only ever adds to them."""

import hashlib

from inspector_app.models.base import CodeText
from inspector_app.models.entities import ENTITIES, fields, table
from inspector_app.sync import wire

KNOWN = {2: "198e96438da6d31c5c994c929557c68677403b09a72933cff6911231952f4396"}
"""Number of the vocabulary, and the SHA-256 of its words."""


def words() -> str:
    said = []
    for entity in ENTITIES:
        for name in fields(entity):
            kind = table(entity).columns[name].type
            codes = " ".join(kind.codes) if isinstance(kind, CodeText) else ""
            said.append(f"{entity}.{name}: {codes}")
    return "\n".join(said)


def test_a_new_word_on_the_wire_is_a_new_number_of_the_vocabulary():
    assert hashlib.sha256(words().encode()).hexdigest() == KNOWN[wire.VOCABULARY]


def test_a_field_that_must_be_filled_and_has_no_default_is_as_old_as_the_oldest_laptop_that_may_push():
    needed = sorted(
        f"{entity}.{name}"
        for entity in ENTITIES
        for name in fields(entity)
        if not table(entity).columns[name].nullable and table(entity).columns[name].default is None
    )
    assert (
        hashlib.sha256("\n".join(needed).encode()).hexdigest()
        == "c3fc8596c569c5a7c7e65a0ff9fed6c949a90b269dd5967b39a151f4d4f7143b"
    ), needed
