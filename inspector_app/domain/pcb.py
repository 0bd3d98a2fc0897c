"""PCB equipment: closed lists, concentration classes, plausibility and Stockholm dates (domain.md 3)."""

import re
from datetime import date
from decimal import Decimal

from inspector_app.domain.codes import Code
from inspector_app.domain.errors import BadValue, RuleBroken
from inspector_app.i18n import N_


class EquipmentType(Code):
    """Kinds of PCB equipment (domain.md 3.5)."""

    TRANSFORMER = "TRANSFORMER", N_("Transformer")
    CAPACITOR = "CAPACITOR", N_("Capacitor")
    CAPACITOR_BANK = "CAPACITOR_BANK", N_("Capacitor bank")
    SWITCH = "SWITCH", N_("Switch")
    RECTIFIER = "RECTIFIER", N_("Rectifier")
    OIL_CONTAINER = "OIL_CONTAINER", N_("Oil container")
    CABLE = "CABLE", N_("Cable")
    SOIL = "SOIL", N_("Soil")
    RAGS_PPE = "RAGS_PPE", N_("Rags, protective clothing")
    OTHER = "OTHER", N_("Other equipment")


class TestMethod(Code):
    """How a concentration was found (domain.md 3.5). Only GC_* may lower a class below 50 ppm."""

    __test__ = False  # not a test class, whatever its name says

    NONE = "NONE", N_("Not tested")
    NAMEPLATE = "NAMEPLATE", N_("Nameplate")
    DENSITY = "DENSITY", N_("Density")
    SCREEN_COLOR = "SCREEN_COLOR", N_("Screening kit")
    SCREEN_L2000 = "SCREEN_L2000", N_("Express analyser")
    GC_ECD = "GC_ECD", N_("Gas chromatography, ECD")
    GC_MS = "GC_MS", N_("Gas chromatography, MS")


class ConcentrationClass(Code):
    """Classes by strict bounds in ppm (domain.md 3.5): exactly 50 is LE_50, exactly 500 is GT_50, exactly 100 000 is GT_500."""

    GT_10PCT = "GT_10PCT", N_("over 10 %")
    GT_500 = "GT_500", N_("over 500 ppm")
    GT_50 = "GT_50", N_("over 50 ppm")
    LE_50 = "LE_50", N_("up to 50 ppm")
    NO_PCB = "NO_PCB", N_("no PCB")
    UNKNOWN = "UNKNOWN", N_("not known")
    EMPTIED = "EMPTIED", N_("emptied")


class OperationalStatus(Code):
    """Operational status (domain.md 3.5)."""

    IN_USE = "IN_USE", N_("In use")
    STANDBY = "STANDBY", N_("Stand-by")
    OUT_OF_SERVICE = "OUT_OF_SERVICE", N_("Out of service")
    WASTE = "WASTE", N_("Waste")
    REMOVED = "REMOVED", N_("Taken away")
    DESTROYED = "DESTROYED", N_("Destroyed")


class EquipmentCondition(Code):
    """Condition (domain.md 3.5)."""

    INTACT = "INTACT", N_("Intact, no leak")
    WEEPING = "WEEPING", N_("Weeping")
    LEAKING = "LEAKING", N_("Leaking")
    DAMAGED = "DAMAGED", N_("Damaged")
    DISMANTLED = "DISMANTLED", N_("Dismantled")


class Liquid(Code):
    """Trade names of dielectric liquids (domain.md 3.5)."""

    SOVOL = "SOVOL", N_("Sovol")
    SOVTOL10 = "SOVTOL10", N_("Sovtol-10")
    TCD = "TCD", N_("Trichlorodiphenyl")
    HEXOL = "HEXOL", N_("Hexol")
    NITROSOVOL = "NITROSOVOL", N_("Nitrosovol")
    DELOR = "DELOR", N_("Delor")
    AROCLOR = "AROCLOR", N_("Aroclor")
    CLOPHEN = "CLOPHEN", N_("Clophen")
    PYRALENE = "PYRALENE", N_("Pyralene")
    ASKAREL = "ASKAREL", N_("Askarel")
    MINERAL_OIL = "MINERAL_OIL", N_("Mineral oil")
    UNKNOWN = "UNKNOWN", N_("Unknown liquid")


STOCKHOLM_USE_ENDS = date(2025, 12, 31)
"""Use of PCB in equipment ends (Stockholm Convention, Annex A Part II; domain.md 3.1)."""
STOCKHOLM_DISPOSAL_ENDS = date(2028, 12, 31)
"""Environmentally sound management of liquids and equipment above 50 ppm is to be reached."""

GC = frozenset({TestMethod.GC_ECD, TestMethod.GC_MS})
"""The only methods that may lower a class or overturn a nameplate (domain.md 3.5)."""
SCREENING = frozenset({TestMethod.DENSITY, TestMethod.SCREEN_COLOR, TestMethod.SCREEN_L2000})
"""Methods that may raise suspicion and never take it away: chlorine of other kinds answers too."""
PCB_LIQUIDS = frozenset(Liquid) - {Liquid.MINERAL_OIL, Liquid.UNKNOWN}
"""Trade names of liquids that are PCB by their recipe."""
ABOVE_50 = frozenset({ConcentrationClass.GT_10PCT, ConcentrationClass.GT_500, ConcentrationClass.GT_50})
"""Classes to which the duties of the Stockholm Convention apply."""
DECLARED = frozenset({ConcentrationClass.NO_PCB, ConcentrationClass.UNKNOWN, ConcentrationClass.EMPTIED})
"""Classes that a person may state; every other follows from evidence (INV-09)."""

DENSITIES: dict[Liquid, tuple[Decimal, Decimal]] = {
    Liquid.SOVOL: (Decimal("1.50"), Decimal("1.54")),
    Liquid.SOVTOL10: (Decimal("1.52"), Decimal("1.56")),
    Liquid.TCD: (Decimal("1.37"), Decimal("1.40")),
    Liquid.MINERAL_OIL: (Decimal("0.84"), Decimal("0.90")),
}
"""Density in kg per litre, from and to (domain.md 3.2)."""

_BOUNDS = (
    (100_000, ConcentrationClass.GT_10PCT),
    (500, ConcentrationClass.GT_500),
    (50, ConcentrationClass.GT_50),
)
_SYNTHETIC = re.compile(r"(КС|ЭС|ДС|ТНЗ|ТНП|KS|ES|DS|TNZ|TNP)")
_LAST_YEAR_OF_PCB = 1990
LABEL = re.compile(r"KZ-PCB-(\d{2})-(?:(\d{1,5})-)?(\d{6})")


def percent(ppm: float) -> float:
    """Parts per million (mg/kg) as per cent: 500 ppm is 0.05 %."""
    return ppm / 10_000


def from_percent(share: float) -> float:
    """Per cent as parts per million (mg/kg): 10 % is 100 000 ppm."""
    return share * 10_000


def by_bounds(ppm: float, qualifier: str | None = "=") -> ConcentrationClass:
    """The class of a concentration; bounds are strictly greater, so '> 50' is over 50 and '= 50' is not (domain.md 3.5)."""
    for bound, name in _BOUNDS:
        if ppm > bound or (ppm == bound and qualifier == ">"):
            return name
    return ConcentrationClass.LE_50


def is_presumed(model: str | None, year_made: int | None) -> bool:
    """Whether type and year speak for PCB until gas chromatography says otherwise (domain.md 3.2, presumption rule)."""
    synthetic = model is not None and _SYNTHETIC.match(model.strip().upper()) is not None
    return synthetic and (year_made is None or year_made <= _LAST_YEAR_OF_PCB)


def classify(
    *,
    ppm: float | None = None,
    qualifier: str | None = "=",
    method: TestMethod = TestMethod.NONE,
    liquid: Liquid | None = None,
    model: str | None = None,
    year_made: int | None = None,
    declared: ConcentrationClass | None = None,
) -> ConcentrationClass:
    """The class that the evidence allows (INV-09, INV-10); `ppm` is mg/kg.

    In order: what a person states as emptied; gas chromatography; the worst of what nameplate, liquid, presumption and
    screening say; what a person states as free of PCB. A screening of 50 ppm or less proves nothing.
    """
    if declared is ConcentrationClass.EMPTIED:
        return declared
    if ppm is not None and method in GC:
        return by_bounds(ppm, qualifier)
    suspicions = []
    if liquid in PCB_LIQUIDS or is_presumed(model, year_made):
        suspicions.append(ConcentrationClass.GT_10PCT)
    if ppm is not None and qualifier != "<":
        suspected = by_bounds(ppm, qualifier)
        if suspected in ABOVE_50:
            suspicions.append(suspected)
    if suspicions:
        return min(suspicions, key=list(ConcentrationClass).index)
    return ConcentrationClass.NO_PCB if declared is ConcentrationClass.NO_PCB else ConcentrationClass.UNKNOWN


def check_lowering(before: ConcentrationClass, after: ConcentrationClass, method: TestMethod) -> None:
    """Only gas chromatography takes an item below 50 ppm. Raises RuleBroken (INV-10)."""
    if before in ABOVE_50 and after in {ConcentrationClass.LE_50, ConcentrationClass.NO_PCB} and method not in GC:
        raise RuleBroken(
            rule=N_("Only gas chromatography shows that an item is below 50 ppm."), invariant="INV-10", field=N_("Tested by")
        )


def check_masses(
    *,
    total_g: int | None = None,
    dry_g: int | None = None,
    liquid_g: int | None = None,
    liquid_ml: int | None = None,
    liquid: Liquid | None = None,
) -> None:
    """Whether the masses of an item can be true together. Raises BadValue or RuleBroken (INV-05, INV-08)."""
    if any(mass is not None and mass < 0 for mass in (total_g, dry_g, liquid_g, liquid_ml)):
        raise BadValue(field=N_("Mass"), reason=N_("a mass is never negative."))
    if total_g is not None and total_g * 100 < ((dry_g or 0) + (liquid_g or 0)) * 99:
        raise RuleBroken(
            rule=N_("The whole item weighs no less than its dry mass and its liquid."),
            invariant="INV-08",
            field=N_("Whole mass"),
        )
    if liquid in DENSITIES and liquid_g and liquid_ml:
        low, high = DENSITIES[liquid]
        if not low * liquid_ml * Decimal("0.9") <= liquid_g <= high * liquid_ml * Decimal("1.1"):
            raise RuleBroken(rule=N_("Mass and volume of the liquid do not fit its density."), invariant="INV-08")


def check_qualifier(qualifier: str | None) -> None:
    """A concentration is measured, below or above a value. Raises BadValue."""
    if qualifier not in {None, "=", "<", ">"}:
        raise BadValue(field=N_("Concentration"), reason=N_("=, < or > is expected."))


def stockholm_priority(concentration: ConcentrationClass, liquid_ml: int | None) -> int | None:
    """Priority 1 to 3 of the Stockholm Convention, by class and volume; nothing when no duty applies (domain.md 3.1).

    An unknown volume counts as large: the duty holds until it is measured.
    """
    litres = None if liquid_ml is None else liquid_ml / 1000
    for priority, (name, least_l) in enumerate(
        ((ConcentrationClass.GT_10PCT, 5), (ConcentrationClass.GT_500, 5), (ConcentrationClass.GT_50, 0.05)), start=1
    ):
        if concentration is name:
            return priority if litres is None or litres > least_l else 3 if litres > 0.05 else None
    return None


def is_adr_exempt(concentration: ConcentrationClass) -> bool:
    """Up to 50 mg/kg is not subject to ADR (special provision 305)."""
    return concentration in {ConcentrationClass.LE_50, ConcentrationClass.NO_PCB}


def make_label(region: str, number: int, *, device_no: str = "") -> str:
    """KZ-PCB-<KATO2>-<6 digits> (domain.md 3.4); an enrolled laptop puts its own number before the last part (decision 012)."""
    return f"KZ-PCB-{region}-{device_no}{'-' if device_no else ''}{number:06}"
