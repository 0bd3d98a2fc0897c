"""Inspections: kinds, completeness of the form, and the risk scores with their factors (domain.md 4.1, 4.2)."""

from inspector_app.domain.codes import Code
from inspector_app.i18n import N_


class InspectionKind(Code):
    """Kinds of inspections (domain.md 6.1)."""

    INITIAL = "INITIAL", N_("Initial")
    REPEAT = "REPEAT", N_("Repeat")
    CONTROL = "CONTROL", N_("Control")
    CLOSURE = "CLOSURE", N_("Closure")


class InspectionState(Code):
    """A draft can be changed; a signed inspection is amended, never changed (INV-14)."""

    DRAFT = "DRAFT", N_("Draft")
    SIGNED = "SIGNED", N_("Signed")


class RiskClass(Code):
    """Class from the two scores (domain.md 4.1)."""

    LOW = "LOW", N_("Low")
    MEDIUM = "MEDIUM", N_("Medium")
    HIGH = "HIGH", N_("High")
    CRITICAL = "CRITICAL", N_("Critical")


class Matrix(Code):
    """What a sample is taken from (domain.md 6.1)."""

    SOIL = "SOIL", N_("Soil")
    OIL = "OIL", N_("Oil")
    LIQUID = "LIQUID", N_("Liquid")
    SOLID = "SOLID", N_("Solid")
    WATER = "WATER", N_("Water")
    AIR = "AIR", N_("Air")
    WIPE = "WIPE", N_("Wipe")


class MeasurementKind(Code):
    """What a field instrument reads, and in which unit (domain.md 6.1)."""

    GAMMA = "GAMMA", N_("Gamma dose rate, µSv/h")
    VOC = "VOC", N_("Volatile organic compounds, ppm")
    PH = "PH", N_("Acidity, pH")
    LEL = "LEL", N_("Explosive limit, % LEL")
