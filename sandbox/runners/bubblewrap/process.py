"""A child process with three pipes, or with a pseudo-terminal for all three."""

import asyncio
import contextlib
import fcntl
import os
import struct
import termios
from collections.abc import Mapping, Sequence

from sandbox.runners.base import Stream, TerminalSize

_CTRL_D = b"\x04"
_WAIT_TIMEOUT_S = 5.0


class Process:
    """What a runner does with a child; `start_process` makes it, `close` ends it."""

    def __init__(
        self,
        process: asyncio.subprocess.Process,
        readers: Mapping[Stream, asyncio.StreamReader],
        stdin: "asyncio.StreamWriter | Terminal",
    ) -> None:
        self.readers = readers
        self._process = process
        self._stdin = stdin

    @property
    def pid(self) -> int:
        return self._process.pid

    async def write(self, data: bytes) -> None:
        """Returns once it is taken; what cannot arrive any more is dropped."""
        with contextlib.suppress(OSError, RuntimeError):
            self._stdin.write(data)
            await self._stdin.drain()

    async def write_eof(self) -> None:
        if isinstance(self._stdin, Terminal):
            # The first one sends a line that is not ended; only on an empty one it is the end.
            await self.write(2 * _CTRL_D)
        else:
            with contextlib.suppress(OSError, RuntimeError):
                self._stdin.close()

    def resize(self, size: TerminalSize) -> None:
        if isinstance(self._stdin, Terminal):
            self._stdin.resize(size)

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def wait(self) -> int:
        """The exit code by the shell's convention."""
        code = await self._process.wait()
        return code if code >= 0 else 128 - code

    async def close(self) -> None:
        """Give everything back; a process that was not killed before is so now."""
        self._stdin.close()
        # asyncio's `wait` waits for the pipes too, and those that nobody read close only so.
        self._process._transport.close()  # type: ignore[attr-defined]
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
            _set_size(self._fd, size)

    def close(self) -> None:
        self._writer.transport.abort()
        self._read.close()


async def start_process(
    argv: Sequence[str],
    pass_fds: Sequence[int],
    env: Mapping[str, str],
    terminal: TerminalSize | None,
) -> Process:
    """Start a child in a session of its own: Ctrl-C at the server's terminal is not for it.

    Raises OSError. The child does not have its terminal as the controlling one; it takes it.
    """
    if terminal:
        return await _start_on_terminal(argv, pass_fds, env, terminal)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=pipe,
        stdout=pipe,
        stderr=pipe,
        pass_fds=pass_fds,
        env=env,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    readers = {Stream.STDOUT: process.stdout, Stream.STDERR: process.stderr}
    return Process(process, readers, process.stdin)


async def _start_on_terminal(
    argv: Sequence[str], pass_fds: Sequence[int], env: Mapping[str, str], size: TerminalSize
) -> Process:
    master, slave = os.openpty()
    try:
        _set_size(master, size)
        # Nobody but the child may open it by its name; it is another user inside.
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            pass_fds=pass_fds,
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


def _set_size(fd: int, size: TerminalSize) -> None:
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", size.rows, size.cols, 0, 0))
