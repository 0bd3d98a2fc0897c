"""The form of a site: its names, place and papers."""

from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from inspector_app.actions.sites import change_site, register_site
from inspector_app.domain.errors import InspectorError, PlaceOutside
from inspector_app.domain.rights import reaches
from inspector_app.i18n import N_
from inspector_app.models.queries.papers import SitePaper, site_of
from inspector_app.models.reference import regions
from inspector_app.ui.desk import Desk
from inspector_app.ui.fields import CheckField, ChoiceField, DateField, MultiLine, TextField
from inspector_app.ui.forms.frame import FormDialog
from inspector_app.ui.lookups import CoordinateField

_PLAIN = (
    "code",
    "region",
    "name_ru",
    "name_kk",
    "name_en",
    "discovered_on",
    "kato",
    "cadastral_no",
    "address",
    "former_owner",
    "activity",
    "radiological",
    "suspended",
    "description",
)


class SiteForm(FormDialog):
    """Registers a site, or corrects what is said of one."""

    def __init__(self, desk: Desk, site_id: str | None = None, parent: QWidget | None = None) -> None:
        """With `site_id` the site is corrected."""
        say, words = desk.words.say, desk.words
        title, submit = (say("Edit site"), say("Save")) if site_id else (say("New site"), say("Register the site"))
        super().__init__(desk, title, submit=submit, width=680, parent=parent)
        self.resize(self.width(), desk.theme.px(680))
        self._site_id = site_id
        self._known: SitePaper | None = None
        form = self.form
        mine = desk.me.regions
        names = [(kato, region.name(words)) for kato, region in regions().items() if reaches(mine, kato)]
        form.add_row(
            ("code", TextField(desk, say("Code"), required=True, hint="MNG-12")),
            ("region", ChoiceField(desk, say("Region"), names, empty=say("choose"), required=True)),
            ("discovered_on", DateField(desk, say("Discovered on"), required=True)),
        )
        self.place = CoordinateField(
            desk,
            say("Coordinates"),
            help_=say("Degrees, minutes and seconds, UTM or Gauss-Krüger; latitude first."),
            required=True,
        )
        form.add("place", self.place)
        form.add("name_ru", TextField(desk, say("Name in Russian")))
        form.add_row(("name_kk", TextField(desk, say("Name in Kazakh"))), ("name_en", TextField(desk, say("Name in English"))))
        form.add("address", TextField(desk, say("Address")))
        form.add_row(
            ("kato", TextField(desk, say("KATO"), help_=say("Nine digits."))),
            ("cadastral_no", TextField(desk, say("Cadastral number"))),
        )
        form.add_row(
            ("former_owner", TextField(desk, say("Former owner"))), ("activity", TextField(desk, say("Former activity")))
        )
        form.add("description", MultiLine(desk, say("Description"), lines=3))
        form.add_row(
            ("suspended", TextField(desk, say("Suspended because of"), help_=say("Litigation, access, weather, funding."))),
            ("radiological", CheckField(desk, say("Radiological hazard"))),
        )
        if site_id:
            self.main.setEnabled(False)
            desk.work.read(self, site_of, self._show, site_id=site_id)
        else:
            form.set_values(discovered_on=desk.work.register.today())
            self.kept.connect(lambda made: desk.go("site", made.id))

    def submit(self) -> None:
        """Register or correct the site."""
        values = self.form.values()
        if values is None:
            return
        lat, lon = values.pop("place")
        if not any(values[name] for name in ("name_ru", "name_kk", "name_en")):
            problem = self.words.say("Give the name in at least one language.")
            self.form.point_out(self.form.fields["name_ru"], problem)
            return
        if self._site_id is None:
            given = {name: value for name, value in values.items() if value is not None}
            self.send(N_("Register a site"), register_site, lat=lat, lon=lon, coordinate_text=self.place.typed, **given)
            return
        known = self._known
        if known is not None:
            changed = {name: value for name, value in values.items() if value != getattr(known, name)}
            if abs(lat - known.lat) > 1e-7 or abs(lon - known.lon) > 1e-7:
                changed |= {"lat": lat, "lon": lon, "coordinate_text": self.place.typed}
            self.send(N_("Edit a site"), change_site, self._site_id, **changed)

    def show_error(self, error: InspectorError) -> None:
        """A place outside the country belongs under the coordinates."""
        if isinstance(error, PlaceOutside):
            self.form.point_out(self.place, error)
        else:
            super().show_error(error)

    def _show(self, known: SitePaper) -> None:
        if isValid(self):
            self._known = known
            self.note.setText(known.code)
            self.note.show()
            self.form.set_values(place=(known.lat, known.lon), **{name: getattr(known, name) for name in _PLAIN})
            self.main.setEnabled(True)
