"""Sizes: as Docker and the settings write them (`256m`, `1g`, `65536`), and as people say them."""

import re

_UNITS = {"": 1, "b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
_SIZE = re.compile(r"(?P<number>\d+)(?P<unit>[bkmg]?)(?:i?b)?", re.IGNORECASE)
_SAID = (("GB", 1024**3), ("MB", 1024**2), ("KB", 1024))


def parse_size(text: str) -> int:
    """Bytes in `text`; `ValueError` where it is no size."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a size; write for example 256m or 1g")
    return int(match["number"]) * _UNITS[match["unit"].lower()]


def size_words(size: int) -> str:
    """`10 MB`, `1.5 KB`, `1 byte`."""
    for unit, factor in _SAID:
        if size >= factor:
            return f"{size / factor:.4g} {unit}"
    return "1 byte" if size == 1 else f"{size} bytes"
