"""Check digits of the numbers in the samples."""

from __future__ import annotations

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(region: str, birth: str, serial: int) -> str:
    """A citizen number (GB 11643) of region, birth YYYYMMDD and a serial number."""
    body = f"{region}{birth}{serial:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def valid_id(number: str) -> bool:
    """18 places with the right check digit."""
    return (
        len(number) == 18
        and number[:17].isdigit()
        and number == id_number(number[:6], number[6:14], int(number[14:17]))
    )
