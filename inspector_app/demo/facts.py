"""The sites of the demo register as records: where they are, what lies there, what became of them, who pays.

Published are the 17 = 6 + 2 + 2 + 6 + 1, AZPM with 121 + 2 + 83 waste types and its failed tender, Koshkar-Ata, the 7
legacy sites in 4 regions and both sums (product.md). Everything else is made up and says so in its name: «Учебный объект».
"""

from dataclasses import dataclass
from datetime import date

from inspector_app.domain.ownership import Status


@dataclass(frozen=True, slots=True)
class Lot:
    """One waste of a site. `grams` is its accepted quantity."""

    code: str
    grams: int
    packages: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """One site of the demo register. `reach_m` is about half its width; `owned` is the day it came to the state."""

    code: str
    region: str
    kato: str
    lat: float
    lon: float
    address: str
    former_owner: str
    activity: str
    reach_m: int
    discovered: date
    end: Status
    lots: tuple[Lot, ...]
    scenes: tuple[str, ...]
    owned: date | None = None
    closed: date | None = None
    legacy: bool = False
    name_en: str = ""
    name_ru: str = ""
    name_kk: str = ""

    @property
    def names(self) -> dict[str, str]:
        """The name in three languages; a training site is numbered like its code."""
        number = self.code.removeprefix("TS-").lstrip("0")
        return {
            "name_en": self.name_en or f"Training site {number}",
            "name_ru": self.name_ru or f"Учебный объект {number}",
            "name_kk": self.name_kk or f"Оқу нысаны {number}",
        }


def _t(code: str, tonnes: float, packages: int | None = None, name: str | None = None) -> Lot:
    return Lot(code, round(tonnes * 1_000_000), packages, name)


_S, _D = Status, date

AZPM = Place(
    "AZPM", "47", "471010000", 43.6752, 51.2204, "г. Актау, промышленная зона № 6", "АО «АЗПМ» (ликвидировано)",
    "Производство стирола, полистирола и АБС-пластиков", 420, _D(2019, 4, 16), _S.REMOVED, (),
    ("plant", "drum-yard", "sacks", "truck", "cleared"), owned=_D(2021, 9, 14), closed=_D(2025, 11, 27),
    name_en="Former Aktau plastics plant (AZPM)", name_ru="Бывший Актауский завод пластических масс (АЗПМ)",
    name_kk="Бұрынғы Ақтау пластмасса зауыты (АЗПМ)",
)  # fmt: skip
KOSHKAR_ATA = Place(
    "KOSHKAR-ATA", "47", "473630000", 43.7235, 51.2412, "Мунайлинский район, 5 км севернее г. Актау",
    "Прикаспийский горно-металлургический комбинат (ликвидирован)", "Хвостохранилище переработки урановых и редкоземельных руд",
    2600, _D(2018, 5, 22), _S.PENDING_REMOVAL, (_t("010305", 360_000_000, None, "Хвосты гидрометаллургического производства"),),
    ("tailings", "dosimeter"), owned=_D(2022, 6, 21),
    name_en="Koshkar-Ata tailings pond", name_ru="Хвостохранилище Кошкар-Ата", name_kk="Қошқар-Ата қалдық қоймасы",
)  # fmt: skip

PLACES: tuple[Place, ...] = (
    AZPM,
    KOSHKAR_ATA,
    Place(
        "TS-01", "61", "612010000", 42.4502, 68.8511, "г. Арыс, северная окраина", "ПК «Учебный Агроснаб-1»",
        "Склад ядохимикатов", 60, _D(2019, 5, 14), _S.REMOVED,
        (_t("020108", 48.2, 1205), _t("150110", 6.1), _t("170503", 84.5)), ("sacks",), owned=_D(2020, 11, 10),
        closed=_D(2022, 10, 18),
    ),
    Place(
        "TS-02", "39", "392010000", 52.9518, 63.0712, "г. Рудный, промзона", "ТОО «Учебный Гальваник»", "Гальванический цех",
        85,
        _D(2019, 9, 3), _S.REMOVED, (_t("110109", 62.4, 312), _t("060101", 8.3, 166), _t("110105", 5.6, 28)),
        ("drum-yard",), owned=_D(2021, 3, 23), closed=_D(2023, 8, 29),
    ),
    Place(
        "TS-03", "31", "311010000", 42.8524, 71.2918, "г. Тараз, бывшая площадка фосфорного цеха", "АО «Учебный Фосфор»",
        "Производство жёлтого фосфора", 140, _D(2020, 3, 11), _S.REMOVED, (_t("160303", 142.0, 71), _t("160305", 21.4, 107)),
        ("pit",), owned=_D(2021, 12, 7), closed=_D(2024, 6, 25),
    ),
    Place(
        "TS-04", "59", "591010000", 54.8315, 69.2307, "г. Петропавловск, база снабжения", "ГКП «Учебная база 4»",
        "База минеральных удобрений", 70, _D(2020, 8, 19), _S.REMOVED,
        (_t("020108", 36.7, 918), _t("200121", 1.24, 62), _t("061301", 9.8, 245)), ("sacks",), owned=_D(2022, 4, 5),
        closed=_D(2024, 11, 12),
    ),
    Place(
        "TS-05", "63", "632810000", 50.3128, 83.5721, "г. Риддер, отвал № 3", "АО «Учебный Полиметалл»",
        "Металлургический цех", 160,
        _D(2020, 10, 6), _S.REMOVED, (_t("060403", 88.0, 440), _t("170503", 212.0)), ("drum-yard", "cleared"),
        owned=_D(2022, 9, 20), closed=_D(2025, 9, 23), legacy=True,
    ),
    Place(
        "TS-06", "23", "231010000", 47.1429, 51.9612, "г. Атырау, резервуарный парк", "ТОО «Учебный Нефтесбыт»", "Нефтебаза",
        130,
        _D(2020, 6, 16), _S.SOLD, (_t("130205", 118.6, 593), _t("160708", 81.2)), ("pit",), owned=_D(2021, 10, 26),
        closed=_D(2023, 5, 16),
    ),
    Place(
        "TS-07", "43", "431010000", 44.8106, 65.5523, "г. Кызылорда, ул. Учебная, 7", "ИП «Учебный Аккумулятор»",
        "Пункт приёма аккумуляторов", 45, _D(2021, 2, 9), _S.SOLD, (_t("160601", 34.4, 860), _t("160802", 12.7, 127)),
        ("drum-yard",), owned=_D(2022, 11, 15), closed=_D(2024, 9, 10),
    ),
    Place(
        "TS-08", "11", "111010000", 53.2501, 69.4418, "г. Кокшетау, бывший завод асбестоцементных изделий",
        "АО «Учебный Шифер»",
        "Производство асбестоцементных листов", 110, _D(2019, 7, 23), _S.TRANSFERRED_LEB,
        (_t("170605", 95.3, 4765), _t("170601", 14.2, 710)),
        ("sacks",), owned=_D(2021, 6, 1), closed=_D(2022, 12, 6),
    ),
    Place(
        "TS-09", "27", "271010000", 51.2117, 51.3206, "г. Уральск, территория арматурного завода", "АО «Учебная Арматура»",
        "Литейный и гальванический цехи", 95, _D(2021, 9, 14), _S.TRANSFERRED_LEB, (_t("170106", 302.0), _t("120116", 18.9)),
        ("plant",), owned=_D(2023, 6, 13), closed=_D(2025, 4, 22),
    ),
    Place(
        "TS-10", "63", "631010000", 49.9942, 82.5104, "г. Усть-Каменогорск, северная промзона", "АО «Учебный Конденсатор»",
        "Производство силовых конденсаторов", 210, _D(2020, 11, 17), _S.PENDING_REMOVAL,
        (_t("160209", 46.4, 1040), _t("130301", 11.2, 56), _t("170902", 71.5)), ("capacitors", "leak"),
        owned=_D(2023, 9, 12), legacy=True,
    ),
    Place(
        "TS-11", "35", "351010000", 49.8532, 73.2117, "г. Караганда, Октябрьский район, база 11", "ТОО «Учебный Катализатор»",
        "Склад катализаторов и масел", 75, _D(2022, 3, 15), _S.FOR_SALE, (_t("160802", 58.0, 580), _t("130205", 40.6, 203)),
        ("drum-yard",), owned=_D(2023, 11, 21), legacy=True,
    ),
    Place(
        "TS-12", "55", "552210000", 51.7614, 75.4018, "г. Экибастуз, бывшая подстанция", "АО «Учебные Сети»",
        "Электрическая подстанция 1150 кВ", 240, _D(2021, 5, 18), _S.REMOVING,
        (_t("160209", 96.8, 310), _t("130301", 17.4, 87), _t("170503", 640.0)), ("transformer", "nameplate", "truck"),
        owned=_D(2023, 4, 11), legacy=True,
    ),
    Place(
        "TS-13", "15", "153220000", 49.9187, 57.3126, "г. Алга, шламовая карта № 2", "АО «Учебный Химкомбинат»",
        "Производство борной кислоты и суперфосфата", 320, _D(2019, 11, 12), _S.REMOVING,
        (_t("060405", 4200.0), _t("060313", 860.0)),
        ("pit", "truck"), owned=_D(2022, 3, 29), legacy=True,
    ),
    Place(
        "TS-14", "35", "352310000", 50.0934, 72.9021, "г. Темиртау, пруд-накопитель", "АО «Учебный Карбид»",
        "Производство синтетического каучука", 280, _D(2021, 8, 24), _S.PENDING_REMOVAL,
        (_t("050107", 6800.0), _t("050106", 1240.0), _t("160209", 8.2, 2)), ("pit", "transformer"), owned=_D(2024, 3, 19),
        legacy=True,
    ),
    Place(
        "TS-15", "15", "151010000", 50.3308, 57.1204, "г. Актобе, левый берег р. Илек, карта 5", "АО «Учебный Хромсплав»",
        "Производство хромовых соединений", 180, _D(2024, 4, 9), _S.UNDER_INSPECTION,
        (_t("060313", 910.0), _t("110198", 46.0, 230)),
        ("drum-yard", "plant"), owned=_D(2026, 6, 16), legacy=True,
    ),
    Place(
        "TS-16", "10", "101010000", 50.4502, 80.1718, "г. Семей, заброшенный склад у железной дороги", "", "Неизвестна", 40,
        _D(2026, 10, 20), _S.DISCOVERED, (), ("sacks",),
    ),
    Place(
        "TS-17", "33", "331010000", 45.0521, 78.3112, "г. Талдыкорган, территория аккумуляторного завода", "",
        "Производство аккумуляторов", 90, _D(2026, 6, 9), _S.OWNER_SEARCH, (_t("160601", 22.0, 550),), ("drum-yard",),
    ),
    Place(
        "TS-18", "19", "191610000", 43.8911, 77.1325, "г. Конаев, карьер за промзоной", "", "Свалка отходов лакокраски", 65,
        _D(2026, 1, 27), _S.CLAIM_FILED, (_t("080111", 17.5, 350), _t("140603", 6.4, 32)), ("leak",),
    ),
    Place(
        "TS-19", "62", "621010000", 47.8232, 67.6214, "г. Жезказган, бывший реагентный двор", "АО «Учебный Реагент»",
        "Обогатительная фабрика", 120, _D(2025, 8, 12), _S.DECIDED, (_t("060311", 3.2, 64), _t("160507", 11.8, 236)),
        ("drum-yard",),
    ),
    Place(
        "TS-20", "23", "233620000", 46.9204, 54.0712, "г. Кульсары, амбар нефтешлама", "ТОО «Учебный Промысел»",
        "Добыча нефти", 150,
        _D(2025, 3, 18), _S.OWNER_FOUND, (_t("050106", 430.0),), ("pit",),
    ),
    Place(
        "TS-21", "61", "612410000", 43.4903, 68.4217, "г. Кентау, отвал", "АО «Учебный Экскаватор»", "Машиностроение", 105,
        _D(2024, 9, 17), _S.COURT_REFUSED, (_t("120116", 27.0, 135),), ("plant",),
    ),
    Place(
        "TS-22", "11", "111810000", 52.3722, 71.9416, "г. Степногорск, склад № 22", "АО «Учебный Биопром»",
        "Склад бытовой химии", 55,
        _D(2023, 10, 24), _S.COMMUNAL, (_t("200119", 4.6, 115), _t("200127", 9.3, 310)), ("sacks",),
    ),
)  # fmt: skip
"""17 sites of the state, then seven that never came to it or are on their way to court."""

LEGACY_BUDGET: tuple[tuple[int, int, int], ...] = (
    (2023, 900_000_000, 842_600_000),
    (2024, 1_600_000_000, 1_518_300_000),
    (2025, 2_400_000_000, 2_364_900_000),
    (2026, 3_100_000_000, 1_902_400_000),
    (2027, 2_300_000_000, 0),
    (2028, 1_600_000_000, 0),
)
"""(year, planned, spent) in tenge of the legacy programme: 11.9 billion planned (product.md)."""

KOSHKAR_ATA_BUDGET: tuple[tuple[int, int, int], ...] = (
    (2025, 400_000_000, 371_200_000),
    (2026, 1_200_000_000, 640_800_000),
    (2027, 1_800_000_000, 0),
    (2028, 1_600_000_000, 0),
)
"""(year, planned, spent) in tenge of Koshkar-Ata's own line: 5 billion planned, apart from the programme (product.md)."""


@dataclass(frozen=True, slots=True)
class Equipment:
    """PCB equipment of a site: `pieces` of one model. Masses in grams, liquid in grams and millilitres, `ppm` in mg/kg."""

    site: str
    equipment: str
    model: str
    maker: str
    country: str
    pieces: int
    first_serial: int
    year: int
    total_g: int
    dry_g: int
    liquid_g: int
    liquid_ml: int
    liquid: str
    method: str
    ppm: float | None
    power_kvar: float | None
    voltage_kv: float | None
    storage: str
    target: str | None = None


EQUIPMENT: tuple[Equipment, ...] = (
    Equipment(
        "TS-10", "CAPACITOR", "КС2-1,05-75", "УККЗ", "Казахская ССР", 9, 418_203, 1984, 54_000, 34_600, 19_400, 14_000,
        "TCD", "NAMEPLATE",
        None, 75, 1.05, "Цех 3, стеллаж 1", "Контейнер К-1, площадка временного хранения",
    ),
    Equipment(
        "TS-10", "CAPACITOR", "КСК2-1,05-125", "УККЗ", "Казахская ССР", 6, 602_417, 1987, 58_000, 37_500, 20_500, 14_800,
        "TCD", "NAMEPLATE",
        None, 125, 1.05, "Цех 3, стеллаж 2", "Контейнер К-2, площадка временного хранения",
    ),
    Equipment(
        "TS-10", "OIL_CONTAINER", "Бочка 200 л", "", "", 2, 31, 1991, 236_000, 21_000, 215_000, 245_000, "MINERAL_OIL",
        "SCREEN_L2000", 640,
        None, None, "Маслохозяйство", None,
    ),
    Equipment(
        "TS-12", "TRANSFORMER", "ТНЗ-1000/10", "Чирчикский трансформаторный завод", "Узбекская ССР", 4, 20_417, 1978, 5_420_000,
        3_530_000, 1_890_000, 1_225_000, "SOVTOL10", "NAMEPLATE", None, 1000, 10, "Открытая площадка, ячейка 4",
        "Ангар подстанции, поддоны с бортом",
    ),
    Equipment(
        "TS-12", "TRANSFORMER", "ТНП-630/6", "Уралэлектротяжмаш", "РСФСР", 2, 7_118, 1974, 3_980_000, 2_620_000, 1_360_000,
        880_000,
        "SOVTOL10", "GC_ECD", 912_000, 630, 6, "Открытая площадка, ячейка 7", "Ангар подстанции, поддоны с бортом",
    ),
    Equipment(
        "TS-12", "TRANSFORMER", "ТМ-1000/10", "Учебный завод", "", 1, 90_551, 1988, 3_050_000, 2_330_000, 720_000, 820_000,
        "MINERAL_OIL",
        "SCREEN_COLOR", None, 1000, 10, "Открытая площадка, ячейка 9", None,
    ),
    Equipment(
        "TS-14", "TRANSFORMER", "ТМ-630/6", "Учебный завод", "", 1, 55_102, 1982, 2_140_000, 1_660_000, 480_000, 545_000,
        "MINERAL_OIL", "GC_ECD",
        320, 630, 6, "Подстанция пруда-накопителя", None,
    ),
    Equipment(
        "TS-14", "TRANSFORMER", "ТМ-400/6", "Учебный завод", "", 1, 55_177, 1985, 1_620_000, 1_280_000, 340_000, 386_000,
        "MINERAL_OIL", "GC_ECD",
        12, 400, 6, "Подстанция пруда-накопителя", None,
    ),
)  # fmt: skip
"""Equipment that is being relocated under the UNDP/GEF project, and some that waits for it."""
