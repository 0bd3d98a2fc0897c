"""What the table and the map share: the filter and the chosen site."""

from PySide6.QtCore import QObject, Signal

from inspector_app.models.queries.sites import SiteFilter


class Selection(QObject):
    """One per window; the Sites page and the map both read it, and either may change it.

    Signals:
        filter_changed: the filter is another one now; carries the SiteFilter.
        site_selected: another site is chosen; carries its id, or an empty text.
    """

    filter_changed = Signal(object)
    site_selected = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        """Start with every site and none chosen."""
        super().__init__(parent)
        self.filter = SiteFilter()
        self.site = ""

    def set_filter(self, chosen: SiteFilter) -> None:
        """Show other sites, on table and map alike."""
        if chosen != self.filter:
            self.filter = chosen
            self.filter_changed.emit(chosen)

    def select(self, site_id: str) -> None:
        """Choose a site, or none with an empty text."""
        if site_id != self.site:
            self.site = site_id
            self.site_selected.emit(site_id)
