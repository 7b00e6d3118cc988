"""Pages drawn by the tests themselves, with the true box of every piece of text."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dossier.model import Box

FONTS = (
    "/usr/share/fonts/truetype/arphic/uming.ttc",
    "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
)
RED = (205, 45, 50)


@dataclass
class Sheet:
    """A white page on which text is drawn; sizes in pixels."""

    font_file: str
    width: int = 1240
    height: int = 1754
    image: Image.Image = field(init=False)
    boxes: dict[str, Box] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (self.width, self.height), (250, 250, 248))

    @property
    def draw(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image)

    def text(
        self, x: int, y: int, text: str, size: int = 33, fill: tuple[int, int, int] = (20, 20, 20)
    ) -> None:
        font = ImageFont.truetype(self.font_file, size)
        self.draw.text((x, y), text, font=font, fill=fill)
        left, top, right, bottom = self.draw.textbbox((x, y), text, font=font)
        self.boxes[text] = Box(
            left / self.width, top / self.height, right / self.width, bottom / self.height
        )

    def lines(self, x: int, y: int, texts: list[str], size: int = 33, pitch: int = 56) -> None:
        for k, text in enumerate(texts):
            self.text(x, y + k * pitch, text, size)

    def seal(self, x: int, y: int, radius: int = 120, text: str = "兰州市公安局城关分局") -> None:
        """A round red seal: ring, star, letters round the rim, translucent like ink."""
        ink = Image.new("L", self.image.size, 0)
        draw = ImageDraw.Draw(ink)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=210, width=6)
        star = [
            (
                x + math.cos(math.radians(-90 + 72 * 2 * k)) * radius * 0.3,
                y + math.sin(math.radians(-90 + 72 * 2 * k)) * radius * 0.3,
            )
            for k in range(5)
        ]
        draw.polygon(star, fill=210)
        font = ImageFont.truetype(self.font_file, radius // 4)
        for k, char in enumerate(text):
            angle = math.radians(150 + 240 * k / (len(text) - 1))
            place = (x + math.cos(angle) * radius * 0.75, y + math.sin(angle) * radius * 0.75)
            draw.text(place, char, font=font, fill=210, anchor="mm")
        self._ink(ink)

    def _ink(self, ink: Image.Image) -> None:
        """Red ink lets print shine through: each channel is multiplied."""
        share = np.asarray(ink, np.float32)[..., None] / 255
        paper = np.asarray(self.image, np.float32)
        colour = np.array(RED, np.float32) / 255
        self.image = Image.fromarray(
            (paper * (1 - share + share * colour)).clip(0, 255).astype(np.uint8)
        )

    def grid(self, columns: list[int], rows: list[int], width: int = 3) -> None:
        for x in columns:
            self.draw.line((x, rows[0], x, rows[-1]), fill=(30, 30, 30), width=width)
        for y in rows:
            self.draw.line((columns[0], y, columns[-1], y), fill=(30, 30, 30), width=width)

    def noisy(self, amount: float = 6.0) -> Image.Image:
        noise = np.random.default_rng(7).normal(0, amount, (self.height, self.width, 1))
        pixels = np.asarray(self.image, np.float32) + noise
        return Image.fromarray(pixels.clip(0, 255).astype(np.uint8))


def statement(sheet: Sheet) -> Sheet:
    """A page of running text, as most pages of a dossier are."""
    sheet.text(430, 120, "讯问笔录", 60)
    sheet.lines(
        140,
        260,
        [
            "时间：2023年1月8日9时15分至2023年1月8日11时42分",
            "地点：兰州市城关区某派出所办案区第三讯问室",
            "犯罪嫌疑人张某某，男，1985年3月12日出生，汉族",
            "问：我们是派出所的民警，现依法对你进行讯问。",
            "答：听清楚了。",
            "问：你因为什么事情被传唤到公安机关？",
            "答：因为我在商场拿走了别人的一部手机。",
            "问：手机现在在哪里？",
            "答：卖给了一个收旧手机的人，得款1,860元。",
        ],
    )
    return sheet


def certificate(sheet: Sheet) -> Sheet:
    """Hardly any text."""
    sheet.text(420, 500, "释放证明书", 66)
    sheet.text(200, 760, "兹有王某某因羁押期满予以释放。", 40)
    sheet.text(760, 1100, "2024年5月6日", 36)
    return sheet


def goods(sheet: Sheet) -> Sheet:
    """A ruled table."""
    sheet.text(460, 120, "扣押清单", 60)
    columns, rows = [120, 240, 560, 760, 1120], [300, 370, 440, 510, 580, 650]
    sheet.grid(columns, rows)
    table = [
        ("编号", "名称", "数量", "备注"),
        ("1", "手机", "1部", "黑色已关机"),
        ("2", "人民币", "412元", "无"),
        ("3", "身份证", "1张", "本人"),
        ("4", "银行卡", "2张", "建设银行"),
    ]
    for y, row in zip(rows, table, strict=False):
        for x, text in zip(columns, row, strict=False):
            sheet.text(x + 20, y + 16, text)
    sheet.text(120, 720, "上列物品共计四项，以下空白。")
    return sheet
