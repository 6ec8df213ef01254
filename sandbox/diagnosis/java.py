"""javac's errors and the JVM's stack traces."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sandbox.diagnosis.report import Report
from sandbox.diagnosis.sources import Place, Sources
from sandbox.diagnosis.text import may_be_cut, number

_COMPILER_ERROR = re.compile(r"(?P<path>[^:]+):(?P<line>[0-9]{1,9}): error: (?P<message>.*)")
_SYMBOL = "  symbol: "
# How far under an error its caret and the symbol may stand.
_DETAILS_WITHIN = 6
_HEADER = 'Exception in thread "'
_CAUSE = "Caused by: "
_FRAME = "\tat "
# What the JVM says where memory ends, which is an exception like any other that a program can make
# itself, for somebody who has never heard of a heap.
_IN_PLAIN_WORDS = {
    f"OutOfMemoryError: {message}": f"{plainly} ({message})"
    for message, plainly in {
        "Java heap space": "the program has no memory left for what it wants to keep",
        "Requested array size exceeds VM limit": "the array would be larger than Java allows",
    }.items()
}
_NOT_STARTED = (
    "Error: Main method ",
    "Error: Could not find or load main class ",
    "Error: Unable to initialize main class ",
    "Error: LinkageError ",
)


@dataclass
class _Throwable:
    """One section of a stack trace: the exception, or what caused it."""

    title: str
    message: str
    frames: list[str] = field(default_factory=list)


def compile_errors(text: str, sources: Sources) -> Iterator[Report]:
    """javac's errors; warnings and notes are none."""
    lines = text.split("\n")
    for index, line in enumerate(lines):
        if match := _COMPILER_ERROR.fullmatch(line):
            details = lines[index + 1 : index + 1 + _DETAILS_WITHIN]
            columns = (shown.index("^") + 1 for shown in details if shown.strip() == "^")
            symbols = [line.removeprefix(_SYMBOL) for line in details if line.startswith(_SYMBOL)]
            place = sources.place(match["path"], int(match["line"]), next(columns, None))
            yield Report("", ": ".join([match["message"], *symbols[:1]]), place)


def uncaught(text: str, sources: Sources) -> Report | None:
    """The exception whose stack trace ends `text`, at its root cause's frame in the user's files.

    Where the root cause has no such frame it is the nearest one that it caused. None also where
    every such frame is at a line that the file does not have.
    """
    throwables = _throwables(text)
    if not throwables:
        return None
    printed = [list(_user_frames(throwable, sources)) for throwable in throwables]
    places = [[place for place in frames if _is_there(place, sources)] for frames in printed]
    if any(printed) and not any(places):
        return None
    for throwable, frames in zip(reversed(throwables), reversed(places), strict=True):
        if frames:
            return Report(throwable.title, throwable.message, frames[0])
    return Report(throwables[0].title, throwables[0].message)


def remark(text: str, sources: Sources) -> Report | None:
    """Why the JVM could not start the program, if it ends `text` with that."""
    for line in reversed(text.rstrip().split("\n")[-3:]):
        if line.startswith(_NOT_STARTED):
            message = line.removeprefix("Error: ").removesuffix(
                ", please define the main method as:"
            )
            return Report("Java could not start your program", message)
    return None


def _throwables(text: str) -> list[_Throwable]:
    """The sections of the stack trace that ends `text`, the root cause last; empty without one."""
    lines = text.rstrip().split("\n")
    starts = (index for index in reversed(range(len(lines))) if _HEADER in lines[index])
    start = next(starts, None)
    if start is not None:
        first = lines[start].rpartition(_HEADER)[2].partition('" ')[2]
        return _sections(first, lines[start + 1 :])
    if may_be_cut(text) and all(line.startswith(("\t", _CAUSE)) for line in lines[1:]):
        return _sections("Exception", lines[1:])
    return []


def _sections(first: str, lines: Sequence[str]) -> list[_Throwable]:
    throwables = [_throwable(first)]
    for line in lines:
        if line.startswith(_CAUSE):
            throwables.append(_throwable(line.removeprefix(_CAUSE)))
        elif line.startswith(_FRAME):
            throwables[-1].frames.append(line.removeprefix(_FRAME))
        elif not line.startswith("\t") and throwables[-1].frames:
            return []  # printed by the program afterwards
    is_ended = not lines or lines[-1].startswith(("\t", _CAUSE))
    return throwables if is_ended else []


def _throwable(line: str) -> _Throwable:
    name, _, message = line.partition(": ")
    title = name.rpartition(".")[2]
    return _Throwable(title, _IN_PLAIN_WORDS.get(f"{title}: {message}", message))


def _user_frames(throwable: _Throwable, sources: Sources) -> Iterator[Place]:
    """Frames in files that are called like the user's; those of modules are the JDK's."""
    for frame in throwable.frames:
        method, _, position = frame.removeprefix("app//").rpartition("(")
        base, _, digits = position.rstrip(")").partition(":")
        line = number(digits)
        if line and "/" not in method and (file := _file(method, base, sources)):
            yield Place(file, line)


def _file(method: str, base: str, sources: Sources) -> str | None:
    """The file of a class: a trace names it without its folder, but the class with its package."""
    found = sources.named(base)
    folder = "/".join(method.split(".")[:-2])
    path = f"{folder}/{base}" if folder else base
    if path in found:
        return path
    return found[0] if len(found) == 1 else None


def _is_there(place: Place, sources: Sources) -> bool:
    return place.line is not None and sources.has_line(place.file, place.line)
