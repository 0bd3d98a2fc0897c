"""Every sentence the program says is there in Russian and Kazakh."""

import importlib.util
import re
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

SCRIPT = Path(__file__).parents[2] / "scripts" / "catalogues.py"
_spec = importlib.util.spec_from_file_location("catalogues", SCRIPT)
catalogues = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(catalogues)

LANGUAGES = pytest.mark.parametrize("language", ["ru", "kk"])


def placeholders(words: object) -> set[str]:
    return set(re.findall(r"\{(\w*)", words if isinstance(words, str) else " ".join(words)))


@pytest.fixture(scope="module")
def sentences():
    return catalogues.sentences()


@LANGUAGES
def test_every_sentence_is_translated(language, sentences):
    known = catalogues.translations(language)
    missing = [key for key in sentences if not known.get(key) or (not isinstance(known[key], str) and not all(known[key]))]
    assert missing == []


@LANGUAGES
def test_a_translation_fills_the_same_facts(language):
    for key, translated in catalogues.translations(language).items():
        if not translated:
            continue  # the test before names it
        if isinstance(key, str):
            assert placeholders(translated) == placeholders(key), key
        else:
            assert placeholders(translated) <= placeholders(key), key


@LANGUAGES
def test_no_latin_letter_hides_in_a_cyrillic_word(language):
    for key, translated in catalogues.translations(language).items():
        for word in re.findall(
            r"\w+", re.sub(r"\{\w*\}", " ", translated if isinstance(translated, str) else " ".join(translated))
        ):
            assert not (re.search("[А-Яа-яӘәҒғҚқҢңӨөҰұҮүҺһІі]", word) and re.search("[A-Za-z]", word)), (key, word)


@LANGUAGES
def test_the_compiled_catalogue_is_the_written_one(language, sentences):
    with catalogues.path(language).with_suffix(".mo").open("rb") as file:
        compiled = {key_of(each.id): strings_of(each.string) for each in read_mo(file) if each.id}
    written = {key: strings_of(value) for key, value in catalogues.translations(language).items()}
    assert set(written) == set(sentences)
    assert compiled == written


def key_of(message: object) -> object:
    return message if isinstance(message, str) else tuple(message)


def strings_of(translated: object) -> tuple[str, ...]:
    return (translated,) if isinstance(translated, str) else tuple(translated)
