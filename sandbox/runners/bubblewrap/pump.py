"""The streams of a process as one bounded stream of chunks."""

import asyncio
from collections.abc import AsyncGenerator

from sandbox.runners.base import Stream
from sandbox.runners.bubblewrap.process import Process
from sandbox.runners.markers import MarkerFilter

_CHUNK_BYTES = 65_536
_CHUNKS_AHEAD = 8


class Pump:
    """Reads each stream in a task of its own, a few chunks ahead of whoever reads `chunks()`.

    Where nobody reads, the program blocks in its write: memory stays bounded. `markers` are taken
    out of stdout.
    """

    def __init__(self, process: Process, markers: MarkerFilter) -> None:
        self._markers = markers
        # None is the end of a stream.
        self._queue: asyncio.Queue[tuple[Stream, bytes | None]] = asyncio.Queue(_CHUNKS_AHEAD)
        self._tasks = [
            asyncio.create_task(self._read(stream, reader))
            for stream, reader in process.readers.items()
        ]

    async def chunks(self) -> AsyncGenerator[tuple[Stream, bytes], None]:
        """Chunks as they come, until all streams are closed."""
        open_streams = len(self._tasks)
        while open_streams:
            stream, chunk = await self._queue.get()
            if chunk is None:
                open_streams -= 1
            elif chunk:
                yield stream, chunk

    def close(self) -> None:
        """Stop reading, where nobody will ask for the rest."""
        for task in self._tasks:
            task.cancel()

    async def _read(self, stream: Stream, reader: asyncio.StreamReader) -> None:
        is_marked = stream is Stream.STDOUT
        while chunk := await reader.read(_CHUNK_BYTES):
            await self._queue.put((stream, self._markers.feed(chunk) if is_marked else chunk))
        if is_marked:
            await self._queue.put((stream, self._markers.flush()))
        await self._queue.put((stream, None))
