"""The tour: the real window walks the main job by clicks and keys, without a screen, and leaves pictures and papers."""

import os
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QMessageBox

from inspector_app.domain.inspection import is_asked
from inspector_app.domain.ownership import DocumentType, Status
from inspector_app.domain.removal import BatchState
from inspector_app.models.backup import backup
from inspector_app.models.checklist import checklist
from inspector_app.models.queries.overview import published
from inspector_app.models.queries.papers import find_site, site_of
from inspector_app.models.queries.sites import SiteFilter, sites
from inspector_app.models.register import Register
from inspector_app.settings import Settings
from inspector_app.ui.app import application, build_window
from inspector_app.ui.commands import PAGES
from inspector_app.ui.forms.batch_steps import LoadForm, NewBatchForm
from inspector_app.ui.forms.document import DocumentForm
from inspector_app.ui.forms.findings import FindingForm
from inspector_app.ui.forms.inspection import NewInspectionForm
from inspector_app.ui.forms.status import StatusForm
from inspector_app.ui.tour_tools import (
    Gallery,
    Server,
    button_in,
    check,
    click,
    dialog,
    page,
    press,
    settle,
    type_into,
    until,
)
from inspector_app.ui.window import MainWindow

_WIDE, _HIGH = 1360, 860
_LORRIES_G = 100_000_000_000


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def run(out: Path, *, register: Path | None = None, tell: Callable[[str], None] = _say, looks: bool = True) -> int:
    """Walk the main job and leave a picture of every page and every paper in `out`; 0 when every step was verified.

    Works on a copy of `register`, or on a new demonstration; never asks the network for anything but its own server on
    this machine. `tell` hears each step; without `looks` the pages are not shown again in every theme and language.
    """
    out.mkdir(parents=True, exist_ok=True)
    gallery = Gallery(out, tell)
    kept = {name: os.environ.get(name) for name in ("INSPECTOR_CONFIG", "INSPECTOR_KEY_STORE")}
    with tempfile.TemporaryDirectory(prefix="inspector-tour-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        # a person's own preferences and key ring are none of the tour's business
        os.environ["INSPECTOR_CONFIG"] = str(folder / "settings.toml")
        os.environ["INSPECTOR_KEY_STORE"] = "file"
        try:
            _walk(gallery, folder, register, looks=looks)
        finally:
            for key, value in kept.items():
                if value is None:
                    os.environ.pop(key, None)
                else:
                    os.environ[key] = value
    gallery.write_index()
    tell(f"{len(gallery.things)} pictures and papers are in {out}; index.html lists them.")
    return 0 if gallery.is_whole else 1


def _walk(gallery: Gallery, folder: Path, source: Path | None, *, looks: bool) -> None:
    application(Settings())
    path = folder / "tour.register"
    with gallery.step("A register is there"):
        if source is None:
            from inspector_app.demo.build import write_demo  # noqa: PLC0415 - not wanted where a register is given

            write_demo(path)
        else:
            original = Register.open(source)
            backup(original, path)
            original.close()
    register = Register.open(path)
    window = build_window(register, Settings())
    window.resize(_WIDE, _HIGH)
    window.show()
    walk = Tour(gallery, window, register, folder)
    try:
        walk.look_around()
        walk.inspect()
        walk.remove()
        walk.change_status()
        walk.print_papers()
        walk.exchange()
        if looks:
            walk.dress()
    finally:
        _close(window)
        register.close()


def _close(window: MainWindow) -> None:
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    settle(0.3)


@dataclass
class Tour:
    """The main job in the order in which a person does it."""

    gallery: Gallery
    window: MainWindow
    register: Register
    folder: Path
    site_id: str = ""
    code: str = ""
    batch_id: str = ""

    def tally(self, register: Register | None = None) -> dict[str, Any]:
        """The published figures of a register, counted."""
        with (register or self.register).reading() as session:
            return published(session)

    def status(self) -> Status:
        """Where the site of the tour stands."""
        with self.register.reading() as session:
            return site_of(session, self.site_id).status

    # -- looking ------------------------------------------------------------------------------------------------------

    def look_around(self) -> None:
        """Overview, search, table, map and page of one site."""
        window, gallery = self.window, self.gallery
        with self.register.reading() as session:
            waiting = sites(session, chosen=SiteFilter(statuses=frozenset({Status.PENDING_REMOVAL}), remaining=True)).first
            check(waiting, "no site waits for removal")
            # a site whose waste a lorry can carry, rather than a tailings pond
            chosen = min(waiting, key=lambda each: (each.remaining_g > _LORRIES_G, each.code))
            self.site_id, self.code = chosen.id, chosen.code
        with gallery.step("The overview counts the sites in state ownership"):
            page(window, "overview")
            found = self.tally()
            check(sum(found["by_bucket"].values()) == found["state_owned"] > 0, "the groups do not sum up")
            gallery.picture(window, "01-overview-before", "Overview, before the work")
        with gallery.step(f"Ctrl+K finds {self.code} and opens its page"):
            press(window, Qt.Key.Key_K, control=True)
            until(window.search.hasFocus, "the search box")
            type_into(window.search, self.code)
            until(lambda: window.search.hits, "something found")
            settle(0.4)
            gallery.picture(window, "02-search", "Search, Ctrl+K")
            press(window.search, Qt.Key.Key_Return)
            until(lambda: window.current == "site", "the page of the site")
            settle(0.8)
            gallery.picture(window, "03-site", f"Page of the site {self.code}")
        with gallery.step("The table of sites shows every site"):
            table: Any = page(window, "sites")
            until(lambda: table.rows.rowCount() > 0, "rows")
            gallery.picture(window, "04-sites", "Sites")
        with gallery.step("The map shows the sites without a network"):
            the_map: Any = page(window, "map")
            until(lambda: the_map.view.listens, "the map to answer", 90)
            settle(2.5)
            gallery.picture(window, "05-map", "Map")
            check(not the_map.view.guard.refused, f"the map asked for {the_map.view.guard.refused}")
        for place, name in enumerate(("inspections", "removal", "pcb", "settings"), start=6):
            with gallery.step(f"The page {name} opens"):
                page(window, name)
                gallery.picture(window, f"{place:02}-{name}", name.capitalize())

    # -- the inspection -----------------------------------------------------------------------------------------------

    def inspect(self) -> None:
        """Record an inspection in the guided form, sign it, see its report."""
        window, gallery = self.window, self.gallery
        with gallery.step("A new inspection is started"):
            window.go("new-inspection", self.site_id)
            form: Any = dialog(NewInspectionForm)
            gallery.picture(form, "10-new-inspection", "New inspection")
            click(form.main)
            until(lambda: window.current == "inspections", "the page of inspections")
        inspections: Any = window.pages["inspections"]
        with gallery.step("Every section is filled in and saved by itself"):
            until(lambda: inspections.form.act is not None, "the guided form")
            self._fill_in(inspections.form)
        with gallery.step("The inspection is signed and its report is shown"):
            form = inspections.form
            until(lambda: not form.gaps(), "nothing to be missing")
            click(form.sign)
            click(button_in(dialog(QMessageBox), "Sign"))
            until(lambda: window.current == "reports", "the page of reports")
            reports: Any = window.pages["reports"]
            until(lambda: reports.paper is not None, "the report of the inspection")
            settle(1.5)
            gallery.picture(window, "13-inspection-report", "Report of the inspection, in the window")
            self._save_paper("inspection.pdf", "Inspection report (PDF)")

    def _fill_in(self, form: Any) -> None:
        headings = [each.heading for each in form.sections]
        answers: dict[str, Any] = {}
        for section in form.sections:
            if not hasattr(section, "questions"):
                continue
            form.list.setCurrentRow(form.sections.index(section))
            for question in (each for each in checklist().questions if each.id in section.questions):
                if not is_asked(question, answers):
                    continue
                field = section.questions[question.id]
                if question.kind == "choice":
                    press(field.box, Qt.Key.Key_Down)
                    field.box.activated.emit(field.box.currentIndex())
                else:
                    type_into(field.input, "750" if question.kind == "number" else "seen on the spot")
                answers[question.id] = field.value()
        self.gallery.picture(self.window, "11-inspection-checklist", "Inspection, checklist")
        form.list.setCurrentRow(headings.index("Waste found"))
        click(form.sections[form.list.currentRow()].add)
        finding: Any = dialog(FindingForm)
        type_into(finding.form.fields["code"].line, "13 02 05")
        type_into(finding.form.fields["mass_g"].line, "1,2 t")
        press(finding.form.fields["mass_g"].line, Qt.Key.Key_Return)
        until(lambda: form.act.found, "the waste found")
        form.list.setCurrentRow(headings.index("Facts and conclusions"))
        section = form.sections[form.list.currentRow()]
        type_into(section.fields["facts"].text, "The fence is whole. Six drums stand under a roof, none leaks.")
        type_into(section.fields["conclusions"].text, "The waste can be removed by road.")
        until(lambda: form.state.text().startswith("saved "), "what was typed to be saved")
        self.gallery.picture(self.window, "12-inspection-conclusions", "Inspection, saved by itself")

    # -- the batch ----------------------------------------------------------------------------------------------------

    def remove(self) -> None:
        """Plan and load a removal batch; more than is there is refused."""
        window, gallery = self.window, self.gallery
        with gallery.step("A removal batch is planned"):
            window.go("new-batch", self.site_id)
            form: Any = dialog(NewBatchForm)
            type_into(form.form.fields["carrier"].line, "Training Haulage LLP")
            type_into(form.form.fields["operation"].line, "D10")
            gallery.picture(form, "20-new-batch", "New removal batch")
            click(form.main)
            until(lambda: window.current == "removal", "the page of removal")
        removal: Any = window.pages["removal"]
        batch = removal.form
        with gallery.step("More than remains on the site is refused beside its line"):
            until(lambda: batch.known is not None, "the batch")
            self.batch_id = batch.known.batch.id
            until(lambda: batch.lines.item.box.count() > 1, "waste to choose from")
            press(batch.lines.item.box, Qt.Key.Key_Down)
            batch.lines.item.box.activated.emit(batch.lines.item.box.currentIndex())
            remaining = batch.lines.mass.value()
            type_into(batch.lines.mass.line, "900000 t")
            click(batch.lines.add)
            until(batch.lines.problem.isVisible, "the refusal")
            gallery.picture(window, "21-batch-refused", "Batch: more than is there is refused")
        with gallery.step("The batch is loaded with its weighing and manifest"):
            type_into(batch.lines.mass.line, f"{max(1, remaining // 2_000)}")
            click(batch.lines.add)
            until(lambda: batch.known.lines, "the line")
            click(batch.main)
            load: Any = dialog(LoadForm)
            net = batch.known.batch.lines_g // 1000
            type_into(load.form.fields["manifest_no"].line, "TOUR-1")
            type_into(load.form.fields["gross_g"].line, f"{net + 9000}")
            type_into(load.form.fields["tare_g"].line, "9000")
            gallery.picture(load, "22-batch-load", "Loading: net is gross less tare")
            click(load.main)
            until(lambda: batch.known.batch.state is BatchState.LOADED, "the batch to be loaded")
            settle(0.5)
            gallery.picture(window, "23-batch", "Batch, loaded")

    # -- the status ---------------------------------------------------------------------------------------------------

    def change_status(self) -> None:
        """The step is refused without its document; recorded in place, it is taken."""
        window, gallery = self.window, self.gallery
        with gallery.step("A step without its document is explained"):
            window.go("status", self.site_id)
            form: Any = dialog(StatusForm)
            until(lambda: form.cards, "the next steps")
            card = next(each for each in form.cards if each.step.outlook.step.target is Status.REMOVING)
            click(card.radio)
            if DocumentType.CONTRACT in card.step.outlook.missing:
                click(form.main)
                until(form.strips.count, "the refusal")
            gallery.picture(form, "30-status-refused", "Status: what stands in the way")
        with gallery.step("The document is recorded in place and the step is taken"):
            form = dialog(StatusForm)
            if any(DocumentType.CONTRACT in each.step.outlook.missing for each in form.cards):
                form.record(DocumentType.CONTRACT)
                paper: Any = dialog(DocumentForm)
                type_into(paper.form.fields["no"].line, "TOUR-K1")
                type_into(paper.form.fields["issued_on"].line, f"{self.register.today():%d.%m.%Y}")
                click(paper.main)
            until(lambda: any(each.step.outlook.ready for each in form.cards), "everything to be there")
            gallery.picture(form, "31-status-ready", "Status: everything is there")
            click(form.main)
            until(lambda: self.status() is Status.REMOVING, "the site to be in removal")
        with gallery.step("The overview follows"):
            page(window, "overview")
            gallery.picture(window, "32-overview-after", "Overview, after the work")

    # -- papers -------------------------------------------------------------------------------------------------------

    def print_papers(self) -> None:
        """Both reports of the main job, the summary, and the rest."""
        with self.register.reading() as session:
            known = [each.code for each in sites(session, chosen=SiteFilter(text="AZPM")).first]
            removed = find_site(session, "AZPM").id if "AZPM" in known else self.site_id
        wanted = (
            ("removal-batch", self.batch_id, "Removal report of the batch"),
            ("site-removal", removed, "Removal report of a site"),
            ("summary", "", "Summary"),
            ("pcb-inventory", "", "PCB inventory"),
            ("labels", "", "Labels"),
        )
        for place, (kind, row_id, caption) in enumerate(wanted):
            with self.gallery.step(f"{caption} is made, shown and saved"):
                self.window.go("reports", f"{kind}:{row_id}")
                reports: Any = self.window.pages["reports"]
                name = reports.name.text()
                until(lambda: reports.name.text() != name and not reports.long.is_running, caption)  # noqa: B023
                settle(1.0)
                self.gallery.picture(self.window, f"{40 + place}-report-{kind}", f"{caption}, in the window")
                self._save_paper(f"{kind}.pdf", f"{caption} (PDF)")

    def _save_paper(self, name: str, caption: str) -> None:
        reports: Any = self.window.pages["reports"]
        until(lambda: reports.paper is not None and not reports.long.is_running, caption)
        target = self.gallery.paper(name, caption)
        target.unlink(missing_ok=True)
        reports.save(target)
        until(target.is_file, name)
        check(target.read_bytes()[:5] == b"%PDF-", f"{name} is no PDF")

    # -- the server ---------------------------------------------------------------------------------------------------

    def exchange(self) -> None:
        """Enrol with a central server, sync, and see the same register on a second laptop."""
        window, gallery = self.window, self.gallery
        server: Server | None = None
        try:
            with gallery.step("A central server runs beside"):
                server = Server(self.folder / "server", demo=self.register.is_demo)
            if server is None:
                return
            with gallery.step("This laptop is enrolled and synced"):
                person = self.register.me.person or "Tour"
                sync_page: Any = page(window, "sync")
                form = sync_page.enrolment.form
                type_into(form.fields["url"].line, server.url)
                type_into(form.fields["code"].line, server.code(person, "registrar"))
                gallery.picture(window, "50-enrol", "Enrolment")
                click(sync_page.enrolment.main)
                until(lambda: sync_page.known and sync_page.known.server, "the enrolment")
                click(sync_page.main)
                until(lambda: sync_page.known.syncs and not sync_page.exchange.is_running, "the sync", 180)
                until(lambda: sync_page.known.waiting_count == 0, "nothing to wait")
                settle(0.8)
                gallery.picture(window, "51-sync", "Sync")
            with gallery.step("A second laptop pulls the same register and shows the same tally"):
                self._second_laptop(server)
        finally:
            if server is not None:
                server.stop()

    def _second_laptop(self, server: Server) -> None:
        from inspector_app.sync.round import enrol, sync  # noqa: PLC0415 - the page of sync has it loaded by now

        kind = "demo" if self.register.is_demo else "real"
        other = Register.create(self.folder / "second.register", kind=kind, person="Second laptop")  # type: ignore[arg-type]
        try:
            enrol(other, server.url, server.code("Second laptop", "registrar"))
            sync(other)
            check(self.tally(other) == self.tally(), "the tallies differ")
            window = build_window(other, Settings())
            window.resize(_WIDE, _HIGH)
            window.show()
            settle(1.0)
            self.gallery.picture(window, "52-second-laptop", "The second laptop")
            _close(window)
        finally:
            other.close()

    # -- the look -----------------------------------------------------------------------------------------------------

    def dress(self) -> None:
        """Every page dark, for the sun, in Russian and in Kazakh."""
        names = [each.name for each in PAGES if each.name in self.window.rail.buttons]
        for look in ({"theme": "dark"}, {"theme": "sun"}, {"theme": "light", "language": "ru"}, {"language": "kk"}):
            look_name = str(look.get("language") or look["theme"])
            with self.gallery.step(f"Every page shows itself: {look_name}"):
                self.window.desk.prefer(**look)
                settle(0.5)
                for name in names:
                    page(self.window, name)
                    settle(1.2 if name == "map" else 0.2)
                    self.gallery.picture(self.window, f"{look_name}-{name}", f"{name.capitalize()}, {look_name}")
