"""Inputs for tests of the archive."""

from __future__ import annotations

from pathlib import Path

import pypdf
from PIL import Image, ImageDraw, ImageFont

WARRANT = """兰州市公安局城关分局
拘留证
兰公城（刑）拘字〔2023〕{number}号
根据《中华人民共和国刑事诉讼法》第八十二条之规定，兹决定对犯罪嫌疑人郑大川（性别男，出生日期1990年1月1日）
执行拘留，送兰州市城关区看守所羁押。
兰州市公安局城关分局
二〇二三年五月八日
"""


def draw_scan(path: Path, *rows: str) -> None:
    """A page image that must be recognised; Latin, so that it needs no Chinese font."""
    sheet = Image.new("L", (620, 877), 255)
    font = ImageFont.load_default(28)
    for place, row in enumerate(rows):
        ImageDraw.Draw(sheet).text((60, 60 + 90 * place), row, font=font, fill=0)
    sheet.save(path, dpi=(75, 75))


def locked_pdf(path: Path, password: str) -> Path:
    """A PDF of one scanned page that opens with the password only (AES-256)."""
    scan = path.with_suffix(".jpg")
    draw_scan(scan, "SECRET 2023")
    Image.open(scan).save(path, resolution=75)
    writer = pypdf.PdfWriter(clone_from=path)
    writer.encrypt(password, algorithm="AES-256")
    writer.write(path)
    return path
