"""Bash's complaints about a script."""

import re

from sandbox.diagnosis.report import Report
from sandbox.diagnosis.sources import Sources

_COMPLAINT = re.compile(r"(?P<path>[^:]+): line (?P<line>[0-9]{1,9}): +(?P<message>.*)")


def remark(text: str, sources: Sources) -> Report | None:
    """The complaint that ends `text`; a syntax error is one line, and then the line it is in."""
    *before, last = text.rstrip().split("\n")[-2:]
    lines = [*before, last] if ": `" in last else [last]
    for line in lines:
        match = _COMPLAINT.fullmatch(line)
        place = sources.place(match["path"], int(match["line"])) if match else None
        if match and place:
            return Report("", match["message"], place)
    return None
