"""Long code and output are cut to what a provider takes and what the question needs."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.providers.base import Message

MAX_CODE = 24_000  # characters of all files together
MAX_ERROR = 6_000
MAX_STDIN = 2_000
MAX_TURNS = 24_000  # characters of all turns together
_AROUND = 6_000  # kept around the line at fault
_MAX_LINE = 2_000
_GAP = "[... {count} lines left out ...]"


@dataclass(frozen=True)
class Cut:
    """A text as it is sent. `left_out` says what is missing, in words; empty for nothing."""

    text: str
    left_out: str = ""


def cut_output(output: str, *, most: int = MAX_ERROR) -> Cut:
    """The end, where errors stand; whole lines where there are any."""
    if len(output) <= most:
        return Cut(output)
    tail = output[-most:]
    _, newline, whole = tail.partition("\n")
    text = whole if newline and whole.strip() else tail
    return Cut(text, f"only the last {len(text):,} of {len(output):,} characters of the output")


def cut_turns(turns: Sequence[Message]) -> tuple[Sequence[Message], str]:
    """The newest, each of them whole, and what is missing, as a `Cut` says it."""
    room = MAX_TURNS
    for count, turn in enumerate(reversed(turns)):
        room -= len(turn.content)
        if room < 0:
            left_out = f"only the last {count} of {len(turns)} messages of the conversation"
            return turns[len(turns) - count :], left_out
    return turns, ""


def cut_code(name: str, code: str, *, line: int | None, most: int) -> Cut:
    """The beginning, and what is around `line` (from 1) or, without one, the end."""
    if len(code) <= most:
        return Cut(code)
    lines = [
        text if len(text) <= _MAX_LINE else text[:_MAX_LINE] + " [...]" for text in code.split("\n")
    ]
    around = min(_AROUND, most // 2)
    middle = min(line - 1, len(lines) - 1) if line else len(lines) - 1
    first = _fitting(lines, range(len(lines)), most - around)
    last = _around(lines, middle, around)
    kept = sorted(first | last)
    left_out = f"only {len(kept):,} of {len(lines):,} lines of {name}"
    return Cut("\n".join(_with_gaps(lines, kept)), left_out)


def _fitting(lines: list[str], order: range, most: int) -> set[int]:
    kept: set[int] = set()
    for index in order:
        most -= len(lines[index]) + 1
        if most < 0:
            break
        kept.add(index)
    return kept


def _around(lines: list[str], middle: int, most: int) -> set[int]:
    before = _fitting(lines, range(middle, -1, -1), most // 2)
    after = _fitting(lines, range(middle + 1, len(lines)), most // 2)
    return before | after


def _with_gaps(lines: list[str], kept: list[int]) -> list[str]:
    texts: list[str] = []
    expected = 0
    for index in kept:
        if index > expected:
            texts.append(_GAP.format(count=index - expected))
        texts.append(lines[index])
        expected = index + 1
    if expected < len(lines):
        texts.append(_GAP.format(count=len(lines) - expected))
    return texts
