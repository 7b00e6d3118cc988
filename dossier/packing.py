"""Page layers as compact bytes: versioned JSON under zlib, readable without this library."""

from __future__ import annotations

import json
import zlib

from .model import PageLayer


def pack_layer(layer: PageLayer) -> bytes:
    """The layer as bytes (about a quarter of its JSON); `unpack_layer` is the inverse."""
    text = json.dumps(layer.to_json(), ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "replace"), 6)


def unpack_layer(packed: bytes, *, spans: bool = True) -> PageLayer:
    """The layer from its bytes, without character positions if `spans` is false.

    Raises ValueError if they are damaged.
    """
    try:
        return PageLayer.from_json(json.loads(zlib.decompress(packed)), spans=spans)
    except (zlib.error, KeyError, TypeError) as error:
        raise ValueError(f"damaged page layer: {error}") from error
