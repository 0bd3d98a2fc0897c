"""The orders of the table of sites: what its indexes are made of, and what its questions must say in the same words."""

ALIVE = "deleted = 0"
"""The condition of an index over the sites that are shown."""

SORTED = (
    "status_since",
    "state_owned_since",
    "items",
    "inventory_g",
    "removed_g",
    "remaining_g",
    "pcb_items",
    "discovered_on",
)
"""Columns that the table of sites is sorted by; each has an index out of which the numbers come in order."""

SHOWN_NAME = {
    "en": "coalesce(name_en, name_ru, name_kk)",
    "ru": "coalesce(name_ru, name_en, name_kk)",
    "kk": "coalesce(name_kk, name_ru, name_en)",
}
"""The name that is sorted by in a language."""
