"""PCB equipment: closed lists, concentration classes, plausibility and Stockholm dates (domain.md 3)."""

from inspector_app.domain.codes import Code
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
