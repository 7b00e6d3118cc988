"""Blobs: whole or absent, never changed, damage noticed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from dossier.errors import BlobDamaged
from dossier.model import Box, Cell, Line, Origin, PageLayer, Seal
from dossier.records import BlobStore, pack_layer, unpack_layer


def _put(store: BlobStore, folder: Path, content: bytes) -> str:
    source = folder / "原件.bin"
    source.write_bytes(content)
    return store.put_file(source)


def test_content_is_found_by_its_sha256(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    sha256 = _put(store, tmp_path, "卷宗".encode() * 1000)
    assert sha256 == hashlib.sha256("卷宗".encode() * 1000).hexdigest()
    assert store.path(sha256).read_bytes() == "卷宗".encode() * 1000
    assert list(store) == [sha256]
    store.verify(sha256)


def test_same_content_is_written_once(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    first = _put(store, tmp_path, b"x")
    written = store.path(first).stat().st_mtime_ns
    assert _put(store, tmp_path, b"x") == first
    assert store.path(first).stat().st_mtime_ns == written
    assert list((tmp_path / "blobs" / "tmp").iterdir()) == []


def test_changed_and_missing_blobs_are_noticed(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    sha256 = _put(store, tmp_path, b"original")
    path = store.path(sha256)
    path.chmod(0o644)
    path.write_bytes(b"0riginal")
    with pytest.raises(BlobDamaged, match="changed"):
        store.verify(sha256)
    path.unlink()
    with pytest.raises(BlobDamaged, match="missing"):
        store.verify(sha256)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "a" * 63])
def test_only_a_sha256_names_a_blob(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a SHA-256"):
        BlobStore(tmp_path).path(name)


def test_a_layer_comes_back_as_it_was_packed() -> None:
    layer = PageLayer(
        width=595.3, height=841.9, origin=Origin.OCR, rotation=90, skew=-1.25, engine="e",
        lines=(
            Line("兰州市", (0.1, 0.1, 0.4, 0.12, 0.4, 0.15, 0.1, 0.13), 0.987,
                 (0.0, 0.333, 0.333, 0.667, 0.667, 1.0), 2, Cell(0, 1, 2, 1, 3)),
            Line("第二行", Box(0.1, 0.2, 0.4, 0.25).quad()),
        ),
        seals=(Seal(Box(0.5, 0.6, 0.7, 0.8)),), notes=("text-layer-rejected: 乱码",),
    )  # fmt: skip
    assert unpack_layer(pack_layer(layer)) == layer


def test_a_damaged_layer_says_so() -> None:
    with pytest.raises(ValueError, match="damaged page layer"):
        unpack_layer(b"not a layer")
