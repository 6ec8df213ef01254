"""The lines by which the code around a program tells the runner how far it is.

They come on the program's own stdout, behind a byte that is never part of UTF-8 and a nonce: text
is so not held back while it looks like the start of one. A program that reads its parent's memory
can forge them, so nothing rests on them that it could not do by itself, such as to exit.
"""

from collections.abc import Callable, Sequence

PREFIX = b"\xff"
# The marker behind which nothing of the stream counts.
EXIT = "exit"
_LONGEST_LINE = 256


class MarkerFilter:
    """Takes the marker lines of one nonce out of a stream and hands their words to `on_marker`.

    `ended` is set by the `exit` marker; what comes behind it goes to `behind`, or is dropped.
    """

    behind: Callable[[bytes], None] | None = None

    def __init__(self, nonce: str, on_marker: Callable[[Sequence[str]], None]) -> None:
        self.ended = False
        self._marker = PREFIX + nonce.encode() + b" "
        self._on_marker = on_marker
        self._held = b""

    def feed(self, data: bytes) -> bytes:
        """The program's own bytes in what is known so far; the rest is held until it is clear."""
        data, self._held = self._held + data, b""
        own = []
        while data and not self.ended:
            start = self._start(data)
            own.append(data[:start])
            line, newline, rest = data[start:].partition(b"\n")
            if newline and line.startswith(self._marker):
                data = rest
                self._tell(line)
            elif len(line) > _LONGEST_LINE:
                own.append(data[start:])
                break
            else:
                self._held = data[start:]
                break
        if self.ended and self.behind:
            self.behind(data)
        return b"".join(own)

    def flush(self) -> bytes:
        """What was held back, at the end of the stream."""
        held, self._held = self._held, b""
        return held

    def _tell(self, line: bytes) -> None:
        words = line.removeprefix(self._marker).decode("ascii", "replace").split()
        self.ended = words[:1] == [EXIT]
        self._on_marker(words)

    def _start(self, data: bytes) -> int:
        """Where the marker begins, or what may become one at the end; the length if nowhere."""
        if (found := data.find(self._marker)) >= 0:
            return found
        last = data.rfind(PREFIX, max(0, len(data) - len(self._marker)))
        return last if last >= 0 and self._marker.startswith(data[last:]) else len(data)
