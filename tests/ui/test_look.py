"""The look: contrasts of every theme, one mark per status, sizes that follow the person."""

import itertools

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from inspector_app.domain.marks import DISPUTED, MARKS
from inspector_app.domain.ownership import Status
from inspector_app.ui.marks import draw_mark
from inspector_app.ui.theme import COLOURS, Theme, contrast

PAIRS = (
    ("text", "background"),
    ("text", "surface"),
    ("text", "hover"),
    ("secondary", "background"),
    ("secondary", "surface"),
    ("accent", "surface"),
    ("accent", "background"),
    ("accent", "accent_weak"),
    ("on_accent", "accent"),
    ("danger", "surface"),
    ("danger", "danger_weak"),
    ("warning", "warning_weak"),
    ("ok", "surface"),
    ("rail_text", "rail"),
    ("rail_text", "rail_current"),
    ("selected_text", "selected"),
)


@pytest.mark.parametrize(("name", "least"), [("light", 4.5), ("dark", 4.5), ("sun", 7.0)])
@pytest.mark.parametrize(("ink", "paper"), PAIRS)
def test_every_text_can_be_read_on_its_ground(name, least, ink, paper):
    colours = COLOURS[name]
    assert contrast(getattr(colours, ink), getattr(colours, paper)) >= least


def test_black_on_white_has_the_largest_contrast_there_is():
    assert round(contrast("#000000", "#FFFFFF"), 3) == 21


def drawn(mark, *, proposed=False):
    image = QImage(48, 48, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    draw_mark(painter, mark, QRectF(0, 0, 48, 48), proposed=proposed)
    painter.end()
    shape = image.convertToFormat(QImage.Format.Format_Alpha8)  # held while its bits are copied
    return bytes(shape.constBits())


def test_marks_are_told_apart_by_shape_alone(qapp):
    shapes = {status: drawn(mark) for status, mark in MARKS.items()}
    same = {
        frozenset({Status.PENDING_REMOVAL, Status.FOR_SALE}),
        *(frozenset(pair) for pair in itertools.combinations((Status.OWNER_FOUND, Status.COURT_REFUSED, Status.COMMUNAL), 2)),
    }
    for one, other in itertools.combinations(Status, 2):
        assert (shapes[one] == shapes[other]) == (frozenset({one, other}) in same), (one, other)
    assert drawn(DISPUTED) not in shapes.values()


def test_a_proposed_status_looks_unlike_an_accepted_one(qapp):
    for mark in MARKS.values():
        assert drawn(mark) != drawn(mark, proposed=True)
        assert any(drawn(mark, proposed=True))


def test_text_and_controls_grow_with_the_persons_wish(qapp):
    plain, large, fingers = Theme(), Theme(text_percent=150), Theme(touch=True)
    assert (plain.row, plain.control) == (34, 32)
    assert (large.row, large.control) == (51, 48)
    assert (fingers.row, fingers.control) == (44, 44)
    assert large.font().pixelSize() == 20
    assert Theme(text_percent=400).px(100) == 175


def test_every_kazakh_letter_and_the_tenge_sign_are_in_the_font(qapp):
    from PySide6.QtGui import QFontMetrics

    metrics = QFontMetrics(Theme().font())
    assert all(metrics.inFontUcs4(ord(letter)) for letter in "ӘәҒғҚқҢңӨөҰұҮүҺһІі₸–«»")


def _drawn(text):
    picture = QImage(40, 40, QImage.Format.Format_Grayscale8)
    picture.fill(255)
    with QPainter(picture) as painter:
        painter.setFont(Theme().font("figure"))
        painter.drawText(QRectF(0, 0, 40, 40), text)
    return picture


def test_the_kazakh_i_keeps_its_dot(qapp):
    assert _drawn("\N{CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I}") == _drawn("i")
    assert _drawn("i") != _drawn("\N{LATIN SMALL LETTER DOTLESS I}")


def test_the_style_sheet_of_every_theme_is_understood(qapp, caplog):
    from PySide6.QtWidgets import QWidget

    for name in COLOURS:
        sheet = Theme(name).stylesheet()
        assert "$" not in sheet
        widget = QWidget()
        widget.setStyleSheet(sheet)
        widget.ensurePolished()


def test_an_icon_is_drawn_in_the_colour_asked_for(qapp):
    theme = Theme("dark")
    image = theme.icon("magnify", "danger").pixmap(16, 16).toImage()
    colours = {image.pixelColor(x, y).name() for x in range(16) for y in range(16) if image.pixelColor(x, y).alpha() == 255}
    assert colours == {theme.colours.danger.lower()}
