"""What the search box lists: a hit, and of what kind it is."""

from dataclasses import dataclass

from inspector_app.domain.codes import Code
from inspector_app.i18n import N_, Words


class HitKind(Code):
    """What was found; the label heads its group in the list."""

    SITE = "site", N_("Sites")
    WASTE_TYPE = "waste_type", N_("Waste classifier")
    WASTE_ITEM = "waste_item", N_("Waste on sites")
    PCB_ITEM = "pcb_item", N_("PCB equipment")
    DOCUMENT = "document", N_("Documents")
    BATCH = "removal_batch", N_("Removal batches")
    INSPECTION = "inspection", N_("Inspections")
    DECISION = "court_decision", N_("Court decisions")
    CONTRACT = "contract", N_("Contracts")


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the list: what it is called, its names where it has any, and the site it belongs to.

    `id` is the row's id, for a type of the classifier its six digits.
    """

    kind: HitKind
    id: str
    called: str
    site_id: str | None = None
    site_code: str | None = None
    name_en: str | None = None
    name_ru: str | None = None
    name_kk: str | None = None

    def name(self, words: Words) -> str:
        """The name in a language, or an empty text."""
        return words.pick(self.name_en, self.name_ru, self.name_kk)
