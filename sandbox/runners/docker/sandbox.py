"""A container of its own for a program; see `base.Sandbox`."""

import asyncio
import contextlib
from dataclasses import dataclass

from sandbox.errors import SandboxError
from sandbox.runners.base import Exit, TerminalSize
from sandbox.runners.cgroup import Cgroup
from sandbox.runners.docker.attachment import Attachment
from sandbox.runners.docker.engine import Engine
from sandbox.runners.docker.removals import Removals
from sandbox.runners.loaded import LoadedSandbox
from sandbox.runners.pool import Recipe


@dataclass(frozen=True)
class Host:
    """Where a container lives: what its sandbox needs besides the connection to it."""

    engine: Engine
    removals: Removals
    container: str


class DockerSandbox(LoadedSandbox):
    """Its container is created, attached and started."""

    def __init__(
        self, host: Host, attachment: Attachment, recipe: Recipe, cgroup: Cgroup | None
    ) -> None:
        super().__init__(attachment, recipe, cgroup)
        self._host = host

    async def disk_bytes(self) -> int | None:
        """What it has written to its system's own files; None where the engine does not tell."""
        with contextlib.suppress(SandboxError):
            return await self._host.engine.written_bytes(self._host.container)
        return None

    async def _resize(self, size: TerminalSize) -> None:
        with contextlib.suppress(SandboxError):
            await self._host.engine.resize(self._host.container, size)

    async def _limit_cpu(self, quota_us: int) -> None:
        await self._host.engine.limit_cpu(self._host.container, quota_us)

    async def _kill(self) -> None:
        await self._host.engine.kill(self._host.container)

    def _release(self) -> None:
        # It would end by its removal as well, but the engine's own kill is dear: it starts `runc`.
        if self._cgroup:
            self._cgroup.kill()

    async def _wait(self) -> Exit:
        engine = self._host.engine
        usage = self.usage()
        exit_code = await engine.wait(self._host.container)
        oom_killed = await engine.oom_killed(self._host.container)
        # One that is shut down ends its containers, which looks as if the program had done so.
        if not (self._killed or oom_killed or await engine.answers()):
            raise SandboxError("The Docker engine was stopped while the program ran.")
        return Exit(exit_code, usage, oom_killed, compiled=self._compiled)

    async def _remove(self) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            await self._host.removals.remove(self._host.container)
