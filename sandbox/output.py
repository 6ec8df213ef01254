"""A program's bytes as `stdout` and `stderr` events: decoded, gathered, and bounded."""

import asyncio
import codecs
from collections import deque

from cloudrun.sizes import size_words
from sandbox.events import EventLog
from sandbox.runners.base import Stream

# A first chunk goes out at once; what follows within the interval goes out as one event. Past
# `_FINE_EVENTS` the interval grows and the two streams are no longer kept in step, so that a
# program which alternates between them cannot fill the memory with tiny events.
_INTERVAL_S = 0.01
_COARSE_INTERVAL_S = 0.2
_FINE_EVENTS = 3000
_EVENT_CHARACTERS = 65_536
_TAIL_BYTES = 16_384


class OutputWriter:
    """Appends to `log` until `cap_bytes`; of what comes after only the last part is kept.

    `overflowed` is set once the cap is passed: kill the program, and keep writing what still
    comes. `finish()` writes the marker and that last part; nothing is taken after it.
    """

    def __init__(self, log: EventLog, cap_bytes: int) -> None:
        self.overflowed = asyncio.Event()
        self._log = log
        self._room = cap_bytes
        self._left_out = 0
        self._tail: deque[tuple[Stream, bytes]] = deque()
        self._tail_bytes = 0
        self._decoders = {
            stream: codecs.getincrementaldecoder("utf-8")("replace") for stream in Stream
        }
        self._pending: dict[Stream, list[str]] = {}
        self._pending_characters = 0
        self._last_flush = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._finished = False

    def write(self, stream: Stream, data: bytes) -> None:
        if self._finished:
            return
        inside, beyond = data[: self._room], data[self._room :]
        self._room -= len(inside)
        if inside:
            self._gather(stream, self._decoders[stream].decode(inside))
        if beyond:
            self.overflowed.set()
            self._keep_tail(stream, beyond)

    def finish(self) -> None:
        """Write what is left; again is no error."""
        if self._finished:
            return
        self._finished = True
        for stream, decoder in self._decoders.items():
            self._gather(stream, decoder.decode(b"", final=True))
        self._flush()
        if not self.overflowed.is_set():
            return
        cut = self._left_out - self._tail_bytes
        marker = f"\n[output truncated: {size_words(cut)} left out]\n" if cut else ""
        self._log.append(Stream.STDOUT.value, marker, truncated=True)
        for stream, data in self._tail:
            self._log.append(stream.value, data.decode("utf-8", "replace"))

    def _gather(self, stream: Stream, text: str) -> None:
        if not text:
            return
        in_step = len(self._log) < _FINE_EVENTS
        if in_step and self._pending and stream not in self._pending:
            self._flush()
        self._pending.setdefault(stream, []).append(text)
        self._pending_characters += len(text)
        loop = asyncio.get_running_loop()
        due = self._last_flush + (_INTERVAL_S if in_step else _COARSE_INTERVAL_S)
        if self._pending_characters >= _EVENT_CHARACTERS or loop.time() >= due:
            self._flush()
        elif self._timer is None:
            self._timer = loop.call_at(due, self._flush)

    def _flush(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        for stream, texts in self._pending.items():
            self._log.append(stream.value, "".join(texts))
        self._pending = {}
        self._pending_characters = 0
        self._last_flush = asyncio.get_running_loop().time()

    def _keep_tail(self, stream: Stream, data: bytes) -> None:
        self._left_out += len(data)
        data = data[-_TAIL_BYTES:]
        self._tail.append((stream, data))
        self._tail_bytes += len(data)
        while self._tail_bytes - len(self._tail[0][1]) >= _TAIL_BYTES:
            self._tail_bytes -= len(self._tail.popleft()[1])
