"""The search box on top (Ctrl+K): what was typed, found anywhere in the register, one key away."""

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from inspector_app.models.queries.hits import Hit, HitKind
from inspector_app.models.queries.sites import SiteFilter
from inspector_app.ui.desk import Desk
from inspector_app.ui.theme import SPACE

_HIT = Qt.ItemDataRole.UserRole
_ICONS: dict[HitKind, str] = {
    HitKind.SITE: "map-marker-radius-outline",
    HitKind.WASTE_TYPE: "book-open-variant",
    HitKind.WASTE_ITEM: "barrel",
    HitKind.PCB_ITEM: "lightning-bolt-outline",
    HitKind.DOCUMENT: "file-document-outline",
    HitKind.BATCH: "truck-outline",
    HitKind.INSPECTION: "clipboard-check-outline",
    HitKind.DECISION: "gavel",
    HitKind.CONTRACT: "file-sign",
}
_PAGE_OF: dict[HitKind, str] = {HitKind.PCB_ITEM: "pcb", HitKind.BATCH: "removal", HitKind.INSPECTION: "inspections"}
_SECTION_OF: dict[HitKind, str] = {
    HitKind.WASTE_ITEM: "waste",
    HitKind.DOCUMENT: "documents",
    HitKind.DECISION: "documents",
    HitKind.CONTRACT: "documents",
}


class _HitDelegate(QStyledItemDelegate):
    """A line of two tones: what it is called, its name, and at the right the site it belongs to."""

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802 - Qt's name
        """Heads of groups are lower than hits."""
        theme = self._desk.theme
        return QSize(100, theme.row if index.data(_HIT) is not None else theme.px(26))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Draw the line."""
        theme, words = self._desk.theme, self._desk.words
        hit: Hit | None = index.data(_HIT)
        box = QRect(option.rect).adjusted(SPACE[2], 0, -SPACE[2], 0)
        left, right = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        painter.save()
        if hit is None:
            painter.setFont(theme.font("secondary"))
            painter.setPen(theme.colour("secondary"))
            painter.drawText(box.adjusted(0, SPACE[0], 0, 0), left, str(index.data()))
            painter.restore()
            return
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        if current:
            painter.fillRect(option.rect, theme.colour("selected"))
        ink = theme.colour("selected_text" if current else "text")
        faint = ink if current and theme.name == "sun" else theme.colour("secondary")
        size = theme.px(16)
        theme.icon(_ICONS[hit.kind], "on_accent" if current and theme.name == "sun" else "secondary").paint(
            painter, QRect(box.left(), box.center().y() - size // 2, size, size)
        )
        box.setLeft(box.left() + size + SPACE[1])
        painter.setFont(theme.font("secondary"))
        painter.setPen(faint)
        if hit.site_code and hit.kind is not HitKind.SITE:
            painter.drawText(box, right | Qt.AlignmentFlag.AlignVCenter, hit.site_code)
            box.setRight(box.right() - painter.fontMetrics().horizontalAdvance(hit.site_code) - SPACE[2])
        painter.setFont(theme.font("card"))
        painter.setPen(ink)
        called = painter.fontMetrics().elidedText(hit.called, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, left, called)
        box.setLeft(box.left() + painter.fontMetrics().horizontalAdvance(called) + SPACE[1])
        painter.setFont(theme.font())
        painter.setPen(faint)
        name = hit.name(words).replace("\n", " ")
        painter.drawText(box, left, painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, box.width()))
        painter.restore()


class SearchBox(QLineEdit):
    """Asks the register at every letter and lists what was found below itself; arrows choose, Enter opens, Esc closes."""

    def __init__(self, desk: Desk, host: QWidget) -> None:
        """`host` is the widget over which the list opens."""
        super().__init__()
        self.desk = desk
        say = desk.words.say
        self.setPlaceholderText(say("Find a site, waste code, serial or document number"))
        self.setAccessibleName(say("Find anything"))
        self.addAction(desk.theme.icon("magnify", "secondary"), QLineEdit.ActionPosition.LeadingPosition)
        self.setClearButtonEnabled(False)
        self.setFixedWidth(desk.theme.px(420))
        self.setFixedHeight(desk.theme.control + 2)
        self._host = host
        self.popup = QFrame(host)
        self.popup.setProperty("part", "card")
        self.popup.hide()
        self.list = QListWidget()
        self.list.setItemDelegate(_HitDelegate(desk, self))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(False)
        self.list.itemClicked.connect(self._open)
        inside = QVBoxLayout(self.popup)
        inside.setContentsMargins(1, SPACE[1], 1, SPACE[1])
        inside.addWidget(self.list)
        self.textEdited.connect(self._ask)

    @property
    def hits(self) -> list[Hit]:
        """What is listed now."""
        found = (self.list.item(place).data(_HIT) for place in range(self.list.count()))
        return [hit for hit in found if hit is not None]

    def _ask(self, typed: str) -> None:
        if typed.strip():
            from inspector_app.models.queries.search import search  # noqa: PLC0415 - brings SQLAlchemy; start-up is measured

            self.desk.work.read(self, search, self._show, typed=typed)
        else:
            self.popup.hide()

    def _show(self, hits: list[Hit]) -> None:
        if not self.text().strip():
            return
        self.list.clear()
        before = None
        for hit in hits:
            if hit.kind is not before:
                self._add(self.desk.words.say(hit.kind.label), None)
                before = hit.kind
            self._add(f"{hit.called} {hit.name(self.desk.words)}", hit)
        if not hits:
            self._add(self.desk.words.say("Nothing begins with these words."), None)
        self._place()
        self._move(1, start=-1)
        self.popup.show()
        self.popup.raise_()

    def _add(self, text: str, hit: Hit | None) -> None:
        item = QListWidgetItem(text)
        item.setData(_HIT, hit)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if hit else Qt.ItemFlag.NoItemFlags)
        self.list.addItem(item)

    def _place(self) -> None:
        host = self._host
        corner = self.mapTo(host, QPoint(0, self.height() + SPACE[0]))
        theme = self.desk.theme
        heads = sum(self.list.item(place).data(_HIT) is None for place in range(self.list.count()))
        height = heads * theme.px(26) + (self.list.count() - heads) * theme.row + 2 * SPACE[1] + 4
        width = min(theme.px(560), host.width() - corner.x() - SPACE[3])
        self.popup.setGeometry(corner.x(), corner.y(), width, min(height, host.height() - corner.y() - SPACE[3]))

    def _move(self, step: int, *, start: int | None = None) -> None:
        place = self.list.currentRow() if start is None else start
        while 0 <= place + step < self.list.count():
            place += step
            if self.list.item(place).data(_HIT) is not None:
                self.list.setCurrentRow(place)
                return

    def _open(self, item: QListWidgetItem | None) -> None:
        hit: Hit | None = item.data(_HIT) if item is not None else None
        if hit is None:
            return
        self.popup.hide()
        self.clear()
        if hit.kind is HitKind.WASTE_TYPE:
            self.desk.selection.set_filter(SiteFilter(waste=hit.id))
            self.desk.go("sites")
        elif hit.kind in _PAGE_OF:
            self.desk.go(_PAGE_OF[hit.kind], hit.id)
        elif hit.site_id is not None:
            self.desk.selection.select(hit.site_id)
            self.desk.go("site", hit.site_id, _SECTION_OF.get(hit.kind, ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Arrows, Enter and Esc act on the list while the letters go on."""
        match event.key():
            case Qt.Key.Key_Down:
                self._move(1)
            case Qt.Key.Key_Up:
                self._move(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._open(self.list.currentItem() if self.popup.isVisible() else None)
            case Qt.Key.Key_Escape:
                self.popup.hide()
                self.clear()
                self.clearFocus()
            case _:
                super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """The list closes with the focus."""
        super().focusOutEvent(event)
        self.popup.hide()
