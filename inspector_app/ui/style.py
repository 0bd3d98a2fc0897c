"""The text of the style sheet; values come from the theme."""

from collections.abc import Mapping
from string import Template

from inspector_app.settings import RESOURCES

_SHEET = Template("""
* { font-family: $family; font-size: ${text_px}px; color: $text; }
QMainWindow, QDialog, QWidget[part="page"], QScrollArea, QWidget[part="canvas"] { background: $background; }
QScrollArea { border: 1px solid transparent; }
QScrollArea:focus { border-color: $accent; border-radius: 4px; }
QFrame[part="card"] QScrollArea, QFrame[part="card"] QScrollArea > QWidget > QWidget { background: transparent; }
QToolTip { background: $surface; color: $text; border: ${border}px solid $line; padding: 4px 8px; }
QLabel { background: transparent; }
QLabel[part="title"] { font-size: ${title_px}px; font-weight: bold; }
QLabel[part="card-title"], QLabel[part="label"] { font-size: ${card_px}px; font-weight: bold; }
QLabel[part="label"] { font-weight: normal; }
QLabel[part="secondary"] { font-size: ${secondary_px}px; color: $secondary; }
QLabel[part="figure"] { font-size: ${figure_px}px; font-weight: bold; }
QLabel[part="problem"] { font-size: ${secondary_px}px; color: $danger; }
QLabel[part="warning"] { font-size: ${secondary_px}px; color: $warning; }
QLabel[part="ok"] { font-size: ${secondary_px}px; color: $ok; }

QFrame[part="card"] { background: $surface; border: ${border}px solid $line; border-radius: 8px; }
QFrame[part="choice"] { background: $surface; border: ${border}px solid $line; border-radius: 6px; }
QFrame[part="choice"][chosen="true"] { border-color: $accent; }
QFrame[part="rule"] { background: $line; border: none; max-height: ${border}px; min-height: ${border}px; }
QFrame[part="strip"] { border-radius: 6px; border: ${border}px solid $line; background: $surface; }
QFrame[part="strip"][kind="danger"] { background: $danger_weak; border-color: $danger; }
QFrame[part="strip"][kind="warning"] { background: $warning_weak; border-color: $warning; }
QFrame[part="strip"][kind="ok"] { border-color: $ok; }
QLabel[part="demo"] { background: $warning_weak; color: $warning; border-radius: 8px; padding: 6px 12px;
  font-size: ${secondary_px}px; }
QLabel[part="badge"] { background: $surface; border: ${border}px solid $line; border-radius: 6px; padding: 3px; }
QLabel[part="context"] { background: $accent_weak; color: $accent; border-radius: 8px; padding: 6px 12px;
  font-size: ${secondary_px}px; }

QPushButton { min-height: ${inner}px; padding: 0 14px; background: $surface; border: ${border}px solid $line;
  border-radius: 6px; }
QPushButton:hover { background: $hover; }
QPushButton:focus { border: ${border}px solid $accent; }
QPushButton:disabled { color: $secondary; background: $background; border-style: dashed; }
QPushButton[part="primary"] { background: $accent; color: $on_accent; border-color: $accent; font-weight: bold; }
QPushButton[part="primary"]:hover { background: $accent; border-color: $text; }
QPushButton[part="primary"]:focus { border-color: $text; }
QPushButton[part="primary"]:disabled { background: $background; color: $secondary; border: ${border}px dashed $line; }
QPushButton[part="danger"] { color: $danger; border-color: $danger; }
QPushButton[part="link"] { background: transparent; border: 1px solid transparent; padding: 0 4px; min-height: 0;
  color: $accent; text-align: left; text-decoration: $underline; }
QPushButton[part="link"]:disabled { color: $secondary; background: transparent; text-decoration: none; }
QPushButton[part="link"]:hover { text-decoration: underline; }
QPushButton[part="link"]:focus { border: 1px solid $accent; border-radius: 4px; }
QPushButton[part="link"][tone="secondary"] { color: $secondary; font-size: ${secondary_px}px; }
QPushButton[part="link"][edge="left"] { padding: 0 4px 0 0; margin-left: -1px; }
QPushButton[part="figure"] { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 0 4px 0 0;
  margin-left: -1px; min-height: 0; font-size: ${figure_px}px; font-weight: bold; text-align: left; }
QPushButton[part="figure"]:hover { color: $accent; }
QPushButton[part="figure"]:focus { border-color: $accent; }
QPushButton[part="line"] { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 0;
  min-height: ${line_inner}px; text-align: left; }
QPushButton[part="line"]:hover { background: $hover; }
QPushButton[part="line"]:focus { border-color: $accent; }
QPushButton[part="chip"] { border-radius: ${chip_radius}px; padding: 0 12px;
  min-height: ${chip_inner}px; min-width: ${chip_inner}px;
  background: transparent; color: $secondary; font-size: ${secondary_px}px; }
QPushButton[part="chip"]:hover { background: $hover; }
QPushButton[part="chip"]:checked { background: $accent_weak; color: $accent; border-color: $accent_line;
  text-decoration: $underline; }
QPushButton[part="chip"]:focus { border-color: $accent; }
QPushButton::menu-indicator { image: none; width: 0; }
QToolButton { background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 3px; }
QToolButton:hover { background: $hover; }
QToolButton:focus { border-color: $accent; }
QLabel[part="opening"] { border: 2px solid transparent; }
QLabel[part="opening"]:focus { border-color: $accent; }
QToolButton:checked { background: $accent_weak; color: $accent; }

QLineEdit, QPlainTextEdit, QTextEdit, QComboBox, QSpinBox, QDoubleSpinBox, QDateEdit { background: $surface;
  border: ${border}px solid $line; border-radius: 6px; padding: 0 10px; min-height: ${inner}px;
  selection-background-color: $accent; selection-color: $on_accent; placeholder-text-color: $secondary; }
QPlainTextEdit, QTextEdit { padding: 6px 8px; }
QLineEdit:hover, QPlainTextEdit:hover, QComboBox:hover, QSpinBox:hover { border-color: $secondary; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus {
  border-color: $accent; }
QLineEdit[wrong="true"], QPlainTextEdit[wrong="true"], QComboBox[wrong="true"] { border-color: $danger; }
QLineEdit:disabled, QPlainTextEdit:disabled, QComboBox:disabled, QLineEdit:read-only { background: $background;
  color: $secondary; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox QAbstractItemView { background: $surface; border: ${border}px solid $line; outline: none;
  selection-background-color: $selected; selection-color: $selected_text; }
QComboBox QAbstractItemView::item { min-height: ${control}px; padding: 0 8px; }
QCheckBox, QRadioButton { spacing: 8px; min-height: ${control}px; background: transparent; }
QCheckBox[part="line"] { min-height: 0; spacing: 6px; }
QCheckBox::indicator, QRadioButton::indicator { width: ${mark}px; height: ${mark}px; }
QCheckBox::indicator { border: 2px solid $secondary; border-radius: 3px; background: $surface;
  width: ${mark_inner}px; height: ${mark_inner}px; }
QCheckBox::indicator:checked { border-color: $accent; background: $accent; image: url("$icons/tick-$tick.svg"); }
QCheckBox::indicator:focus { border-color: $accent; }
QRadioButton::indicator { border: 2px solid $secondary; border-radius: ${mark_radius}px; background: $surface;
  width: ${mark_inner}px; height: ${mark_inner}px; }
QRadioButton::indicator:checked { border: 5px solid $accent; width: ${mark_dot}px; height: ${mark_dot}px; }
QRadioButton::indicator:focus { border-color: $accent; }

QTableView, QListView, QTreeView { background: $surface; border: none; outline: none; gridline-color: transparent;
  selection-background-color: $selected; selection-color: $selected_text; alternate-background-color: $surface; }
QListView[part="sections"] { border: ${border}px solid $line; border-radius: 8px; padding: 6px; }
QListView[part="sections"]::item { border-radius: 6px; }
QTableView::item, QTreeView::item, QListView::item { padding: 0 8px; border: none; }
QTableView::item:hover, QListView::item:hover { background: $hover; }
QTableView::item:selected, QListView::item:selected, QTreeView::item:selected { background: $selected;
  color: $selected_text; }
QHeaderView, QTableCornerButton::section { background: $surface; border: none; }
QHeaderView::section { background: $surface; color: $secondary; font-size: ${secondary_px}px; font-weight: bold; border: none;
  border-bottom: ${border}px solid $line; padding: 0 8px; min-height: ${head}px; text-align: left; }
QHeaderView::section:hover { color: $text; }
QHeaderView::up-arrow, QHeaderView::down-arrow { width: 8px; height: 8px; subcontrol-position: center right; right: 6px; }

QMenu { background: $surface; border: ${border}px solid $line; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; background: transparent; }
QMenu::item:selected { background: $selected; color: $selected_text; }
QMenu::item:disabled { color: $secondary; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }

QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $secondary; padding: 0 12px; min-height: ${control}px; border: none;
  border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: $accent; border-bottom: 2px solid $accent; font-weight: bold; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:focus { border: 1px solid $accent; }
QTabWidget::pane { border: none; border-top: ${border}px solid $line; background: $background; }

QProgressBar { background: $line; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QProgressBar[part="thin"] { max-height: 2px; min-height: 2px; background: transparent; border-radius: 0; }
QScrollBar:vertical { background: transparent; width: ${scroll}px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: ${scroll}px; margin: 0; }
QScrollBar::handle { background: $thumb; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $secondary; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }

QWidget[part="rail"] { background: $rail; }
QLabel[part="brand"] { color: $brand; font-size: ${brand_px}px; font-weight: bold; }
QPushButton[part="rail"] { background: transparent; border: 1px solid transparent; border-radius: 6px; color: $rail_text;
  text-align: left; padding: 0 12px; min-height: ${rail_inner}px; }
QPushButton[part="rail"]:hover { background: $rail_current; }
QPushButton[part="rail"]:checked { background: $rail_current; color: $brand; font-weight: bold; }
QPushButton[part="rail"]:focus { border-color: $rail_text; }
QWidget[part="status"] { background: $surface; border-top: ${border}px solid $line; }
QWidget[part="status"] QLabel { font-size: ${secondary_px}px; color: $secondary; }
QWidget[part="status"] QPushButton { font-size: ${secondary_px}px; color: $secondary; background: transparent; border: none;
  padding: 0 4px; min-height: ${status_inner}px; }
QWidget[part="status"] QPushButton:hover { color: $text; }
QWidget[part="status"] QPushButton:focus { color: $accent; text-decoration: underline; }
""")


def sheet(
    tokens: Mapping[str, str],
    sizes: Mapping[str, int],
    *,
    border: int,
    row: int,
    control: int,
    family: str,
    underline: str,
) -> str:
    """The style sheet with its values filled in; lengths are pixels."""
    return _SHEET.substitute(
        tokens,
        **{f"{name}_px": size for name, size in sizes.items()},
        border=border,
        control=control,
        inner=control - 2 * border,
        head=row,
        chip_radius=(control - 8) // 2,
        chip_inner=control - 8 - 2 * border,
        rail_inner=control + 2,
        status_inner=sizes["text"] + 6,
        line_inner=control - 10,
        mark=sizes["text"] + 3,
        mark_radius=(sizes["text"] + 3) // 2,
        mark_inner=sizes["text"] - 1,
        mark_dot=sizes["text"] - 7,
        scroll=12 if control < 44 else 18,
        family=family,
        underline=underline,
        brand="#FFFFFF",
        icons=(RESOURCES / "icons").as_posix(),
        tick="light" if tokens["on_accent"] == "#FFFFFF" else "dark",
        accent_line=tokens["accent_weak"] if underline == "none" else tokens["accent"],
        thumb=tokens["line"] if underline == "none" else tokens["secondary"],
    )
