"""A child process with three pipes, or with a pseudo-terminal for all three."""

import asyncio
import contextlib
import fcntl
import os
import signal
import struct
import termios
from collections.abc import AsyncGenerator, Mapping, Sequence

from sandbox.errors import SandboxError
from sandbox.runners.base import Stream, TerminalSize
from sandbox.runners.loader import wait_ready

_CHUNK_BYTES = 65_536
_WAIT_TIMEOUT_S = 5.0


class Process:
    """A child and its `loaded.Connection`; `start_process` makes it, `end` ends it."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        readers: Mapping[Stream, asyncio.StreamReader],
        stdin: "asyncio.StreamWriter | Terminal",
    ) -> None:
        self._readers = readers
        self._process = process
        self._stdin = stdin

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_closed(self) -> bool:
        reader = self._readers[Stream.STDOUT]
        return reader.at_eof() or reader.exception() is not None

    def streams(self) -> Sequence[AsyncGenerator[tuple[Stream, bytes], None]]:
        return [_chunks(stream, reader) for stream, reader in self._readers.items()]

    async def wait_ready(self) -> None:
        """Until a terminal's loader is; `SandboxError` where it is not."""
        await wait_ready(self._readers[Stream.STDOUT])

    async def write(self, data: bytes) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            self._stdin.write(data)
            await self._stdin.drain()

    def write_eof(self) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            self._stdin.close()

    def resize(self, size: TerminalSize) -> None:
        if isinstance(self._stdin, Terminal):
            self._stdin.resize(size)

    def kill(self) -> None:
        # asyncio's own `kill` may reap it, of which asyncio's own watcher then complains.
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    async def wait(self) -> int:
        """The exit code by the shell's convention."""
        code = await self._process.wait()
        return code if code >= 0 else 128 - code

    def close(self) -> None:
        """Drop what was not sent or read, and kill."""
        self.kill()
        self._stdin.close()
        # asyncio's `wait` waits for the pipes too, and those that nobody read close only so.
        for number in (1, 2):
            if pipe := self._process._transport.get_pipe_transport(number):  # type: ignore[attr-defined]
                pipe.close()

    async def end(self) -> None:
        """Give everything back; again is no error."""
        self.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _WAIT_TIMEOUT_S)


class Terminal:
    """The master's side of a pseudo-terminal, for writing."""

    def __init__(self, writer: asyncio.StreamWriter, read: asyncio.ReadTransport, fd: int) -> None:
        self._writer = writer
        self._read = read
        self._fd = fd

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    async def drain(self) -> None:
        await self._writer.drain()

    def resize(self, size: TerminalSize) -> None:
        if not self._writer.is_closing():
            window = struct.pack("HHHH", size.rows, size.cols, 0, 0)
            fcntl.ioctl(self._fd, termios.TIOCSWINSZ, window)

    def close(self) -> None:
        if not self._writer.is_closing():
            self._writer.transport.abort()
        self._read.close()


async def _chunks(
    stream: Stream, reader: asyncio.StreamReader
) -> AsyncGenerator[tuple[Stream, bytes], None]:
    while chunk := await reader.read(_CHUNK_BYTES):
        yield stream, chunk


async def start_process(argv: Sequence[str], env: Mapping[str, str], *, terminal: bool) -> Process:
    """Start a child in a session of its own: Ctrl-C at the server's terminal is not for it.

    Raises `SandboxError`. The child does not have its terminal as the controlling one; it takes it.
    """
    try:
        return await (_start_on_terminal if terminal else _start_on_pipes)(argv, env)
    except OSError as error:
        raise SandboxError(f"A process could not be started: {error.strerror}.") from error


async def _start_on_pipes(argv: Sequence[str], env: Mapping[str, str]) -> Process:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        env=env,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    readers = {Stream.STDOUT: process.stdout, Stream.STDERR: process.stderr}
    return Process(process, readers, process.stdin)


async def _start_on_terminal(argv: Sequence[str], env: Mapping[str, str]) -> Process:
    master, slave = os.openpty()
    try:
        # Nobody but the child may open it by its name; it is another user inside.
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            start_new_session=True,
        )
    except BaseException:
        os.close(master)
        raise
    finally:
        os.close(slave)
    reader, terminal = await _open_master(master)
    return Process(process, {Stream.STDOUT: reader}, terminal)


class _MasterProtocol(asyncio.StreamReaderProtocol):
    """A terminal whose program is gone says so by an I/O error: that is its end.

    As an error it would hide from `StreamReader.read` what has come and was not asked for yet.
    """

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(None if isinstance(exc, OSError) else exc)


async def _open_master(master: int) -> tuple[asyncio.StreamReader, Terminal]:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    read, _ = await loop.connect_read_pipe(
        lambda: _MasterProtocol(reader), os.fdopen(os.dup(master), "rb", 0)
    )
    write, flow = await loop.connect_write_pipe(
        asyncio.streams.FlowControlMixin, os.fdopen(master, "wb", 0)
    )
    return reader, Terminal(asyncio.StreamWriter(write, flow, None, loop), read, master)
