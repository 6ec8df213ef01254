"""CPython's tracebacks."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from sandbox.diagnosis.report import Report
from sandbox.diagnosis.sources import Place, Sources
from sandbox.diagnosis.text import may_be_cut, number, plain

_HEADER = "Traceback (most recent call last):"
_GROUP_HEADER = f"+ Exception Group {_HEADER}"
_GROUP_END = re.compile(r" +\+-+")
_FILE = '  File "'
_SHOWN = "    "
_EXCEPTION = re.compile(r"(?P<name>[^\W\d][\w.<>]*)(?:: ?(?P<message>.*))?")
_SYNTAX_ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})


@dataclass(frozen=True)
class _Frame:
    """`shown` is the source line as printed, without its indentation; `marked` an offset in it."""

    path: str
    line: int
    in_function: bool  # False where a syntax error stands in for one
    shown: str
    marked: int | None


def uncaught(text: str, sources: Sources) -> Report | None:
    """The exception whose traceback ends `text`, at its deepest frame in one of the user's files.

    A message may go on over further lines, but not past an empty one. None also for a traceback
    that shows other lines than the user's files have: the runtime did not write that.
    """
    lines = text.rstrip().split("\n")
    if _GROUP_END.fullmatch(lines[-1]):
        return _group(lines, sources)
    return _traceback(lines, sources, is_cut=may_be_cut(text))


def _traceback(lines: Sequence[str], sources: Sources, *, is_cut: bool = False) -> Report | None:
    last = _last(lines, lambda line: line.startswith(_FILE))
    if last is None:
        return None
    start = end = last
    while start > 0 and lines[start - 1].startswith("  "):
        start -= 1
    while end < len(lines) and lines[end].startswith("  "):
        end += 1
    report = _exception(lines[end:])
    frames = list(_frames(lines[start:end]))
    if report is None or not frames:
        return None
    is_whole = start > 0 and lines[start - 1].endswith(_HEADER)
    is_syntax_error = not frames[-1].in_function and report.title in _SYNTAX_ERRORS
    lost_its_header = is_cut and start <= 1
    if not (is_whole or is_syntax_error or lost_its_header):
        return None
    if any(_is_made_up(frame, sources) for frame in frames):
        return None
    return Report(report.title, report.message, _deepest(frames, sources))


def _group(lines: Sequence[str], sources: Sources) -> Report | None:
    """An exception group, at the place of the first exception in it."""
    start = _last(lines, lambda line: line.endswith(_GROUP_HEADER))
    if start is None:
        return None
    outer = _behind("  | ", lines[start + 1 :])
    inner = _behind("    | ", lines[start + len(outer) + 2 :])
    group = _traceback([_HEADER, *outer], sources)
    if group is None:
        return None
    first = _traceback(inner, sources) or _exception(inner)
    if first is None:
        return group
    message = f"{group.message}; the first is {first.title}: {first.message}"
    return Report(group.title, message.removesuffix(": "), first.place or group.place)


def _behind(margin: str, lines: Sequence[str]) -> list[str]:
    inside = takewhile(lambda line: line.startswith(margin), lines)
    return [line.removeprefix(margin) for line in inside]


def _last(lines: Sequence[str], is_it: Callable[[str], bool]) -> int | None:
    return next((index for index in reversed(range(len(lines))) if is_it(lines[index])), None)


def _exception(lines: Sequence[str]) -> Report | None:
    """The exception's own lines, which follow its frames."""
    match = _EXCEPTION.fullmatch(lines[0]) if lines else None
    if match is None or "" in lines:
        return None
    return Report(_short(match["name"]), match["message"] or " ".join(lines[1:2]))


def _short(name: str) -> str:
    """Without the module, which only a name such as `struct.error` needs."""
    short = name.rpartition(".")[2]
    return name if short in {"error", "Error"} else short


def _frames(lines: Sequence[str]) -> Iterator[_Frame]:
    for index, line in enumerate(lines):
        path, quote, rest = line.removeprefix(_FILE).rpartition('", line ')
        digits, comma, _ = rest.partition(", in ")
        if line.startswith(_FILE) and quote and (at := number(digits)):
            yield _Frame(path, at, bool(comma), *_shown(lines[index + 1 : index + 3]))


def _shown(lines: Sequence[str]) -> tuple[str, int | None]:
    """The source line under a frame and the offset of the marker under that, if they are there."""
    if not lines or not lines[0].startswith(_SHOWN):
        return "", None
    shown = lines[0].removeprefix(_SHOWN)
    marker = lines[1].removeprefix(_SHOWN) if len(lines) > 1 else ""
    if not marker.strip() or set(marker) - set(" ~^"):
        return shown, None
    return shown, len(marker) - len(marker.lstrip())


def _is_made_up(frame: _Frame, sources: Sources) -> bool:
    """True for a line of the user's that is not there, or reads otherwise.

    A syntax error may show a part of a line; a coding cookie may make other letters of it.
    """
    name = sources.name(frame.path)
    if name is None or not frame.in_function:
        return False
    if not sources.has_line(name, frame.line):
        return True
    line = plain(sources.text_of(name, frame.line) or "").strip()
    is_comparable = bool(line and frame.shown) and line.isascii() and frame.shown.isascii()
    return is_comparable and line != frame.shown.strip()


def _deepest(frames: Sequence[_Frame], sources: Sources) -> Place | None:
    places = (
        sources.place(frame.path, frame.line, _column(frame, sources)) for frame in reversed(frames)
    )
    return next((place for place in places if place), None)


def _column(frame: _Frame, sources: Sources) -> int | None:
    """Where the marker stands in the user's own line, indentation included."""
    name = sources.name(frame.path)
    line = sources.text_of(name, frame.line) if name else None
    if line is None or frame.marked is None or line.strip() != frame.shown.strip():
        return None
    return len(line) - len(line.lstrip()) + frame.marked + 1
