"""What an archive keeps: records in a database, originals as content-addressed blobs.

Both together are the truth; indexes and features are derived from them through the outbox.
"""

from __future__ import annotations

from ..packing import pack_layer, unpack_layer
from .blobs import BlobStore
from .database import Database
from .schema import (
    CorrectionRow,
    CounterRow,
    DocumentRow,
    DossierRow,
    FactCorrectionRow,
    FactsRow,
    FileRow,
    FindingRow,
    GeneratedRow,
    JudgmentRow,
    LogRow,
    NumberRow,
    OutboxConsumerRow,
    OutboxRow,
    PageRow,
    ProblemRow,
    SettingRow,
    VolumeRow,
)
from .upkeep import discard_unused, sweep, unused_blobs

__all__ = [
    "BlobStore",
    "CorrectionRow",
    "CounterRow",
    "Database",
    "DocumentRow",
    "DossierRow",
    "FactCorrectionRow",
    "FactsRow",
    "FileRow",
    "FindingRow",
    "GeneratedRow",
    "JudgmentRow",
    "LogRow",
    "NumberRow",
    "OutboxConsumerRow",
    "OutboxRow",
    "PageRow",
    "ProblemRow",
    "SettingRow",
    "VolumeRow",
    "discard_unused",
    "pack_layer",
    "sweep",
    "unpack_layer",
    "unused_blobs",
]
