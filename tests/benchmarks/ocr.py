"""OCR measured on pages with known text: character errors, fields, CPU seconds, scaling.

    python tests/benchmarks/ocr.py --pages FOLDER [--engines rapidocr,fast,tesseract] [--processes]

FOLDER holds `gt.json` (pages, variants and the matrix from page to variant), the variants as
images, and `score.py`, which counts. Figures per variant: mean CER in %; fields (dates, numbers,
names, amounts) found in the text laid out by the known lines (`fo`) and in the text in the
engine's own reading order (`fn`), in %; CPU seconds per page of this process and of programs it
started.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
from PIL import Image

from dossier.model import Line, PageLayer, turn_quad
from dossier.ocr import OcrSettings, recognise

ORDER = ("scan", "seal", "hard", "low150", "rot90", "photo")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=Path, required=True, help="folder with gt.json, score.py")
    parser.add_argument("--engines", default="rapidocr,fast,tesseract")
    parser.add_argument("--variants", default=",".join(ORDER))
    parser.add_argument("--processes", action="store_true", help="also one against two processes")
    parser.add_argument("--json", type=Path, help="write the figures here as well")
    options = parser.parse_args()
    missing = [name for name in ("gt.json", "score.py") if not (options.pages / name).is_file()]
    if missing:
        print(f"{options.pages}: {' and '.join(missing)} not found there", file=sys.stderr)
        return 2
    cv2.setNumThreads(1)
    score = load_score(options.pages)
    truth = score.GT(str(options.pages / "gt.json"))
    wanted = options.variants.split(",")
    images = {key: item for key, item in truth.var.items() if item["variant"] in wanted}
    print_head()
    figures: dict[str, Any] = {}
    for engine in options.engines.split(","):
        figures[engine] = measure(engine, images, truth, score, options.pages)
        print_table(engine, figures[engine])
    if options.processes:
        for engine in options.engines.split(","):
            figures[engine]["two processes"] = scaling(engine, images, options.pages)
    if options.json:
        options.json.write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0


def load_score(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    if spec is None or spec.loader is None:
        raise ImportError(str(folder / "score.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(
    engine: str, images: dict[str, Any], truth: Any, score: ModuleType, folder: Path
) -> dict[str, Any]:
    settings = OcrSettings.parse(engine)
    read(folder / next(iter(images.values()))["file"], settings)  # loads the models
    results: dict[str, dict[str, Any]] = {}
    upright = sealed = seals = 0
    for key, item in images.items():
        image = Image.open(folder / item["file"]).convert("RGB")
        start = cpu_seconds()
        layer = recognise(image, settings, dpi=item["dpi"])
        spent = cpu_seconds() - start
        results[key] = {"segs": segments(layer, *image.size), "t": spent}
        upright += layer.rotation == (360 - item["rot"]) % 360
        if item["variant"] == "seal":
            sealed += 1
            seals += bool(layer.seals)
    return {
        "variants": score.summarize(truth, results),
        "upright": [upright, len(images)],
        "seals": [seals, sealed],
    }


def read(path: Path, settings: OcrSettings) -> PageLayer:
    with Image.open(path) as image:
        return recognise(image.convert("RGB"), settings)


def cpu_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def segments(layer: PageLayer, width: int, height: int) -> list[dict[str, Any]]:
    """Lines as the scorer wants them: characters with their places on the image as stored."""
    return [_segment(_stored(line, layer.rotation), width, height) for line in layer.lines]


def _stored(line: Line, rotation: int) -> Line:
    return replace(line, quad=turn_quad(line.quad, -rotation))


def _segment(line: Line, width: int, height: int) -> dict[str, Any]:
    quad = np.array(line.quad).reshape(4, 2) * [width, height]
    begin, end = (quad[0] + quad[3]) / 2, (quad[1] + quad[2]) / 2
    spans = line.char_spans()
    chars = []
    for k, char in enumerate(line.text):
        x, y = begin + (end - begin) * (spans[2 * k] + spans[2 * k + 1]) / 2
        chars.append((char, float(x), float(y), line.confidence))
    return {"text": line.text, "quad": quad.tolist(), "conf": line.confidence, "chars": chars}


def print_head() -> None:
    head = ("variant", "pages", "CER %", "fo %", "fn %", "CPU s")
    print(f"{'engine':10} {head[0]:8}" + "".join(f"{name:>9}" for name in head[1:]))


def print_table(engine: str, figures: dict[str, Any]) -> None:
    by_variant = figures["variants"]
    for variant in sorted(by_variant, key=lambda v: ORDER.index(v) if v in ORDER else 99):
        f = by_variant[variant]
        print(
            f"{engine:10} {variant:8}{f['imgs']:9d}{f['cer']:9.3f}{f['fo']:9.2f}"
            f"{f['fn']:9.2f}{f['t']:9.2f}"
        )
    right, pages = figures["upright"]
    found, sealed = figures["seals"]
    print(f"{engine:10} upright {right}/{pages}; a seal found on {found}/{sealed} seal pages")


def _job(job: tuple[str, str]) -> int:
    path, engine = job
    cv2.setNumThreads(1)
    return len(read(Path(path), OcrSettings.parse(engine)).lines)


def scaling(engine: str, images: dict[str, Any], folder: Path) -> float:
    """Pages per second of two processes over those of one. Only means something on idle cores."""
    jobs = [(str(folder / item["file"]), engine) for item in images.values()][:24]
    one, two = (_pages_per_second(jobs, count) for count in (1, 2))
    print(f"{engine:10} 1 process {one:.3f} pages/s, 2 processes {two:.3f}: {two / one:.2f} times")
    return two / one


def _pages_per_second(jobs: Iterable[tuple[str, str]], count: int) -> float:
    jobs = list(jobs)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        list(pool.map(_job, jobs[: 2 * count]))  # each process loads its models
        start = time.perf_counter()
        list(pool.map(_job, jobs))
        return len(jobs) / (time.perf_counter() - start)


if __name__ == "__main__":
    raise SystemExit(main())
