"""Every page and command of the window with its name, key and icon, in one table."""

from dataclasses import dataclass

from inspector_app.i18n import N_


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page of the rail: its module in ui/pages, its class, its name, its icon and its key."""

    name: str
    kind: str
    label: str
    icon: str
    key: str


PAGES: tuple[PageEntry, ...] = (
    PageEntry("overview", "OverviewPage", N_("Overview"), "view-dashboard-outline", "Ctrl+1"),
    PageEntry("sites", "SitesPage", N_("Sites"), "map-marker-radius-outline", "Ctrl+2"),
    PageEntry("map", "MapPage", N_("Map"), "map-outline", "Ctrl+3"),
    PageEntry("inspections", "InspectionsPage", N_("Inspections"), "clipboard-check-outline", "Ctrl+4"),
    PageEntry("removal", "RemovalPage", N_("Removal"), "truck-outline", "Ctrl+5"),
    PageEntry("pcb", "PcbPage", N_("PCB"), "lightning-bolt-outline", "Ctrl+6"),
    PageEntry("reports", "ReportsPage", N_("Reports"), "file-document-outline", "Ctrl+7"),
    PageEntry("sync", "SyncPage", N_("Sync"), "cloud-sync-outline", "Ctrl+9"),
    PageEntry("settings", "SettingsPage", N_("Settings"), "cog-outline", "Ctrl+0"),
)
"""In the order of the rail; settings stand apart at its foot."""

SITE_PAGE = PageEntry("site", "SitePage", N_("Site"), "map-marker-radius-outline", "")
"""The page of one site, reached through its row."""


@dataclass(frozen=True, slots=True)
class Command:
    """What a key does wherever the focus is."""

    name: str
    label: str
    key: str


COMMANDS: tuple[Command, ...] = (
    Command("search", N_("Find anything"), "Ctrl+K"),
    Command("undo", N_("Undo the last change"), "Ctrl+Z"),
    Command("back", N_("Back to the page before"), "Alt+Left"),
    Command("new-site", N_("New site"), "Ctrl+N"),
    Command("keys", N_("Keys"), "F1"),
    Command("quit", N_("Quit"), "Ctrl+Q"),
)

IN_TABLES: tuple[tuple[str, str], ...] = (
    (N_("Open the row"), "Enter"),
    (N_("Copy the chosen rows"), "Ctrl+C"),
    (N_("First row"), "Home"),
    (N_("Last row"), "End"),
    (N_("Filter by text"), "Ctrl+F"),
)
"""Keys that tables know, for the list of keys."""
