"""What `page` and `jump` share: raw pages of sites as floors, Qt's own table model as a peer, a register of bare sites."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtSql import QSqlDatabase, QSqlTableModel
from PySide6.QtWidgets import QTableView

from benchmarks import screen
from benchmarks.data import Data
from inspector_app.domain.ownership import Status
from inspector_app.models import derived
from inspector_app.models.register import Register
from inspector_app.ui.pages.sites import SitesPage
from inspector_app.ui.window import MainWindow

COLUMNS = "n, id, code, name_en, region, status, remaining_g"


def sites_page(window: MainWindow) -> SitesPage:
    """The page of sites of a window."""
    page = window.pages["sites"]
    if not isinstance(page, SitesPage):
        raise TypeError(type(page).__name__)
    return page


def shows(page: SitesPage) -> Callable[[], bool]:
    """Whether every line of the table that is on the screen has its row; an empty table never does."""

    def there() -> bool:
        table = page.table
        first, last = table.rowAt(0), table.rowAt(table.viewport().height() - 1)
        last = page.rows.rowCount() - 1 if last < 0 else last
        return 0 <= first <= last and all(page.rows.row_at(place) is not None for place in (first, last))

    return there


def wait_until_whole(page: SitesPage) -> None:
    """Until all rows of the last order are known, not only those of its first page."""
    screen.settle()
    while page.table.busy.isVisible():
        screen.settle()


def ordered_page(db: Any, after: str = "") -> object:
    """One page by hand, from a place in the order on."""
    return db.execute(f"SELECT {COLUMNS} FROM site WHERE deleted = 0 AND code > ? ORDER BY code LIMIT 128", (after,)).fetchall()


@contextmanager
def qt_model(path: Path) -> Iterator[tuple[QSqlTableModel, QTableView]]:
    """Qt's own model over the same table, in a view of the size of ours."""
    db = QSqlDatabase.addDatabase("QSQLITE", "peer")
    db.setDatabaseName(str(path))
    db.setConnectOptions("QSQLITE_OPEN_READONLY")
    if not db.open():
        raise OSError(db.lastError().text())
    model = QSqlTableModel(db=db)
    model.setTable("site")
    view = QTableView()
    view.setModel(model)
    view.resize(1100, 700)
    view.show()
    try:
        yield model, view
    finally:
        view.close()
        view.setModel(None)
        model.clear()
        model.deleteLater()
        del model
        db.close()


def by_column(model: QSqlTableModel, name: str, *, descending: bool) -> None:
    """Sort Qt's model and ask anew."""
    order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
    model.setSort(model.fieldIndex(name), order)
    model.select()


def bare(data: Data, sites: int) -> Path:
    """A register with sites alone, without anything that hangs on them and without operations; only to be looked at."""
    path = data.named(f"{sites}-bare")
    if path.is_file():
        return path
    part = data.scratch("bare")
    register = Register.create(part, kind="demo", person="Bench")
    statuses = " ".join(f"WHEN {at} THEN {str(each)!r}" for at, each in enumerate(Status))
    with register.transactions.writer.connect() as connection:
        derived.uninstall(connection)
        connection.exec_driver_sql(
            "WITH RECURSIVE one(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM one WHERE n < ?)"
            " INSERT INTO site (n, id, code, name_en, name_ru, region, lat, lon, status)"
            " SELECT n, printf('%036d', n), printf('SYN-%07d', n), printf('Synthetic site %07d', n),"
            " printf('Синтетический объект %07d', n), '47', 43.65, 51.16,"
            f" CASE n % {len(Status)} {statuses} END FROM one",
            (sites,),
        )
        derived.install(connection, anew=True)
        connection.commit()
    register.close()
    part.replace(path)
    return path
