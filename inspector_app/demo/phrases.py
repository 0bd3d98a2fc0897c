"""Words that the demo register is written in: invented people and bodies, captions, numbers of papers."""

from inspector_app.domain.ownership import DocumentType

_D = DocumentType
OPERATOR = "Учебный национальный оператор"
INSPECTORS = ("А. Примеров", "С. Образцова", "Д. Макетов", "Н. Пробная")
PREFIX = {
    _D.DISCOVERY_ACT: "АО", _D.SURVEY_ACT: "АОб", _D.LAB_PROTOCOL: "ПИ", _D.OWNER_INQUIRY: "ОТВ", _D.CLAIM: "ИСК",
    _D.COURT_DECISION: "РС", _D.MENR_CONSENT: "СГ", _D.INVENTORY_ACT: "ИО", _D.ACCEPTANCE_ACT: "АПП", _D.CONTRACT: "ДГ",
    _D.WORKS_ACT: "АВР", _D.CLEARANCE_ACT: "АОТ", _D.LEB_ACT: "АП", _D.SALE_PROTOCOL: "ПК", _D.SALE_CONTRACT: "ДКП",
    _D.MANIFEST: "ТТН", _D.DESTRUCTION_CERT: "СУ", _D.WASTE_PASSPORT: "ПОО", _D.VALUATION: "ОЦ",
}  # fmt: skip
CAPTIONS = {
    "drum-yard": "Бочки у склада, вид от ворот",
    "leak": "Течь из бочки, разлив на бетоне",
    "tailings": "Сухой пляж хвостохранилища, вид на север",
    "dosimeter": "Показание дозиметра, высота 1 м",
    "transformer": "Трансформатор на открытой площадке",
    "nameplate": "Табличка трансформатора",
    "capacitors": "Стеллажи с конденсаторами",
    "sacks": "Мешки с реактивами в складе",
    "pit": "Шламовый амбар, южный борт",
    "plant": "Колонны и ёмкости бывшего цеха",
    "truck": "Взвешивание автопоезда перед выездом",
    "cleared": "Очищенная территория, точки контрольных проб",
}
WEATHER = (
    "Ясно, −8 °C, ветер 4 м/с",
    "Облачно, +6 °C",
    "Ясно, +19 °C, ветер 3 м/с",
    "Ясно, +31 °C",
    "Пасмурно, +11 °C, морось",
)
ATTENDEES = [
    {"name": "Г. Учебнова", "position": "главный специалист", "organisation": "Учебный департамент экологии"},
    {"name": "Б. Понарошкин", "position": "ведущий специалист", "organisation": "Учебный акимат"},
]
SIGNATURES = [
    {"name": "А. Примеров", "position": "инспектор", "organisation": OPERATOR},
    {"name": "Г. Учебнова", "position": "главный специалист", "organisation": "Учебный департамент экологии"},
    {"name": "Б. Понарошкин", "position": "ведущий специалист", "organisation": "Учебный акимат"},
]
