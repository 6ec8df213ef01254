"""The user's files, asked by the paths and lines that compilers and runtimes print."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

_WORKSPACE = "/workspace/"
# What is looked at of a file and of a line: this runs on the event loop.
_SCANNED_CHARACTERS = 262_144
_LONGEST_LINE = 2000
_NEWLINE = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Place:
    """Somewhere in one of the user's files; line and column count from 1."""

    file: str
    line: int | None = None
    column: int | None = None


class Sources:
    """The texts of the workspace by their relative names."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._files = files
        self._lines: dict[str, list[str]] = {}
        self._line_counts: dict[str, int] = {}
        self._names: dict[str, list[str]] = {}
        for name in files:
            self._names.setdefault(name.rpartition("/")[2], []).append(name)

    def __len__(self) -> int:
        return len(self._files)

    def name(self, path: str) -> str | None:
        """The file's own name for a path as it is printed: absolute, relative, or a file URL."""
        if "file://" in path:
            path = unquote(path)
        _, workspace, relative = path.partition(_WORKSPACE)
        name = relative if workspace else path.removeprefix("./")
        return name if name in self._files else None

    def named(self, base: str) -> list[str]:
        """The files with this name in any folder."""
        return self._names.get(base, [])

    def has_line(self, name: str, line: int) -> bool:
        """False where the file is certainly shorter."""
        if name not in self._line_counts:
            text = self._files[name]
            self._line_counts[name] = text.count("\n") + text.count("\r") + 1
        return 1 <= line <= self._line_counts[name]

    def text_of(self, name: str, line: int) -> str | None:
        """A line without its end; None where there is none, or it is very long or far down."""
        if name not in self._lines:
            start = self._files[name].removeprefix("\ufeff")[:_SCANNED_CHARACTERS]
            self._lines[name] = _NEWLINE.split(start)
        lines = self._lines[name]
        text = lines[line - 1] if 1 <= line <= len(lines) else None
        return text if text is not None and len(text) <= _LONGEST_LINE else None

    def place(self, path: str, line: int, column: int | None = None) -> Place | None:
        """The place that was printed, if it is in a file of the user's that has such a line."""
        name = self.name(path)
        if name is None or not self.has_line(name, line):
            return None
        return Place(name, line, column)
