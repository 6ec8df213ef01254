"""The line of figures that the loader prints behind a program's own output."""

import re

from sandbox.runners.docker.usage import Usage

_LONGEST_LINE = 256
# Never part of UTF-8, so that text is not held back while it looks like the start of a trailer.
_FIRST_BYTE = b"\xff"
_FIGURES = re.compile(rb"([0-9]{0,18}) ([0-9]{0,18}) ([0-9]{0,18})")


class TrailerFilter:
    """Takes the trailer out of stdout; `usage` is what it said, None before it came.

    A program that reads its parent's memory can forge it, so nothing but the figures shown to the
    user rests on it.
    """

    def __init__(self, nonce: str) -> None:
        self.usage: Usage | None = None
        self._marker = _FIRST_BYTE + nonce.encode() + b" "
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """The program's own bytes in what is known so far; the rest is held until it is clear."""
        if self.usage is not None:
            return data
        data = self._held + data
        start = self._start(data)
        self._held = data[start:]
        if not self._held.startswith(self._marker):
            return data[:start]
        line, newline, rest = self._held.partition(b"\n")
        if newline:
            self._held = b""
            self.usage = _usage(line.removeprefix(self._marker))
            return data[:start] + rest
        if len(self._held) > _LONGEST_LINE:
            self._held = b""
            return data
        return data[:start]

    def flush(self) -> bytes:
        """What was held back, at the end of the stream."""
        held, self._held = self._held, b""
        return held

    def _start(self, data: bytes) -> int:
        """Where the marker begins, or what may become one at the end; the length if nowhere."""
        if (found := data.find(self._marker)) >= 0:
            return found
        last = data.rfind(_FIRST_BYTE, max(0, len(data) - len(self._marker)))
        return last if last >= 0 and self._marker.startswith(data[last:]) else len(data)


def _usage(line: bytes) -> Usage:
    """From `cpu before, cpu after (ns), peak memory`; a field is empty where it is not known."""
    match = _FIGURES.fullmatch(line)
    if match is None:
        return Usage()
    before, after, peak = (int(field) if field else None for field in match.groups())
    cpu_ms = None if before is None or after is None else max(0, after - before) // 1_000_000
    return Usage(cpu_ms, peak)
