"""How well dossiers are catalogued: boundaries, types and fields, and how fast.

    python tests/benchmarks/catalogue.py [--cases examples/cases] [--pages PAGES]
                                         [--layers truth|ocr] [--cache FOLDER]
                                         [--noise 0.02] [--show] [--json]

`--cases`   folder with dossiers and their `<case>.expected.json`
`--layers`  `truth`: the text of `<case>.truth.json.xz` where it is there (fast, no OCR);
            `ocr`: files are read and recognised as in production, layers kept in `--cache`
`--pages`   folder of single page images with `gt.json`; text of gt.json, or with `--layers ocr` the
            recognised `scan` image
`--noise`   share of characters replaced by ones OCR confuses, to see how much it bears
"""

from __future__ import annotations

import argparse
import hashlib
import json
import lzma
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from dossier.catalogue import Catalogue, CataloguePage, Document, catalogue
from dossier.model import Box, Line, Origin, PageLayer

# what OCR takes for each other, as seen in scans of Chinese forms
CONFUSED = """讯询迅 未末 己已巳 日曰目 人入八 土士 大太犬 王玉 干千于 天夫 书节 证讧正 决诀快
拘抱构 留溜 捕辅铺 逮建 定宅 案桉 侦贞 查杳杏 笔毛 录泵 清请情 单草 押抻 扣和 间问闯 被波 告吉
审宙 意急 见贝 鉴签 村材 料科 检捡险 院阮 法去 关天 局届 分兮 县具 安女""".split()  # noqa: SIM905


@dataclass
class Score:
    """Counts over dossiers."""

    expected: int = 0
    found: int = 0
    right: int = 0
    typed: int = 0
    fields: dict[str, list[int]] = field(default_factory=dict)
    pages: int = 0
    findings: int = 0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.expected + self.found) if self.expected else 1.0

    @property
    def type_accuracy(self) -> float:
        return self.typed / self.expected if self.expected else 1.0

    def add(self, other: Score) -> None:
        for name in ("expected", "found", "right", "typed", "pages", "findings"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name, (right, whole) in other.fields.items():
            mine = self.fields.setdefault(name, [0, 0])
            mine[0] += right
            mine[1] += whole


def truth_pages(path: Path) -> Iterator[CataloguePage]:
    """Pages as a perfect engine would read them, from `<case>.truth.json.xz`."""
    data = json.loads(lzma.decompress(path.read_bytes()))
    unit = data["unit"]
    counts: dict[str, int] = {}
    for page in data["pages"]:
        counts[page["file"]] = max(counts.get(page["file"], 0), page["page"])
    for key, page in enumerate(data["pages"], start=1):
        lines = []
        for line in page["lines"]:
            if not line["boxes"]:
                continue
            boxes = [Box(*(edge / unit for edge in box)) for box in line["boxes"]]
            whole = boxes[0]
            for box in boxes[1:]:
                whole = whole.union(box)
            lines.append(Line(line["text"], whole.quad()))
        width, height = page["size"]
        origin = Origin.NATIVE if page["file"].endswith(".docx") else Origin.OCR
        layer = PageLayer(width, height, tuple(lines), origin=origin)
        yield _page(key, page["file"], page["page"] - 1, counts[page["file"]], layer)


def flowing_pages(case: Path, names: list[str], first_key: int) -> Iterator[CataloguePage]:
    """Pages of files that have no truth of their own (text files), read as in production."""
    from dossier.ingest import open_file

    key = first_key
    for name in names:
        with open_file(case / name, name=name) as opened:
            for number in range(opened.page_count):
                layer = opened.page(number).layer or PageLayer(595, 842, origin=Origin.NONE)
                yield _page(key, name, number, opened.page_count, layer)
                key += 1


def read_pages(case: Path, cache: Path | None) -> Iterator[CataloguePage]:
    """Pages read and recognised as in production."""
    import tempfile

    from dossier.errors import FileRefused
    from dossier.ingest import open_file, survey
    from dossier.ocr import OcrSettings, recognise

    settings = OcrSettings()
    with tempfile.TemporaryDirectory() as spool:
        key = 0
        for deposit in survey([case], spool=Path(spool)):
            for entry in deposit.entries:
                if entry.problem is not None:
                    continue
                digest = hashlib.sha256(entry.path.read_bytes()).hexdigest()
                try:
                    with open_file(entry.path, name=entry.name) as opened:
                        for number in range(opened.page_count):
                            key += 1
                            kept = cache / f"{digest[:24]}-{number}.json" if cache else None
                            if kept and kept.exists():
                                layer = PageLayer.from_json(json.loads(kept.read_text()))
                            else:
                                page = opened.page(number)
                                found = page.layer
                                if found is None:
                                    image = page.image(200)
                                    found = (
                                        recognise(image, settings, dpi=200)
                                        if image is not None
                                        else PageLayer(page.width, page.height, origin=Origin.NONE)
                                    )
                                layer = found
                                if kept:
                                    kept.write_text(json.dumps(layer.to_json(), ensure_ascii=False))
                            yield replace(
                                _page(key, entry.name, number, opened.page_count, layer),
                                volume=entry.volume,
                                sha256=digest,
                            )
                except FileRefused:
                    continue


def _page(key: int, file: str, number: int, count: int, layer: PageLayer) -> CataloguePage:
    volume = file.rsplit("/", 1)[0] if "/" in file else None
    digest = hashlib.sha256(file.encode()).hexdigest()
    return CataloguePage(key, file, number, count, volume, layer, digest)


def noisy(page: CataloguePage, share: float, rng: random.Random) -> CataloguePage:
    """The page with a share of its characters misread."""
    groups = {char: [o for o in group if o != char] for group in CONFUSED for char in group}
    common = "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年"

    def misread(text: str) -> str:
        out = []
        for char in text:
            if rng.random() < share and not char.isspace():
                out.append(rng.choice(groups.get(char) or list(common)))
            else:
                out.append(char)
        return "".join(out)

    lines = tuple(replace(line, text=misread(line.text), spans=()) for line in page.layer.lines)
    return replace(page, layer=replace(page.layer, lines=lines))


def compare(
    result: Catalogue, expected: dict[str, Any], pages: list[CataloguePage], *, show: bool
) -> Score:
    """Count what is right. A document is right if it begins at the page and has the pages."""
    at = {(page.file, page.number + 1): page.key for page in pages}
    found = {doc.keys[0]: doc for doc in result.documents}
    score = Score(found=len(found), pages=len(pages), findings=len(result.findings))
    for volume in expected["volumes"]:
        for want in volume["documents"]:
            keys = [at[tuple(ref)] for ref in want["pages"] if tuple(ref) in at]
            if not keys:
                continue
            score.expected += 1
            doc = found.get(keys[0])
            if doc is None:
                if show:
                    print(f"  missed    {want['type']} {want['title']} {want['pages'][0]}")
                continue
            score.right += 1
            wanted_titles = want["title"].replace("（", "(").replace("）", ")")
            score.typed += doc.type == want["type"]
            if show and doc.type != want["type"]:
                print(f"  type      {want['type']} taken for {doc.type} {want['title']}")
            for name, mine in (
                ("volume", doc.volume),
                ("title", doc.title.value.replace("（", "(").replace("）", ")")),
                ("number", doc.number.value if doc.number else ""),
                ("date", doc.date.value if doc.date else ""),
                ("organ", doc.organ.value if doc.organ else ""),
                ("pages", str(list(doc.keys))),
            ):
                if name == "pages" and want["pages"][0][0] in expected.get("flowing", []):
                    continue  # how many pages a text file has depends on who lays it out
                want_value = {
                    "volume": volume["title"],
                    "title": wanted_titles,
                    "pages": str(keys),
                }.get(name, want.get(name, ""))
                good = mine == want_value
                pair = score.fields.setdefault(name, [0, 0])
                pair[0] += good
                pair[1] += 1
                if show and not good:
                    print(f"  {name:9} {want['title']}: {mine!r} for {want_value!r}")
    starts = {
        at[tuple(want["pages"][0])]
        for volume in expected["volumes"]
        for want in volume["documents"]
        if tuple(want["pages"][0]) in at
    }
    if show:
        for key, doc in found.items():
            if key not in starts:
                print(f"  invented  {doc.type} {doc.title.value} page {_name(pages, key)}")
        for item in result.findings:
            where = ", ".join(_name(pages, key) for key in item.pages[:2])
            print(f"  finding   {item.code} {item.message()} [{where}]")
    return score


def _name(pages: list[CataloguePage], key: int) -> str:
    page = next(page for page in pages if page.key == key)
    return f"{page.file}:{page.number + 1}"


def single_pages(folder: Path, layers: str) -> tuple[int, int, list[str]]:
    """Right, all and wrong ones of the single pages whose kind is in `KINDS`."""
    kinds = {
        "起诉书": {"P07"},
        "讯问笔录": {"E01"},
        "询问笔录": {"E03", "E04"},
        "价格认定": {"E23"},
        "扣押清单": {"E11"},
        "银行流水": {"E32"},
        "判决书": {"Z09"},
        "受案登记表": {"L01"},
        "卷内目录": {"X01"},
        "逮捕证等": {"L11", "L12", "L07", "L08"},
        "鉴定意见": {"E20", "E21", "E22", "E24", "E25", "E26"},
    }
    data = json.loads((folder / "gt.json").read_text(encoding="utf-8"))
    right, whole, wrong = 0, 0, []
    for name, page in data.items():
        if name.startswith("_"):
            continue
        if layers == "ocr":
            from PIL import Image

            from dossier.ocr import OcrSettings, recognise

            layer = recognise(Image.open(folder / f"{name}__scan.jpg"), OcrSettings(), dpi=None)
        else:
            width, height = page["size"]
            lines = tuple(
                Line(
                    line["text"],
                    Box(
                        line["box"][0] / width,
                        line["box"][1] / height,
                        line["box"][2] / width,
                        line["box"][3] / height,
                    ).quad(),
                )
                for line in page["lines"]
            )
            layer = PageLayer(width * 72 / 300, height * 72 / 300, lines, origin=Origin.OCR)
        result = catalogue([_page(1, f"{name}.jpg", 0, 1, layer)])
        doc: Document = next(iter(result.documents))
        whole += 1
        if doc.type in kinds.get(page["kind"], set()):
            right += 1
        else:
            wrong.append(f"{name} ({page['kind']}): {doc.type} {doc.title.value}")
    return right, whole, wrong


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=Path, default=Path("examples/cases"))
    parser.add_argument("--pages", type=Path)
    parser.add_argument("--layers", choices=("truth", "ocr"), default="truth")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--noise", type=float, default=0.0)
    parser.add_argument("--show", action="store_true", help="print every difference")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(argv)
    if args.pages and not (args.pages / "gt.json").is_file():
        parser.error(f"--pages: there is no gt.json in {args.pages}")
    if args.cache:
        args.cache.mkdir(parents=True, exist_ok=True)
    rng = random.Random(7)
    total, seconds, report = Score(), 0.0, {}
    for path in sorted(args.cases.glob("*.expected.json")):
        expected = json.loads(path.read_text(encoding="utf-8"))
        name = expected["case"]
        case = args.cases / expected.get("source", name)
        truth = args.cases / f"{name}.truth.json.xz"
        if args.layers == "truth" and truth.exists():
            pages = list(truth_pages(truth))
            seen = {page.file for page in pages}
            loose = [item for item in expected.get("flowing", []) if item not in seen]
            if case.is_dir():
                pages += flowing_pages(case, loose, len(pages) + 1)
        elif args.layers == "ocr":
            pages = list(read_pages(case, args.cache))
        else:
            print(f"{name}: no truth file, use --layers ocr", file=sys.stderr)
            continue
        if args.noise:
            pages = [noisy(page, args.noise, rng) for page in pages]
        began = time.perf_counter()
        result = catalogue(pages)
        seconds += time.perf_counter() - began
        if args.show:
            print(name)
        score = compare(result, expected, pages, show=args.show)
        total.add(score)
        report[name] = _figures(score)
        if not args.json:
            print(f"{name:24} {report[name]}")
    if total.expected:
        report["all"] = _figures(total) | {"pages_per_s": round(total.pages / seconds)}
        if not args.json:
            print(f"{'all':24} {report['all']}")
    if args.pages:
        right, whole, wrong = single_pages(args.pages, args.layers)
        report["single_pages"] = {"right": right, "of": whole, "wrong": wrong}
        if not args.json:
            print(f"single pages: {right} of {whole} right {wrong or ''}")
    if args.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))
    return 0


def _figures(score: Score) -> dict[str, Any]:
    figures: dict[str, Any] = {
        "documents": score.expected,
        "pages": score.pages,
        "boundary_f1": round(score.f1, 4),
        "type": round(score.type_accuracy, 4),
    }
    for name, (right, whole) in score.fields.items():
        figures[name] = round(right / whole, 3) if whole else 1.0
    figures["findings"] = score.findings
    return figures


if __name__ == "__main__":
    sys.exit(main())
