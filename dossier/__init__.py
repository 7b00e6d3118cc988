"""电子卷宗: take in, recognise, catalogue, keep and export criminal case files.

from dossier import Archive

with Archive.create("archive") as archive:
    report = archive.add("案卷文件夹")
    for document in archive.dossier(report.dossiers[0]).documents:
        print(document.title, document.date, [page.label for page in document.pages])
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

import lazy_loader

try:
    __version__ = version("edossier")
except PackageNotFoundError:  # run from a checkout that was not installed
    __version__ = "0"

# every name of __init__.pyi, loaded when it is first used: a worker needs few of them
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
