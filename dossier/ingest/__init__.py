"""Readers: what is handed over → deposits → open files → pages with trusted text or an image.

`survey` looks through folders and ZIPs, `open_file` opens one file whatever it is, and each page
then either has a `layer` (text with positions that can be trusted) or must be read by OCR from
its `image`.
"""

from .decrypt import decrypt_copy
from .deposits import Deposit, Entry, survey
from .kinds import FileKind
from .limits import Limits
from .names import path_key
from .opening import open_file
from .pages import OpenFile, OpenPage, Picture

__all__ = [
    "Deposit",
    "Entry",
    "FileKind",
    "Limits",
    "OpenFile",
    "OpenPage",
    "Picture",
    "decrypt_copy",
    "open_file",
    "path_key",
    "survey",
]
