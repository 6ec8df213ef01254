"""g++'s and the linker's errors, and the last words of the C++ runtime and the C library."""

import re
import unicodedata
from collections.abc import Iterator

from sandbox.diagnosis.report import Report
from sandbox.diagnosis.sources import Place, Sources
from sandbox.diagnosis.text import number

_ERROR = re.compile(
    r"(?P<path>[^:]+):(?P<line>[0-9]{1,9}):(?:(?P<column>[0-9]{1,9}):)?"
    r" (?:fatal )?error: (?P<message>.*)"
)
# What leads from the user's file to an error in a header: an include, a template's use.
_LEADS = re.compile(
    r"(?:In file included from | +from )?(?P<path>[^:]+):(?P<line>[0-9]{1,9})"
    r"(?::(?P<column>[0-9]{1,9}))?(?:[,:].*)?"
)
# Errors that have no line: the linker's, and those of the compiler's own parts.
_UNLOCATED = re.compile(
    r"(?:undefined reference to|multiple definition of|final link failed:"
    r"|internal compiler error:|fatal error:) .*"
)
_TAB = 8

_TERMINATED = "terminate called after throwing an instance of '"
_WHAT = "  what():  "
_ASSERTION = re.compile(
    r"(?:[^:]*: )?(?P<path>[^:]+):(?P<line>[0-9]{1,9}): .*?Assertion `(?P<message>.*)' failed\."
)
_ASSERTION_END = "' failed."
_LIBRARY = (
    "free(): ", "malloc(): ", "realloc(): ", "munmap_chunk(): ", "malloc_consolidate(): ",
    "double free or corruption", "corrupted ", "*** ", "terminate called ",
)  # fmt: skip


def compile_errors(text: str, sources: Sources) -> Iterator[Report]:
    """The errors in source files, else what the linker or the compiler itself failed at.

    An error inside somebody else's header is told at the user's line that led there.
    """
    led_from: Place | None = None
    is_located = False
    for line in text.split("\n"):
        if match := _ERROR.fullmatch(line):
            yield Report("", match["message"], _place(match, sources) or led_from)
            led_from, is_located = None, True
        elif line.startswith(("In file included from ", "   ")) or "required from" in line:
            match = _LEADS.fullmatch(line)
            led_from = (_place(match, sources) if match else None) or led_from
    if not is_located and (error := _unlocated_error(text, sources)):
        yield error


def uncaught(text: str, sources: Sources) -> Report | None:
    """The exception that the runtime ended the program for; nobody knows where it was thrown."""
    _, found, rest = text.rstrip().rpartition(_TERMINATED)
    lines = rest.split("\n")
    type, quote, behind = lines[0].rpartition("'")
    is_ended = len(lines) == 1 or (lines[1].startswith(_WHAT) and "" not in lines)
    if not found or not quote or behind or not is_ended:
        return None
    message = lines[1].removeprefix(_WHAT) if len(lines) > 1 else ""
    return Report(f"Uncaught exception of type {type}", message)


def remark(text: str, sources: Sources) -> Report | None:
    """A failed assertion, or the C library's complaint, if it ends `text`."""
    last = text.rstrip().rpartition("\n")[2]
    # Where the end is right the first start is too, which keeps the match linear.
    if last.endswith(_ASSERTION_END) and (match := _ASSERTION.fullmatch(last)):
        place = sources.place(match["path"], int(match["line"]))
        return Report("Assertion failed", match["message"], place)
    return Report("", last) if last.startswith(_LIBRARY) else None


def _unlocated_error(text: str, sources: Sources) -> Report | None:
    match = _UNLOCATED.search(text)
    if match is None:
        return None
    before = text[: match.start()].rpartition("\n")[2]
    name = sources.name(before.partition(":")[0])
    return Report("", match[0], Place(name) if name else None)


def _place(match: re.Match[str], sources: Sources) -> Place | None:
    place = sources.place(match["path"], int(match["line"]))
    shown_column = number(match["column"] or "")
    if place is None or place.line is None or shown_column is None:
        return place
    line = sources.text_of(place.file, place.line)
    column = None if line is None else _column(line, shown_column)
    return Place(place.file, place.line, column)


def _column(line: str, shown_column: int) -> int | None:
    """The character at a column of the screen, where tabs and wide letters fill several."""
    at = 1
    for column, character in enumerate(f"{line} ", 1):
        if at >= shown_column:
            return column
        at += _TAB - (at - 1) % _TAB if character == "\t" else _width(character)
    return None


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1
