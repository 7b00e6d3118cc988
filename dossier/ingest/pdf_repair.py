"""Pages of a PDF whose end is missing: a new page tree over what is left.

pdfium rebuilds a lost cross-reference table by itself, but needs a trailer; an interrupted copy
or a torn mail attachment has none, and often no page tree either.
"""

from __future__ import annotations

import re

_OBJECT = re.compile(rb"(?:^|[\r\n ])(\d{1,9}) (\d{1,5}) obj\b")
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_CATALOG = re.compile(rb"/Type\s*/Catalog\b")
_HEAD = 4096
"""A page or catalog dictionary says what it is within so many bytes."""


def repaired(data: bytes, pages: int) -> bytes | None:
    """`data` with a new tree over its (at most `pages`) page objects, None if there are none.

    Objects packed into object streams are not looked for: then the file stays damaged. Encrypted
    files cannot be repaired without their trailer.
    """
    if b"/Encrypt" in data[-_HEAD:]:
        return None
    found: dict[int, int] = {}
    highest = 0
    matches = list(_OBJECT.finditer(data))
    for match, after in zip(matches, [*matches[1:], None], strict=True):
        number = int(match.group(1))
        highest = max(highest, number)
        end = after.start() if after is not None else len(data)
        head = data[match.end() : min(end, match.end() + _HEAD)].split(b"stream", 1)[0]
        if _PAGE.search(head) and 0 < head.count(b"<<") <= head.count(b">>"):
            found[number] = int(match.group(2))
        elif _CATALOG.search(head):
            found.pop(number, None)
    if not found:
        return None
    kids = b" ".join(b"%d %d R" % item for item in list(found.items())[:pages])
    tree, catalog = highest + 1, highest + 2
    return data + (
        b"\nendstream\nendobj\n"
        b"%d 0 obj\n<< /Type /Pages /Count %d /Kids [%s] >>\nendobj\n"
        b"%d 0 obj\n<< /Type /Catalog /Pages %d 0 R >>\nendobj\n"
        b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n0\n%%%%EOF\n"
        % (tree, min(len(found), pages), kids, catalog, tree, catalog + 1, catalog)
    )
