"""The standard streams of a container: one hijacked connection to the engine.

The engine answers `attach` by turning the connection into a raw one: what is written to it is the
program's stdin, what comes back are frames of stdout and stderr, or what a terminal shows. An own
connection, because HTTP clients neither half-close theirs (end-of-file for the program) nor bound
what they read ahead.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence

from sandbox.errors import SandboxError
from sandbox.runners.base import Stream
from sandbox.runners.loader import wait_ready

_CHUNK_BYTES = 65_536
_FRAME_HEADER_BYTES = 8  # stream, three zeros, size (big-endian)
_STDOUT = 1
# Ctrl-P Ctrl-Q, typed by a user, would drop the connection to a terminal.
_DETACH_KEYS = ",".join(["ctrl-^"] * 16)


class Attachment:
    """The connection; `open` before the container is started, so that no output is missed."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, terminal: bool
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._terminal = terminal
        self._stdin_open = True

    @classmethod
    async def open(cls, path: str, container: str, *, terminal: bool) -> "Attachment":
        """`Engine.attach` bounds its time and translates its errors (OSError, EOFError)."""
        reader, writer = await asyncio.open_unix_connection(path, limit=_CHUNK_BYTES)
        try:
            await _upgrade(reader, writer, container)
        except BaseException:
            writer.transport.abort()
            raise
        return cls(reader, writer, terminal=terminal)

    @property
    def is_closed(self) -> bool:
        """Whether the container, or the engine, is gone."""
        return self._reader.at_eof() or self._reader.exception() is not None

    async def wait_ready(self) -> None:
        """Until a terminal's loader is; `SandboxError` where it is not."""
        await wait_ready(self._reader)

    async def write(self, data: bytes) -> None:
        """Returns once it is taken; what cannot arrive any more is dropped."""
        if self._stdin_open:
            with contextlib.suppress(ConnectionError):
                self._writer.write(data)
                await self._writer.drain()

    def write_eof(self) -> None:
        """End-of-file for the program, behind all that was written; again is no error.

        A terminal stays open: there it is Ctrl-D that says so.
        """
        if self._stdin_open and not self._writer.is_closing():
            self._stdin_open = False
            with contextlib.suppress(OSError):
                self._writer.write_eof()

    def streams(self) -> Sequence[AsyncGenerator[tuple[Stream, bytes], None]]:
        """All that comes, in one."""
        return [self.chunks()]

    async def chunks(self) -> AsyncGenerator[tuple[Stream, bytes], None]:
        """What the program writes, at most 64 KiB each, until it ends or the engine does."""
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while self._terminal and (chunk := await self._reader.read(_CHUNK_BYTES)):
                yield Stream.STDOUT, chunk
            while not self._terminal:
                header = await self._reader.readexactly(_FRAME_HEADER_BYTES)
                stream = Stream.STDOUT if header[0] == _STDOUT else Stream.STDERR
                size = int.from_bytes(header[4:])
                while size:
                    chunk = await self._reader.read(min(size, _CHUNK_BYTES))
                    if not chunk:
                        return
                    size -= len(chunk)
                    yield stream, chunk

    def close(self) -> None:
        """Drop the connection, with whatever was not sent or read."""
        self._stdin_open = False
        self._writer.transport.abort()


async def _upgrade(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, container: str
) -> None:
    """Have the engine make a raw connection of this one."""
    writer.write(
        f"POST /containers/{container}/attach?stream=1&stdin=1&stdout=1&stderr=1"
        f"&detachKeys={_DETACH_KEYS} HTTP/1.1\r\n"
        "Host: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n".encode()
    )
    await writer.drain()
    head = await reader.readuntil(b"\r\n\r\n")
    status = head.split(b" ", 2)[1]
    if status not in (b"101", b"200"):
        raise SandboxError(f"The Docker engine refused to attach: status {status.decode()}.")
