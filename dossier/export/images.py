"""Images into PDF, with the bytes they have wherever the format allows it."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, TiffImagePlugin, UnidentifiedImageError
from pypdf.generic import IndirectObject

from dossier.errors import DamagedFile, HostileFile

from .sink import PdfSink

_MAX_PIXELS = 400_000_000
"""A1 at 600 dpi in one bit; the reader's own bound is lower, this is the last line."""

_REENCODED_QUALITY = 92


@dataclass(frozen=True, slots=True)
class Embedded:
    """An image XObject before it is written.

    `entries`  of its dictionary, without size of the data
    `data`     as the filter in `entries` wants it
    `mask`     8-bit alpha as raw rows, if the image is not opaque
    `icc`      colour profile, if it fits the colours
    `orientation` EXIF orientation still to be applied
    `reencoded` format of the source if its bytes could not be kept without loss
    """

    entries: Mapping[str, Any]
    data: bytes
    orientation: int = 1
    mask: bytes | None = None
    icc: bytes | None = None
    reencoded: str = ""
    size: tuple[int, int] = field(default=(0, 0))


class ImageWriter:
    """Writes images; a colour profile shared by many scans is written once."""

    def __init__(self, sink: PdfSink) -> None:
        self._sink = sink
        self._profiles: dict[bytes, IndirectObject] = {}

    def write(self, image: Embedded) -> IndirectObject:
        entries = {"/Type": "/XObject", "/Subtype": "/Image", **image.entries}
        width, height = image.size
        entries |= {"/Width": width, "/Height": height}
        if image.mask is not None:
            entries["/SMask"] = self._sink.write_stream(
                {
                    "/Type": "/XObject",
                    "/Subtype": "/Image",
                    "/Width": width,
                    "/Height": height,
                    "/ColorSpace": "/DeviceGray",
                    "/BitsPerComponent": 8,
                },
                image.mask,
            )
        if image.icc is not None:
            entries["/ColorSpace"] = ["/ICCBased", self._profile(image.icc, entries)]
        return self._sink.write_stream(entries, image.data, compress=False)

    def _profile(self, icc: bytes, entries: Mapping[str, Any]) -> IndirectObject:
        if icc not in self._profiles:
            space = entries["/ColorSpace"]
            self._profiles[icc] = self._sink.write_stream(
                {"/N": _COLOURS[space], "/Alternate": space}, icc
            )
        return self._profiles[icc]


_COLOURS = {"/DeviceGray": 1, "/DeviceRGB": 3, "/DeviceCMYK": 4}
_SPACES = {1: "/DeviceGray", 3: "/DeviceRGB", 4: "/DeviceCMYK"}
_ICC_SPACES = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}


def embed(path: Path, frame: int = 0, *, where: str | None = None) -> Embedded:
    """The frame of an image file as PDF wants it.

    JPEG and JPEG 2000 files go in whole; PNG data, single-strip CCITT and JPEG in TIFF are taken
    out of their wrapping unchanged; other data is packed without loss, except lossy WebP and
    JPEG in many strips, for which PDF has no filter (noted). Raises `DamagedFile`, `HostileFile`.
    """
    try:
        with Image.open(path) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise HostileFile(
                    f"image of {image.width} × {image.height} pixels",
                    where=where,
                    advice="scan the page at a lower resolution",
                )
            if frame:
                image.seek(frame)
            return _embed(image, path, frame)
    except Image.DecompressionBombError as error:
        raise HostileFile("image with too many pixels", where=where) from error
    except (OSError, UnidentifiedImageError, EOFError, ValueError, SyntaxError) as error:
        raise DamagedFile(
            f"the image cannot be read ({type(error).__name__})",
            where=where,
            advice="scan the page again",
        ) from error


def _embed(image: Image.Image, path: Path, frame: int) -> Embedded:
    kept: Embedded | None = None
    match image.format:
        case "JPEG" | "MPO" if frame == 0:
            kept = _jpeg(image, path.read_bytes())
        case "JPEG2000":
            kept = Embedded({"/Filter": "/JPXDecode"}, path.read_bytes(), size=image.size)
        case "PNG" if frame == 0:
            kept = _png(path.read_bytes(), image)
        case "TIFF":
            assert isinstance(image, TiffImagePlugin.TiffImageFile)
            kept = _tiff_strip(image, path)
    return kept or _decoded(image, path)


# --- JPEG -------------------------------------------------------------------------------------

_DCT_FRAMES = {0xC0, 0xC1, 0xC2}
"""Baseline, extended and progressive; PDF readers know no arithmetic or lossless JPEG."""


def _jpeg(image: Image.Image, data: bytes) -> Embedded | None:
    colours = len(image.getbands())
    if colours not in _SPACES or not _jpeg_fits(data):
        return None
    entries: dict[str, Any] = {
        "/Filter": "/DCTDecode",
        "/ColorSpace": _SPACES[colours],
        "/BitsPerComponent": 8,
    }
    if colours == 4 and "adobe" in image.info:
        # Adobe writes CMYK upside down
        entries["/Decode"] = [1, 0, 1, 0, 1, 0, 1, 0]
    return Embedded(
        entries,
        data,
        orientation=_orientation(image),
        icc=_icc(image, colours),
        size=image.size,
    )


def _jpeg_fits(data: bytes) -> bool:
    """Whether the frame header is one that `DCTDecode` knows, with 8 bits."""
    at = 2
    while at + 9 < len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return marker in _DCT_FRAMES and data[at + 4] == 8
        (length,) = struct.unpack_from(">H", data, at + 2)
        at += 2 + length
    return False


def _orientation(image: Image.Image) -> int:
    value = image.getexif().get(0x0112, 1)
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


def _icc(image: Image.Image, colours: int) -> bytes | None:
    """The colour profile if it describes this number of colours (a wrong one hides the page)."""
    profile = image.info.get("icc_profile")
    if isinstance(profile, bytes) and _ICC_SPACES.get(profile[16:20]) == colours:
        return profile
    return None


# --- PNG --------------------------------------------------------------------------------------


def _png(data: bytes, image: Image.Image) -> Embedded | None:
    """The compressed rows of a PNG as they are: PDF reads them with predictor 15."""
    chunks: dict[bytes, list[bytes]] = {}
    at = 8
    while at + 8 <= len(data):
        length, name = struct.unpack_from(">I4s", data, at)
        chunks.setdefault(name, []).append(data[at + 8 : at + 8 + length])
        at += 12 + length
        if name == b"IEND":
            break
    if b"IHDR" not in chunks or b"IDAT" not in chunks:
        return None
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"][0])
    if interlaced or b"tRNS" in chunks or colour not in (0, 2, 3):
        return None
    colours = 3 if colour == 2 else 1
    space: Any = _SPACES[colours]
    if colour == 3:
        palette = chunks.get(b"PLTE", [b""])[0]
        if not palette:
            return None
        space = ["/Indexed", "/DeviceRGB", len(palette) // 3 - 1, palette]
    entries = {
        "/Filter": "/FlateDecode",
        "/ColorSpace": space,
        "/BitsPerComponent": depth,
        "/DecodeParms": {
            "/Predictor": 15,
            "/Colors": colours,
            "/BitsPerComponent": depth,
            "/Columns": width,
        },
    }
    return Embedded(
        entries,
        b"".join(chunks[b"IDAT"]),
        orientation=_orientation(image),
        icc=None if colour == 3 else _icc(image, colours),
        size=(width, height),
    )


# --- TIFF -------------------------------------------------------------------------------------


def _tiff_strip(image: TiffImagePlugin.TiffImageFile, path: Path) -> Embedded | None:
    """CCITT G4 or JPEG data of a TIFF frame that is one strip."""
    tags = image.tag_v2
    compression, offsets, lengths = tags.get(259, 1), tags.get(273), tags.get(279)
    if not offsets or not lengths or len(offsets) != 1 or tags.get(266, 1) != 1:
        return None
    if compression == 4 and image.mode == "1":
        return _ccitt(_slice(path, offsets[0], lengths[0]), image, white_is_zero=tags.get(262) == 0)
    if compression == 7 and tags.get(262) in (1, 2, 6) and tags.get(258, (8,))[0] == 8:
        strip = _slice(path, offsets[0], lengths[0])
        tables = tags.get(347, b"")
        if tables[:2] == b"\xff\xd8" and strip[:2] == b"\xff\xd8":
            # quantisation tables stand apart in TIFF: put them before the frame again
            strip = tables[:-2] + strip[2:]
        if not _jpeg_fits(strip):
            return None
        colours = len(image.getbands())
        if colours not in (1, 3):
            return None
        entries: dict[str, Any] = {
            "/Filter": "/DCTDecode",
            "/ColorSpace": _SPACES[colours],
            "/BitsPerComponent": 8,
        }
        if tags.get(262) == 2:
            entries["/DecodeParms"] = {"/ColorTransform": 0}
        return Embedded(
            entries,
            strip,
            orientation=_orientation(image),
            icc=_icc(image, colours),
            size=image.size,
        )
    return None


def _slice(path: Path, offset: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(offset)
        return file.read(length)


def _ccitt(data: bytes, image: Image.Image, *, white_is_zero: bool) -> Embedded:
    return Embedded(
        {
            "/Filter": "/CCITTFaxDecode",
            "/ColorSpace": "/DeviceGray",
            "/BitsPerComponent": 1,
            "/DecodeParms": {
                "/K": -1,
                "/Columns": image.width,
                "/Rows": image.height,
                "/BlackIs1": not white_is_zero,
            },
        },
        data,
        orientation=_orientation(image),
        size=image.size,
    )


# --- everything else --------------------------------------------------------------------------


def _decoded(image: Image.Image, path: Path) -> Embedded:
    """Decode and pack again: without loss unless the source itself was lossy."""
    lossy = _is_lossy(image, path)
    source = image.format or "unknown"
    image.load()
    orientation = _orientation(image)  # after load: Pillow turns TIFF upright itself
    if image.mode == "1":
        return _fax(image, orientation)
    picture, mask = _plain(image)
    if lossy and mask is None and picture.mode in ("L", "RGB"):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=_REENCODED_QUALITY, subsampling=0)
        return Embedded(
            {
                "/Filter": "/DCTDecode",
                "/ColorSpace": _SPACES[len(picture.getbands())],
                "/BitsPerComponent": 8,
            },
            out.getvalue(),
            orientation=orientation,
            reencoded=source,
            size=picture.size,
        )
    colours = len(picture.getbands())
    if colours == 4:
        entries: dict[str, Any] = {
            "/Filter": "/FlateDecode",
            "/ColorSpace": "/DeviceCMYK",
            "/BitsPerComponent": 8,
        }
        data = zlib.compress(picture.tobytes(), 6)
        packed = Embedded(entries, data, icc=_icc(image, 4), size=picture.size)
    else:
        out = io.BytesIO()
        picture.save(out, "PNG")
        with Image.open(io.BytesIO(out.getvalue())) as again:
            found = _png(out.getvalue(), again)
        assert found is not None
        packed = found
    return Embedded(
        packed.entries,
        packed.data,
        orientation=orientation,
        mask=mask,
        icc=packed.icc,
        size=packed.size,
    )


def _is_lossy(image: Image.Image, path: Path) -> bool:
    if image.format == "WEBP":
        return b"VP8 " in path.read_bytes()[:64]
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        return image.tag_v2.get(259) in (6, 7)
    return image.format in ("JPEG", "MPO")


def _plain(image: Image.Image) -> tuple[Image.Image, bytes | None]:
    """The image in a mode PDF knows, and its alpha if any pixel is not opaque."""
    if image.mode in ("L", "RGB", "CMYK"):
        if "transparency" not in image.info:
            return image, None
        image = image.convert("RGBA")
    if image.mode == "P" and "transparency" not in image.info:
        return image.convert("RGB"), None
    if image.mode in ("P", "PA", "RGBa", "La"):
        image = image.convert("RGBA")
    if image.mode in ("RGBA", "LA"):
        alpha = image.getchannel("A")
        lowest, _ = alpha.getextrema()
        mask = None if lowest == 255 else alpha.tobytes()
        return image.convert(image.mode[:-1]), mask
    if image.mode.startswith("I;16"):
        return image, None
    return image.convert("L" if image.mode in ("I", "F") else "RGB"), None


def _fax(image: Image.Image, orientation: int) -> Embedded:
    """One-bit images as CCITT group 4: no loss, and the smallest of PDF's filters for print."""
    out = io.BytesIO()
    image.save(out, "TIFF", compression="group4", strip_size=1 << 30)
    out.seek(0)
    with Image.open(out) as again:
        assert isinstance(again, TiffImagePlugin.TiffImageFile)
        tags = again.tag_v2
        offsets, lengths = tags[273], tags[279]
        assert len(offsets) == 1
        data = out.getvalue()[offsets[0] : offsets[0] + lengths[0]]
        packed = _ccitt(data, again, white_is_zero=tags[262] == 0)
    return Embedded(packed.entries, packed.data, orientation=orientation, size=packed.size)
