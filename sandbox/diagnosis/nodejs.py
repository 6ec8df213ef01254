"""What Node.js prints when nobody catches an exception.

That is a header of three lines (where it was thrown, the source line, a caret), the error with its
stack or the value that was thrown, and the version of Node.js.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sandbox.diagnosis.report import Report
from sandbox.diagnosis.sources import Place, Sources
from sandbox.diagnosis.text import number, plain

_LAST_LINE = re.compile(r"Node\.js v[0-9]+\.[0-9.]+\S*")
_HINT = "(Use `node --trace-uncaught"
_ERROR = re.compile(
    r"\[?(?P<name>[A-Za-z_$][\w$.]*)(?: \[[\w.]+\])?(?:: (?P<message>.*?))?(?:\](?: \{)?)?"
)
_FRAME = "    at "
_FATAL = "FATAL ERROR: "
_REJECTION = "UnhandledPromiseRejection"
_REJECTED_WITH = "rejected with the reason "


@dataclass(frozen=True)
class _Header:
    """Where it was thrown; `index` is where that stands in the output."""

    index: int
    path: str
    line: int
    column: int | None
    shown: str


def uncaught(text: str, sources: Sources) -> Report | None:
    """The exception that ends `text`: thrown, or rejected with nobody to catch it.

    None also where the line shown is not what the user's file has there.
    """
    *lines, last = text.rstrip().split("\n")
    header = _header(lines) if _LAST_LINE.fullmatch(last) else None
    if header is None or _is_made_up(header, sources):
        return None
    body = [line for line in lines[header.index + 3 :] if line and not line.startswith(_HINT)]
    return _report(header, body, sources) if body else None


def remark(text: str, sources: Sources) -> Report | None:
    """What V8 gave up for, such as a full heap."""
    _, found, rest = text.rpartition(_FATAL)
    return Report("", rest.partition("\n")[0]) if found else None


def _report(header: _Header, body: Sequence[str], sources: Sources) -> Report:
    thrown_at = sources.place(header.path, header.line, header.column)
    error = _ERROR.fullmatch(body[0])
    is_error = body[0].startswith("[") or any(line.startswith(_FRAME) for line in body)
    if error is None or not is_error:
        return Report("Uncaught exception", " ".join(body[:20]), thrown_at)
    frame = next(_frames(body, sources), None)
    # A syntax error's stack begins where the file was loaded.
    places = [thrown_at, frame] if error["name"] == "SyntaxError" else [frame, thrown_at]
    place = next((place for place in places if place), None)
    return Report(error["name"], _message(error, body), place)


def _message(error: re.Match[str], body: Sequence[str]) -> str:
    """Its first line, and what that announces; a rejection's general advice is left out."""
    message = error["message"] or ""
    _, is_told, reason = message.partition(_REJECTED_WITH)
    if error["name"] == _REJECTION and is_told:
        return f"a promise was {_REJECTED_WITH}{reason}"
    return " ".join([message, *body[1:2]]) if message.endswith(":") else message


def _header(lines: Sequence[str]) -> _Header | None:
    """The last one; a syntax error at the end of a file has neither source line nor caret."""
    carets = range(len(lines) - 1, 1, -1)
    for is_marked in (True, False):
        for index in carets:
            mark = lines[index].strip()
            if bool(mark) != is_marked or mark.strip("^"):
                continue
            path, colon, digits = lines[index - 2].rpartition(":")
            if colon and path and (line := number(digits)):
                column = lines[index].index("^") + 1 if is_marked else None
                return _Header(index - 2, path, line, column, lines[index - 1])
    return None


def _is_made_up(header: _Header, sources: Sources) -> bool:
    name = sources.name(header.path)
    if name is None:
        return False
    if not sources.has_line(name, header.line):
        return True
    line = sources.text_of(name, header.line)
    return bool(line and header.shown) and plain(line or "").rstrip() != header.shown.rstrip()


def _frames(lines: Sequence[str], sources: Sources) -> Iterator[Place]:
    """The places of a stack in the user's files, the deepest first."""
    for line in lines:
        frame = line.strip()
        if not frame.startswith("at "):
            continue
        path, _, column = frame.rstrip(" {,)").rpartition(":")
        path, _, at = path.rpartition(":")
        path = path.rpartition("(")[2].removeprefix("at ").removeprefix("async ")
        if (line_number := number(at)) and (place := sources.place(path, line_number)):
            yield Place(place.file, place.line, number(column))
