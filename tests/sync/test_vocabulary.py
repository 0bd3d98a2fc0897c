"""Laptop and server speak of the same entities and fields, by one number."""

import hashlib

from inspector_app.models.entities import ENTITIES, fields
from inspector_app.sync import wire

KNOWN = {2: "f0bfe3ecd91afa070f2b5d4413dc44384b68f504f397e844672fe73ee342f3f5"}
"""Number of the vocabulary, and the SHA-256 of its words."""


def test_a_new_word_on_the_wire_is_a_new_number_of_the_vocabulary():
    words = "\n".join(f"{entity}: {' '.join(fields(entity))}" for entity in ENTITIES)

    assert hashlib.sha256(words.encode()).hexdigest() == KNOWN[wire.VOCABULARY]
