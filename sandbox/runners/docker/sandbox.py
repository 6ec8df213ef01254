"""A program in a container of its own; see `base.Sandbox`."""

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncGenerator

from sandbox.limits import Limits
from sandbox.runners.base import Exit, Stream
from sandbox.runners.docker.attachment import Attachment
from sandbox.runners.docker.engine import Engine
from sandbox.runners.docker.pump import Pump
from sandbox.runners.docker.removals import Removals
from sandbox.runners.docker.trailer import TrailerFilter
from sandbox.runners.docker.usage import Usage

# The engine tells of the end of the streams and of the process in any order, close together.
_LAST_OUTPUT_S = 1.0


class DockerSandbox:
    """Made by `Container.launch`, when the payload is on its way."""

    def __init__(
        self,
        engine: Engine,
        removals: Removals,
        container: str,
        attachment: Attachment,
        nonce: str,
        limits: Limits,
    ) -> None:
        self._engine = engine
        self._removals = removals
        self._container = container
        self._attachment = attachment
        self._limits = limits
        self._trailer = TrailerFilter(nonce)
        self._pump = Pump(attachment, self._trailer)
        self._sampled = Usage()
        self._started = time.monotonic()
        self._exit_code = asyncio.create_task(engine.wait(container))
        # A failed wait that nobody asks for is no news.
        self._exit_code.add_done_callback(lambda task: task.cancelled() or task.exception())

    def output(self) -> AsyncGenerator[tuple[Stream, bytes], None]:
        return self._pump.chunks()

    async def write_stdin(self, data: bytes) -> None:
        await self._attachment.write(data)

    async def close_stdin(self) -> None:
        self._attachment.write_eof()

    async def kill(self) -> None:
        if self._exit_code.done():
            return
        self._pump.release()
        # Nobody will print the trailer, and the engine knows nothing of a dead container's use.
        self._sampled = await self._engine.usage(self._container)
        await self._engine.kill(self._container)

    async def wait(self) -> Exit:
        exit_code = await asyncio.shield(self._exit_code)
        await self._pump.ended(_LAST_OUTPUT_S)
        oom_killed = await self._engine.oom_killed(self._container)
        usage = self._usage()
        return Exit(exit_code, oom_killed, usage.cpu_ms, usage.memory_bytes)

    async def remove(self) -> None:
        self._attachment.close()
        await self._pump.close()
        self._exit_code.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._removals.remove(self._container)

    def _usage(self) -> Usage:
        cores = math.ceil(self._limits.cpu_quota_us / self._limits.cpu_period_us)
        elapsed_ms = math.ceil(1000 * (time.monotonic() - self._started))
        usage = self._trailer.usage or self._sampled
        return usage.within(cores * elapsed_ms, self._limits.memory_bytes)
