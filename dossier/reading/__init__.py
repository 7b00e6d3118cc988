"""Reading files and their pages in worker processes, with plain values in and out.

A room of its own, so that a worker loads readers and recognition and nothing of the archive.
"""

from __future__ import annotations

from .pool import Pool
from .work import FileFacts, PageRead, Source, page_read, prepare, probe, read_pages

__all__ = [
    "FileFacts",
    "PageRead",
    "Pool",
    "Source",
    "page_read",
    "prepare",
    "probe",
    "read_pages",
]
