"""Type on paper: what may stand there, and how it is broken into lines."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector_app.domain.marks import DISPUTED, MARKS
from inspector_app.reports import shapes
from inspector_app.reports.fonts import face, pdf_text, shortened, wrap

STYLES = ("regular", "bold")
TEXTS = st.text(st.sampled_from("abcЖщәҚ 1234,.-/ WWii"), max_size=120)


@pytest.mark.parametrize("style", STYLES)
def test_every_letter_of_the_three_languages_has_a_glyph(style: str) -> None:
    alphabet = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһіabcdefghijklmnopqrstuvwxyz"
    wanted = set(alphabet + alphabet.upper() + "0123456789 .,;:!?()«»„“–—-…№₸%°±µ²³×·/\\§&@#\u00a0\u202f\ufffd")
    assert wanted <= face(style).glyphs


def test_the_three_faces_know_the_same_letters() -> None:
    assert face("regular").glyphs == face("bold").glyphs


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("−5 ≤ 3 → 4", "–5 <= 3 -> 4"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00b\x1bc\u200bd\u202ee\ufeff", "abcde"),
        ("и\u0306", "й"),
        ("🧪", "\ufffd"),
        ("\ud800", "\ufffd"),
        ("<b>&amp;", "<b>&amp;"),
    ],
)
def test_what_cannot_be_printed_is_left_out_or_replaced(written: str, printed: str) -> None:
    assert pdf_text(written) == printed


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.floats(8, 300))
def test_wrapping_loses_no_letter_and_keeps_to_the_width(text: str, width: float) -> None:
    lines = wrap(text, "regular", 8, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(face("regular").width(line, 8) <= width or len(line) == 1 for line in lines)


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.floats(20, 200))
def test_a_shortened_text_fits_and_shows_that_it_was_cut(text: str, width: float) -> None:
    short = shortened(text, "bold", 8, width)
    assert face("bold").width(short, 8) <= width + 8
    assert short == text or short.endswith("…")


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_cleaned_text_has_only_glyphs_and_is_clean_already(text: str) -> None:
    clean = pdf_text(text)
    assert set(clean) <= face("regular").glyphs | {"\n"}
    assert pdf_text(clean) == clean


def test_every_mark_is_another_drawing() -> None:
    drawn = {(mark, shapes._path(mark, 0, 0, 10)) for mark in {*MARKS.values(), DISPUTED}}
    assert len({path for _mark, path in drawn}) == len(drawn)
