"""Forms by the name under which a page asks for them: desk.go('status', site_id)."""

import importlib
from typing import Any

from PySide6.QtWidgets import QDialog, QWidget

from inspector_app.ui.desk import Desk

OPENERS: dict[str, tuple[str, str]] = {
    "status": ("inspector_app.ui.forms.status", "StatusForm"),
    "new-batch": ("inspector_app.ui.forms.batch", "NewBatchForm"),
    "new-inspection": ("inspector_app.ui.forms.inspection", "NewInspectionForm"),
    "new-site": ("inspector_app.ui.forms.site", "SiteForm"),
    "edit-site": ("inspector_app.ui.forms.site", "SiteForm"),
    "new-item": ("inspector_app.ui.forms.waste", "ItemForm"),
    "new-document": ("inspector_app.ui.forms.document", "DocumentForm"),
    "new-pcb-item": ("inspector_app.ui.forms.pcb", "PcbForm"),
}
"""Name to module and class; every form is made with the desk, the id of a site (or nothing), and the window."""

DEEDS: dict[str, tuple[str, str]] = {
    "status": ("status_event", "create"),
    "new-batch": ("removal_batch", "create"),
    "new-inspection": ("inspection", "create"),
    "new-site": ("site", "create"),
    "edit-site": ("site", "patch"),
    "new-item": ("waste_item", "create"),
    "new-document": ("document", "create"),
    "new-pcb-item": ("pcb_item", "create"),
}
"""Name to what the form does, in the words of the table of rights; who may not do it is told so instead."""


def open_form(desk: Desk, name: str, row_id: str | None, parent: QWidget) -> QDialog:
    """Make the form, show it, and let it go when it is closed. The window goes on meanwhile."""
    module, kind = OPENERS[name]
    make: Any = getattr(importlib.import_module(module), kind)
    form: QDialog = make(desk, row_id, parent=parent) if row_id is not None else make(desk, parent=parent)
    form.setModal(True)
    form.open()
    return form
