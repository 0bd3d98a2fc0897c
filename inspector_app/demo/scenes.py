"""The photos of the demo register, drawn: yards, tailings, transformers, pits, instruments; the same bytes for a seed."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from inspector_app.demo.paint import HEIGHT, WIDTH, Canvas, Colour, mix

_STEEL = ((58, 92, 122), (138, 62, 44), (86, 104, 74), (150, 118, 52), (92, 94, 98))
_BRICK = (142, 92, 74)
_DUST = (176, 156, 124)


def picture(scene: str, *, seed: int, title: str) -> bytes:
    """A JPEG of 1200 x 900 pixels of the scene, with the title below. Raises KeyError for a scene that is not in SCENES."""
    canvas = Canvas(seed)
    SCENES[scene](canvas)
    return canvas.finished(title)


def _steppe(
    c: Canvas, horizon: float, *, sky: tuple[Colour, Colour], ground: tuple[Colour, Colour], hills: bool = True
) -> None:
    """Sky, distant hills and dry ground."""
    c.fade(0, horizon, *sky)
    for _ in range(5):
        x, y = float(c.random.uniform(0, WIDTH)), float(c.random.uniform(30, horizon * 0.7))
        for step in range(7):
            puff = mix(mix(*sky, y / horizon), (255, 255, 255), 0.3)
            c.oval(x + step * 38 - 110, y + (step % 3) * 5, 62 - abs(step - 3) * 9, 9, puff)
    if hills:
        for depth, share in enumerate((0.65, 0.4)):
            peaks = range(-100, WIDTH + 201, 150)
            tops = [(float(x), horizon - 14 - float(c.random.uniform(0, 34)) * (2 - depth)) for x in peaks]
            c.shape((-100, horizon + 2), *tops, (WIDTH + 200, horizon + 2), fill=mix(ground[0], sky[1], share))
    c.fade(horizon, HEIGHT, *ground)
    c.speckle(0, horizon + 6, WIDTH, HEIGHT, colour=mix(ground[1], (90, 92, 54), 0.4), count=520, size=4)


def _warehouse(c: Canvas, x0: float, x1: float, foot: float, roof: float, wall: Colour) -> None:
    """A brick building with gates and broken windows."""
    c.box(x0, roof, x1, foot, wall)
    row, y = 0, roof
    while y < foot:
        c.line((x0, y), (x1, y), fill=mix(wall, (0, 0, 0), 0.16), width=0.7)
        for x in range(int(x0) + (row % 2) * 16, int(x1), 32):
            c.line((x, y), (x, y + 12), fill=mix(wall, (0, 0, 0), 0.13), width=0.7)
        y, row = y + 12, row + 1
    c.shape((x0 - 24, roof), (x1 + 24, roof), (x1 + 6, roof - 26), (x0 - 6, roof - 26), fill=(94, 98, 102))
    for x in range(int(x0) + 60, int(x1) - 80, 170):
        c.box(x, roof + 34, x + 84, roof + 84, (34, 40, 46))
        for pane in range(4):
            if c.random.random() < 0.55:
                c.box(x + pane * 21 + 2, roof + 36, x + pane * 21 + 19, roof + 82, (120, 142, 154))
        c.line((x + 42, roof + 34), (x + 42, roof + 84), fill=(70, 62, 56), width=2)


def _drum_yard(c: Canvas) -> None:
    _steppe(c, 330, sky=((120, 164, 204), (206, 220, 226)), ground=((188, 170, 140), (138, 118, 92)))
    _warehouse(c, 110, 1010, 430, 240, _BRICK)
    c.box(470, 320, 620, 430, (74, 60, 52))
    c.line((545, 320), (545, 430), fill=(50, 40, 36), width=3)
    for row, (y, height) in enumerate(((520, 96), (600, 124), (712, 160), (846, 206))):
        x = 70.0 + (row % 2) * 40
        while x < WIDTH - 40:
            if c.random.random() < 0.86:
                colour = _STEEL[int(c.random.integers(len(_STEEL)))]
                label = f"№ {int(c.random.integers(1, 240))}" if c.random.random() < 0.35 else ""
                c.drum(x, y, height, colour, rust=float(c.random.uniform(0.2, 0.9)), label=label)
            x += height * float(c.random.uniform(0.72, 0.9))


def _leak(c: Canvas) -> None:
    _steppe(c, 250, sky=((158, 178, 190), (214, 218, 214)), ground=((170, 156, 134), (120, 106, 88)), hills=False)
    _warehouse(c, -40, 1240, 330, 90, mix(_BRICK, (150, 150, 150), 0.4))
    c.stain(560, 740, 380, 86, (36, 30, 24))
    for x, y, height, steel in ((250, 600, 270, 0), (470, 640, 290, 1), (720, 620, 280, 4), (960, 660, 300, 2)):
        c.drum(x, y, height, _STEEL[steel], rust=1.0)
    for x, top, width in ((494, 520, 12), (512, 548, 7), (478, 566, 6), (532, 590, 5)):
        c.line((x, top), (x + 3, 600), (x - 2, 690), fill=(34, 26, 20), width=width)
        c.oval(x, top, width * 0.9, width * 0.6, (24, 18, 14))
    c.stain(250, 812, 150, 26, (52, 42, 32))


def _tailings(c: Canvas) -> None:
    _steppe(c, 360, sky=((92, 150, 206), (222, 228, 222)), ground=((226, 216, 194), (190, 172, 142)))
    c.shape((0, 384), (WIDTH, 372), (WIDTH, 430), (640, 452), (0, 418), fill=(116, 158, 176))
    c.shape((0, 408), (520, 438), (900, 430), (1200, 418), (1200, 428), (620, 456), (0, 426), fill=(232, 228, 214))
    for _ in range(34):
        x, y = float(c.random.uniform(0, WIDTH)), float(c.random.uniform(480, 880))
        reach = (y - 380) * 0.7
        c.line((x, y), (x + reach * 0.4, y + 5), (x + reach, y - 3), fill=(168, 152, 126), width=1 + (y - 480) / 240)
    c.speckle(0, 470, WIDTH, HEIGHT, colour=(202, 186, 156), count=420, size=5)
    c.fence(620, 88, gap=120)
    c.sign(930, 690, 200, ("РАДИАЦИЯ", "ВХОДА НЕТ"))


def _dosimeter(c: Canvas, reading: str = "1,14") -> None:
    c.fade(0, HEIGHT, (206, 194, 168), (168, 148, 118))
    c.speckle(0, 0, WIDTH, HEIGHT, colour=(178, 160, 132), count=900, size=8)
    c.shadow(640, 520, 260, 330, strength=0.5)
    c.box(400, 130, 800, 790, (52, 56, 60), radius=46)
    c.box(414, 144, 786, 776, (72, 78, 82), radius=38)
    c.box(450, 190, 750, 410, (26, 30, 30), radius=14)
    c.box(462, 202, 738, 398, (176, 196, 168), radius=8)
    c.text(724, 290, reading, size=92, fill=(24, 34, 28), bold=True, anchor="rm")
    c.text(724, 368, "мкЗв/ч", size=30, fill=(24, 34, 28), anchor="rm")
    c.text(476, 228, "γ", size=34, fill=(24, 34, 28), anchor="lm")
    for x, colour in ((500, (66, 122, 84)), (600, (94, 98, 102)), (700, (150, 62, 48))):
        c.oval(x, 500, 38, 38, mix(colour, (0, 0, 0), 0.4))
        c.oval(x, 496, 34, 34, colour)
    c.box(470, 600, 730, 700, (228, 220, 190), radius=4)
    c.text(600, 632, "УЧЕБНЫЙ ДОЗИМЕТР", size=19, fill=(40, 36, 30), bold=True, anchor="mm")
    c.text(600, 670, "№ УД-0417   поверка до 03.2027", size=14, fill=(40, 36, 30), anchor="mm")


def _transformer(c: Canvas) -> None:
    _steppe(c, 300, sky=((146, 176, 200), (218, 222, 220)), ground=((166, 158, 140), (112, 104, 92)))
    _warehouse(c, 760, 1300, 470, 210, (160, 150, 136))
    c.shape((150, 790), (1010, 790), (1090, 860), (70, 860), fill=(150, 150, 146))
    c.shadow(590, 800, 420, 40, strength=0.6)
    body = (104, 122, 116)
    c.box(240, 390, 950, 780, mix(body, (0, 0, 0), 0.5))
    for fin in range(15):
        left = 250 + fin * 46
        c.box(left, 400, left + 30, 770, mix(body, (0, 0, 0), 0.18 + 0.2 * (fin % 2)), radius=6)
        c.box(left + 4, 404, left + 12, 766, mix(body, (255, 255, 255), 0.14), radius=4)
    c.box(230, 360, 960, 420, body, radius=6)
    c.box(230, 740, 960, 790, mix(body, (0, 0, 0), 0.3), radius=4)
    for _ in range(40):
        x, y = float(c.random.uniform(240, 940)), float(c.random.uniform(420, 700))
        c.box(x, y, x + 4, y + float(c.random.uniform(10, 70)), (118, 78, 50), radius=2)
    for x in (440, 590, 740, 880):
        for ring in range(6):
            c.oval(x, 350 - ring * 20, 26 - ring * 2, 10, (124, 74, 52))
            c.oval(x - 6, 348 - ring * 20, 12, 4, (186, 138, 112))
        c.box(x - 4, 212, x + 4, 246, (150, 152, 156))
    c.box(268, 300, 284, 366, mix(body, (0, 0, 0), 0.35))
    c.box(336, 300, 352, 366, mix(body, (0, 0, 0), 0.35))
    c.box(222, 226, 400, 312, mix(body, (0, 0, 0), 0.2), radius=34)
    c.box(230, 230, 392, 268, mix(body, (255, 255, 255), 0.12), radius=19)
    c.oval(244, 270, 13, 34, mix(body, (0, 0, 0), 0.35))
    c.box(520, 500, 690, 620, (206, 202, 190), radius=3)
    for row, line in enumerate(("ТНЗ-1000/10", "Совтол-10", "№ 20417  1978")):
        c.text(605, 524 + row * 36, line, size=19, fill=(48, 44, 40), bold=row == 0, anchor="mm")
    c.stain(760, 818, 120, 18, (44, 38, 30))


def _nameplate(c: Canvas) -> None:
    c.fade(0, HEIGHT, (96, 112, 106), (66, 80, 76))
    for _ in range(70):
        x, y = float(c.random.uniform(0, WIDTH)), float(c.random.uniform(0, HEIGHT))
        c.box(x, y, x + 5, y + float(c.random.uniform(20, 160)), (112, 74, 48), radius=3)
    c.shadow(610, 450, 470, 300)
    c.box(150, 150, 1050, 730, (126, 124, 116), radius=10)
    c.box(162, 162, 1038, 718, (204, 202, 192), radius=6)
    for x, y in ((188, 188), (1012, 188), (188, 692), (1012, 692)):
        c.oval(x, y, 14, 14, (116, 112, 104))
        c.line((x - 9, y - 6), (x + 9, y + 6), fill=(60, 58, 54), width=3)
    ink = (44, 42, 38)
    c.text(600, 226, "ТРАНСФОРМАТОР", size=44, fill=ink, bold=True, anchor="mm")
    rows = (
        ("Тип", "ТНЗ-1000/10"), ("Заводской №", "20417"), ("Год выпуска", "1978"), ("Мощность", "1000 кВА"),
        ("Жидкость", "СОВТОЛ-10, 1 890 кг"), ("Масса полная", "5 420 кг"),
    )  # fmt: skip
    for number, (left, right) in enumerate(rows):
        y = 304 + number * 64
        c.line((220, y + 28), (980, y + 28), fill=(150, 146, 136), width=2)
        c.text(230, y, left, size=28, fill=ink)
        c.text(560, y, right, size=32, fill=ink, bold=True)
    c.text(600, 690, "УЧЕБНЫЙ ОБРАЗЕЦ", size=18, fill=(120, 60, 40), anchor="mm")


def _capacitors(c: Canvas) -> None:
    c.fade(0, 760, (150, 152, 146), (182, 178, 164))
    c.fade(760, HEIGHT, (140, 132, 118), (104, 96, 84))
    for shelf in range(3):
        y = 270 + shelf * 240
        for number in range(8):
            x = 90 + number * 132 + float(c.random.uniform(-6, 6))
            tone = mix((148, 152, 146), (120, 84, 56), float(c.random.uniform(0, 0.5)))
            c.box(x, y - 170, x + 100, y, mix(tone, (0, 0, 0), 0.3), radius=4)
            c.box(x + 3, y - 170, x + 70, y, tone, radius=4)
            for pin in (26, 74):
                for ring in range(3):
                    c.oval(x + pin, y - 176 - ring * 9, 11 - ring * 2, 5, (130, 76, 54))
            c.box(x + 14, y - 120, x + 84, y - 66, (222, 216, 196), radius=2)
            c.text(x + 49, y - 104, ("КС2-1,05", "КСК2-1,05")[number % 2], size=12, fill=(50, 44, 38), bold=True, anchor="mm")
            c.text(x + 49, y - 82, f"№ {int(c.random.integers(10000, 99999))}", size=11, fill=(50, 44, 38), anchor="mm")
        c.box(40, y, WIDTH - 40, y + 16, (66, 60, 54))
        c.box(40, y + 16, WIDTH - 40, y + 24, (40, 36, 32))
    for x in (40, 596, WIDTH - 52):
        c.box(x, 60, x + 12, HEIGHT - 60, (58, 54, 50))
    c.stain(470, 812, 70, 14, (40, 34, 26))


def _sacks(c: Canvas) -> None:
    c.fade(0, 620, (92, 86, 76), (138, 128, 110))
    c.fade(620, HEIGHT, (128, 118, 100), (100, 90, 76))
    c.shape((760, 0), (1040, 0), (820, 620), (420, 620), fill=(158, 150, 128))
    c.shape((820, 620), (420, 620), (300, 860), (760, 860), fill=(164, 152, 126))
    for beam in range(4):
        c.box(0, 40 + beam * 66, WIDTH, 52 + beam * 66, mix((78, 62, 46), (0, 0, 0), beam * 0.08))
    for row in range(6):
        y = 806 - row * 72
        for number in range(8 - row):
            x = 60 + row * 66 + number * 132 + float(c.random.uniform(-8, 8))
            tone = mix((206, 198, 178), (160, 140, 106), float(c.random.random()))
            c.oval(x + 66, y + 8, 74, 40, mix(tone, (0, 0, 0), 0.5))
            c.oval(x + 62, y, 72, 38, tone)
            c.oval(x + 46, y - 12, 40, 14, mix(tone, (255, 255, 255), 0.3))
            if c.random.random() < 0.4:
                c.text(x + 62, y + 6, "ХИМРЕАКТИВ", size=13, fill=(110, 60, 50), bold=True, anchor="mm")
    c.speckle(0, 820, WIDTH, HEIGHT, colour=(198, 186, 160), count=140, size=6)


def _pit(c: Canvas) -> None:
    _steppe(c, 290, sky=((108, 148, 190), (214, 220, 220)), ground=((184, 164, 130), (146, 124, 92)))
    c.shape((120, 520), (420, 420), (900, 420), (1130, 540), (1010, 820), (190, 830), fill=(122, 100, 72))
    c.shape((180, 560), (440, 470), (880, 470), (1060, 570), (950, 780), (250, 790), fill=(38, 32, 28))
    c.shape((300, 610), (520, 540), (760, 560), (640, 620), fill=(72, 62, 60))
    c.shape((560, 700), (820, 650), (900, 690), (700, 740), fill=(66, 58, 66))
    c.sign(170, 560, 130, ("ОПАСНО", "НЕФТЕШЛАМ"))
    c.fence(404, 52, gap=70)


def _plant(c: Canvas) -> None:
    _steppe(c, 470, sky=((196, 172, 146), (236, 220, 190)), ground=((150, 138, 116), (104, 92, 76)), hills=False)
    for x, width, top in ((90, 150, 180), (300, 190, 120), (560, 150, 220), (790, 210, 150)):
        for step in range(20):
            tone = mix((96, 92, 88), (176, 168, 158), 1 - abs(step / 20 - 0.35) * 1.4)
            c.box(x + width * step / 20, top, x + width * (step + 1) / 20 + 1, 560, tone)
        c.oval(x + width / 2, top, width / 2, 18, (158, 150, 140))
        for y in range(top + 60, 560, 90):
            c.line((x, y), (x + width, y), fill=(110, 82, 60), width=3)
    for y in (330, 372, 420):
        c.line((60, y), (1140, y + 8), fill=(92, 76, 64), width=9)
        c.line((60, y - 3), (1140, y + 5), fill=(150, 134, 118), width=2)
    c.box(1040, 60, 1090, 560, (136, 110, 94))
    for y in (80, 160, 240):
        c.box(1038, y, 1092, y + 26, (176, 66, 52))
    for number, x in enumerate((130, 370, 640, 960)):
        c.drum(x, 760 + (x % 90), 130, _STEEL[number], rust=0.9)
    c.stain(520, 830, 210, 26, (70, 58, 44))


def _truck(c: Canvas) -> None:
    _steppe(c, 330, sky=((116, 164, 208), (216, 226, 230)), ground=((176, 168, 152), (130, 122, 108)))
    c.box(0, 660, WIDTH, 724, (94, 96, 98))
    c.box(60, 690, 1140, 716, (60, 62, 64))
    c.box(40, 420, 130, 700, (228, 228, 222), radius=4)
    c.box(52, 446, 118, 500, (30, 34, 36))
    c.text(112, 474, "28 460", size=18, fill=(240, 92, 60), bold=True, anchor="rm")
    c.shadow(640, 690, 470, 26, strength=0.6)
    c.box(190, 590, 1010, 616, (46, 48, 50))
    c.box(190, 380, 800, 596, (216, 216, 208), radius=4)
    for x in range(210, 800, 46):
        c.line((x, 386), (x, 592), fill=(178, 178, 170), width=3)
    c.box(820, 430, 1010, 616, (40, 102, 118), radius=14)
    c.shape((900, 446), (990, 446), (1000, 520), (900, 520), fill=(160, 190, 200))
    for x in (270, 350, 690, 940):
        c.oval(x, 636, 46, 46, (26, 26, 28))
        c.oval(x, 636, 22, 22, (140, 142, 146))
    c.shape((470, 410), (570, 490), (470, 570), (370, 490), fill=(30, 30, 30))
    c.shape((470, 418), (560, 490), (470, 562), (380, 490), fill=(244, 244, 240))
    c.text(470, 520, "9", size=44, fill=(24, 24, 24), bold=True, anchor="mm")
    for stripe in range(6):
        c.box(424 + stripe * 16, 440 + abs(stripe - 2.5) * 9, 430 + stripe * 16, 486, (24, 24, 24))
    c.box(620, 460, 740, 530, (240, 130, 30))
    c.text(680, 478, "90", size=22, fill=(20, 20, 20), bold=True, anchor="mm")
    c.text(680, 512, "2315", size=22, fill=(20, 20, 20), bold=True, anchor="mm")


def _cleared(c: Canvas) -> None:
    _steppe(c, 340, sky=((96, 154, 212), (220, 230, 232)), ground=((196, 178, 142), (158, 140, 104)))
    for row in range(10):
        y = 420 + row * row * 5.2
        c.line((0, y), (WIDTH, y + 14), fill=mix(_DUST, (96, 80, 56), 0.5), width=1 + row * 0.8)
    for number in range(7):
        x, y = 130 + number * 160, 560 + (number % 3) * 86
        c.box(x, y - 96, x + 8, y, (206, 190, 150))
        c.shape((x + 8, y - 96), (x + 64, y - 82), (x + 8, y - 66), fill=((196, 60, 44), (236, 236, 230))[number % 2])
        c.text(x + 14, y - 112, f"К-{number + 1}", size=18, fill=(60, 48, 30), bold=True)
    c.speckle(0, 700, WIDTH, HEIGHT, colour=(120, 138, 74), count=160, size=7)


SCENES: Mapping[str, Callable[[Canvas], None]] = MappingProxyType(
    {
        "drum-yard": _drum_yard,
        "leak": _leak,
        "tailings": _tailings,
        "dosimeter": _dosimeter,
        "transformer": _transformer,
        "nameplate": _nameplate,
        "capacitors": _capacitors,
        "sacks": _sacks,
        "pit": _pit,
        "plant": _plant,
        "truck": _truck,
        "cleared": _cleared,
    }
)
"""Name of a scene to the function that draws it."""
