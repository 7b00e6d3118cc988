"""A copy of a locked PDF that opens without its password."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pypdfium2 as pdfium
from pypdfium2 import raw

from ..errors import DamagedFile
from .pdf import PDFIUM, open_document


def decrypt_copy(
    path: Path, target: Path, passwords: Sequence[str] = (), *, name: str = ""
) -> None:
    """Write what the locked PDF holds to `target`, unlocked; `path` stays as it is.

    Pages, pictures and text are taken over unchanged. pdfium does it, since pypdf needs a further
    library for AES. Raises EncryptedFile if no password opens it, DamagedFile if it cannot be
    copied.
    """
    where = name or path.name
    with PDFIUM, path.open("rb") as file:
        document, _ = open_document(file, where, passwords)
        try:
            document.save(target, flags=raw.FPDF_REMOVE_SECURITY)
        except pdfium.PdfiumError as error:
            raise DamagedFile(
                "it opens, but cannot be copied without its password",
                where=where,
                advice="print it to a new PDF and add that",
            ) from error
        finally:
            document.close()
