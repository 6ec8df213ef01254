"""What differs between two runs: line by line, as a reader follows it, in bounded time."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import Match, SequenceMatcher
from typing import Any

from cloudrun.sizes import size_words
from ide.history.extent import DIFFERENCES, OUTPUT, Extent, Spent
from ide.history.snapshots import Snapshot
from ide.history.terminal_text import terminal_plain
from ide.history.visible import visible

# Of each side, once what both begin and end with is set aside: the matching is quadratic at worst.
_MOST_LINES = 1_500
# What is shown of each where there are more, or where they take too long to match.
_PART = 500
_UNMATCHED = 50
_CONTEXT = 3
_LONGEST_LINE = 2_000
# Characters of each side that are compared.
_LONGEST_TEXT = 256 * 1024
_MARKUP = 150  # of one line


@dataclass(frozen=True)
class DiffLine:
    """`kind` is `same`, `removed`, `added` or `gap` (lines that are left out); numbers from 1."""

    kind: str
    before: int | None
    after: int | None
    text: str


@dataclass(frozen=True)
class Diff:
    """Of one text. No lines where both are equal; `note` says what is not shown or not compared."""

    title: str
    lines: list[DiffLine] = field(default_factory=list)
    note: str = ""

    @property
    def is_same(self) -> bool:
        return not self.lines and not self.note

    @property
    def added(self) -> int:
        return sum(line.kind == "added" for line in self.lines)

    @property
    def removed(self) -> int:
        return sum(line.kind == "removed" for line in self.lines)


class _TooSlowError(Exception):
    """The matching took more time than there is for it."""


def snapshot_diffs(before: Snapshot, after: Snapshot) -> list[Diff]:
    """Every file that differs, then arguments, input and output."""
    old, new = before.contents, after.contents
    paths = [path for path in {**new, **old} if old.get(path) != new.get(path)]
    extent = Extent(DIFFERENCES)
    files = [_file_diff(path, old.get(path), new.get(path), extent) for path in paths]
    args = text_diff("Arguments", before.args, after.args, extent)
    input = text_diff("Input", before.source["stdin"], after.source["stdin"], extent)
    output = _output_diff(before.output, after.output, extent)
    return [*(diff for diff in (*files, args, input) if not diff.is_same), output]


def _file_diff(path: str, old: bytes | None, new: bytes | None, extent: Extent) -> Diff:
    if any(b"\x00" in side for side in (old, new) if side):
        return Diff(path, note="This file is no text, and it differs.")
    try:
        return text_diff(path, (old or b"").decode(), (new or b"").decode(), extent)
    except UnicodeDecodeError:
        return Diff(path, note="This file is no text, and it differs.")


def _output_diff(before: str, after: str, extent: Extent) -> Diff:
    if before == after:
        return Diff("Output")
    heads = [terminal_plain(text[: 2 * OUTPUT]) for text in (before, after)]
    diff = text_diff("Output", heads[0], heads[1], extent)
    if max(len(before), len(after)) <= 2 * OUTPUT:
        return diff
    only = f"Only the first {size_words(2 * OUTPUT)} of the output are compared."
    return replace(diff, note=f"{diff.note} {only}".strip())


def text_diff(title: str, before: str, after: str, extent: Extent | None = None) -> Diff:
    """`extent` is what a page has left for this and others, which it takes of."""
    if before == after:
        return Diff(title)
    extent = extent or Extent(DIFFERENCES)
    if extent.cpu_s <= 0 or extent.characters <= 0:
        return Diff(title, note="This differs, too. More than is above is not shown on one page.")
    with Spent(extent):
        diff = _compared(title, before[:_LONGEST_TEXT], after[:_LONGEST_TEXT], extent)
    if max(len(before), len(after)) <= _LONGEST_TEXT:
        return diff
    only = f"Only the first {size_words(_LONGEST_TEXT)} are compared."
    return replace(diff, note=f"{diff.note} {only}".strip())


def _compared(title: str, before: str, after: str, extent: Extent) -> Diff:
    old, new = _split(before), _split(after)
    if old == new:
        same = "They differ only in how the last line ends." if before != after else ""
        return Diff(title, note=same)
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    note = ""
    if max(len(old), len(new)) - start - end > _MOST_LINES:
        old, new, end = old[: start + _PART], new[: start + _PART], 0
        note = (
            f"This is the first that differs: the rest, from line {start + _PART + 1}, is left out."
        )
    try:
        deadline = time.thread_time() + extent.cpu_s
        lines, more = _taken(_shown(old, new, start, end, deadline), extent)
    except _TooSlowError:
        lines, more = _taken(_unmatched(old, new, start), extent)
        note = "Too much differs here to be matched: these are the first lines of each that do."
    return Diff(title, lines, more or note)


def _taken(shown: Iterator[DiffLine], extent: Extent) -> tuple[list[DiffLine], str]:
    """As many lines as there is room for, and what is said where there are more."""
    lines: list[DiffLine] = []
    for line in shown:
        lines.append(line)
        extent.characters -= len(line.text) + _MARKUP
        if extent.characters <= 0:
            return lines, "More differs here than can be shown on one page."
    return lines, ""


def _split(text: str) -> list[str]:
    """Its lines; what ends the last one is no line of its own."""
    return visible(text.removesuffix("\n")).split("\n") if text else []


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines both begin with."""
    most = min(len(old), len(new))
    return next((n for n in range(most) if old[n] != new[n]), most)


class _Matcher(SequenceMatcher[str]):
    """One that gives up: `SequenceMatcher` is cubic at worst."""

    def __init__(self, old: Sequence[str], new: Sequence[str], deadline: float) -> None:
        super().__init__(None, old, new, autojunk=True)
        self._deadline = deadline

    def find_longest_match(self, *args: Any, **kwargs: Any) -> Match:
        if time.thread_time() > self._deadline:
            raise _TooSlowError
        return super().find_longest_match(*args, **kwargs)


def _shown(
    old: list[str], new: list[str], start: int, end: int, deadline: float
) -> Iterator[DiffLine]:
    """The middle, which differs, and a little around it. `_TooSlowError` at the deadline, which is
    this thread's processor time."""
    skipped = max(0, start - _CONTEXT)
    old_end, new_end = len(old) - max(0, end - _CONTEXT), len(new) - max(0, end - _CONTEXT)
    matcher = _Matcher(old[skipped:old_end], new[skipped:new_end], deadline)
    last = 0
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        if group[0][1] + skipped > last:
            yield DiffLine("gap", None, None, "")
        for kind, *places in group:
            old_from, old_to, new_from, new_to = (place + skipped for place in places)
            last = old_to
            if kind == "equal":
                for n, line in enumerate(old[old_from:old_to], 1):
                    yield DiffLine("same", old_from + n, new_from + n, _cut(line))
                continue
            for n in range(old_from, old_to):
                yield DiffLine("removed", n + 1, None, _cut(old[n]))
            for n in range(new_from, new_to):
                yield DiffLine("added", None, n + 1, _cut(new[n]))
    if last < len(old):
        yield DiffLine("gap", None, None, "")


def _unmatched(old: list[str], new: list[str], start: int) -> Iterator[DiffLine]:
    """The first lines of both from where they differ."""
    for n, line in enumerate(old[start : start + _UNMATCHED], start + 1):
        yield DiffLine("removed", n, None, _cut(line))
    for n, line in enumerate(new[start : start + _UNMATCHED], start + 1):
        yield DiffLine("added", None, n, _cut(line))


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"
