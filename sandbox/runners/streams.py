"""Two pipes of a process as one bounded stream of chunks."""

import asyncio
from collections.abc import AsyncGenerator

from sandbox.runners.base import Stream

_CHUNK_BYTES = 65_536
_CHUNKS_AHEAD = 8


class Pump:
    """Reads stdout and stderr in tasks of its own, a few chunks ahead of whoever reads `chunks()`.

    Where nobody reads, the program blocks in its write: memory stays bounded.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        self._queue: asyncio.Queue[tuple[Stream, bytes]] = asyncio.Queue(_CHUNKS_AHEAD)
        self._tasks = [
            asyncio.create_task(self._read(Stream.STDOUT, process.stdout)),
            asyncio.create_task(self._read(Stream.STDERR, process.stderr)),
        ]

    async def chunks(self) -> AsyncGenerator[tuple[Stream, bytes], None]:
        """Chunks as they come, until both pipes are closed."""
        open_streams = len(self._tasks)
        while open_streams:
            stream, chunk = await self._queue.get()
            if chunk:
                yield stream, chunk
            else:
                open_streams -= 1

    def close(self) -> None:
        """Stop reading, where nobody will ask for the rest."""
        for task in self._tasks:
            task.cancel()

    async def _read(self, stream: Stream, pipe: asyncio.StreamReader) -> None:
        chunk = b"-"
        while chunk:
            chunk = await pipe.read(_CHUNK_BYTES)
            await self._queue.put((stream, chunk))
