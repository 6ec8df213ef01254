"""What differs between two runs: line by line, as a reader follows it, in bounded time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from ide.history.snapshots import Snapshot
from ide.history.visible import visible

# Of each side, once what both begin and end with is set aside: the matching is quadratic at worst.
_MOST_LINES = 1_500
_CONTEXT = 3
_LONGEST_LINE = 2_000


@dataclass(frozen=True)
class DiffLine:
    """`kind` is `same`, `removed`, `added` or `gap` (lines that are left out); numbers from 1."""

    kind: str
    before: int | None
    after: int | None
    text: str


@dataclass(frozen=True)
class Diff:
    """Of one text. No lines where both are equal; `note` says what could not be compared."""

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


def snapshot_diffs(before: Snapshot, after: Snapshot) -> list[Diff]:
    """Every file that differs, then arguments, input and output."""
    old, new = before.contents, after.contents
    paths = [*new, *(path for path in old if path not in new)]
    files = [_file_diff(path, old.get(path), new.get(path)) for path in paths]
    args = text_diff("Arguments", before.args, after.args)
    input = text_diff("Input", before.source["stdin"], after.source["stdin"])
    output = text_diff("Output", before.output_plain, after.output_plain)
    return [*(diff for diff in (*files, args, input) if not diff.is_same), output]


def _file_diff(path: str, old: bytes | None, new: bytes | None) -> Diff:
    try:
        return text_diff(path, (old or b"").decode(), (new or b"").decode())
    except UnicodeDecodeError:
        return Diff(path, note="" if old == new else "This file is no text, and it differs.")


def text_diff(title: str, before: str, after: str) -> Diff:
    if before == after:
        return Diff(title)
    old, new = _split(before), _split(after)
    if old == new:
        return Diff(title, note="They differ only in how the last line ends.")
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    if max(len(old), len(new)) - start - end > _MOST_LINES:
        return Diff(title, note="Too much differs here to be shown line by line.")
    return Diff(title, list(_shown(old, new, start, end)))


def _split(text: str) -> list[str]:
    """Its lines; what ends the last one is no line of its own."""
    lines = visible(text.removesuffix("\n")).split("\n") if text else []
    return [line[:_LONGEST_LINE] for line in lines]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines both begin with."""
    most = min(len(old), len(new))
    return next((n for n in range(most) if old[n] != new[n]), most)


def _shown(old: list[str], new: list[str], start: int, end: int) -> Iterator[DiffLine]:
    """The middle, which differs, and a little around it."""
    skipped = max(0, start - _CONTEXT)
    old_end, new_end = len(old) - max(0, end - _CONTEXT), len(new) - max(0, end - _CONTEXT)
    matcher = SequenceMatcher(None, old[skipped:old_end], new[skipped:new_end], autojunk=True)
    last = 0
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        if group[0][1] + skipped > last:
            yield DiffLine("gap", None, None, "")
        for kind, *places in group:
            old_from, old_to, new_from, new_to = (place + skipped for place in places)
            last = old_to
            if kind == "equal":
                for n in range(old_to - old_from):
                    yield DiffLine("same", old_from + n + 1, new_from + n + 1, old[old_from + n])
                continue
            for n in range(old_from, old_to):
                yield DiffLine("removed", n + 1, None, old[n])
            for n in range(new_from, new_to):
                yield DiffLine("added", None, n + 1, new[n])
    if last < len(old):
        yield DiffLine("gap", None, None, "")
