"""Similar judgments in an archive: features kept, candidates found, results explained."""

from __future__ import annotations

import lazy_loader

# every name of __init__.pyi, loaded when it is first used: few commands need this room
__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
