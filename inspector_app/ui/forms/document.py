"""The form of a document, under the name by which pages ask for it."""

from PySide6.QtWidgets import QWidget

from inspector_app.ui.desk import Desk
from inspector_app.ui.lookups import DocumentDialog


class DocumentForm(DocumentDialog):
    """Records one document of a site."""

    def __init__(self, desk: Desk, site_id: str | None = None, parent: QWidget | None = None) -> None:
        """Of a site, or of none."""
        super().__init__(desk, site_id, (), parent)
