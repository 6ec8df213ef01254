"""Reads a sandbox's output in a task of its own, a bounded way ahead of its reader."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence

from sandbox.runners.base import Stream
from sandbox.runners.markers import MarkerFilter

_AHEAD_BYTES = 262_144
_AHEAD_BYTES_RELEASED = 4_194_304


class Pump:
    """Where nobody reads `chunks()`, the program blocks in its write: memory stays bounded.

    That must end before a container is killed: the engine's `kill`, `wait` and even `inspect`
    hang while output is pending. So `release()` first; from then on the pump drains to the end,
    and drops what is more than a dead program can have left in pipes and buffers.
    """

    def __init__(
        self,
        streams: Sequence[AsyncIterator[tuple[Stream, bytes]]],
        filters: Mapping[Stream, MarkerFilter],
    ) -> None:
        self._streams = streams
        self._filters = filters
        self._ahead: deque[tuple[Stream, bytes]] = deque()
        self._bytes_ahead = 0
        self._released = False
        self._ended = False
        self._readable = asyncio.Event()
        self._writable = asyncio.Event()
        self._task: asyncio.Task[None] | None = asyncio.create_task(self._run())

    async def chunks(self) -> AsyncGenerator[tuple[Stream, bytes], None]:
        """What the program wrote, until all of its streams have ended."""
        while True:
            while self._ahead:
                stream, chunk = self._ahead.popleft()
                self._bytes_ahead -= len(chunk)
                self._writable.set()
                yield stream, chunk
            if self._ended or all(filter.ended for filter in self._filters.values()):
                return
            self._readable.clear()
            await self._readable.wait()

    def release(self) -> None:
        """Never wait for the reader again."""
        self._released = True
        self._writable.set()

    async def close(self) -> None:
        """Stop reading; again is no error."""
        # Cancelled, it keeps its frames, and with them the pump, for the garbage collector.
        task, self._task = self._task, None
        if task:
            task.cancel()
            await asyncio.wait({task})

    async def _run(self) -> None:
        try:
            await asyncio.gather(*map(self._read, self._streams))
            for stream, filter in self._filters.items():
                await self._put(stream, filter.flush())
        finally:
            self._ended = True
            self._readable.set()

    async def _read(self, chunks: AsyncIterator[tuple[Stream, bytes]]) -> None:
        async for stream, chunk in chunks:
            await self._put(stream, self._filters[stream].feed(chunk))

    async def _put(self, stream: Stream, chunk: bytes) -> None:
        while self._bytes_ahead >= _AHEAD_BYTES and not self._released:
            self._writable.clear()
            await self._writable.wait()
        if chunk and self._bytes_ahead < _AHEAD_BYTES_RELEASED:
            self._ahead.append((stream, chunk))
            self._bytes_ahead += len(chunk)
        self._readable.set()
