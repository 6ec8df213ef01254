"""A `bwrap` of its own for a program; see `base.Sandbox`."""

import asyncio
import logging

from sandbox.errors import SandboxError
from sandbox.runners.base import Exit, Job, TerminalSize
from sandbox.runners.bubblewrap.process import Process
from sandbox.runners.bubblewrap.watcher import Watcher
from sandbox.runners.cgroup import Cgroup
from sandbox.runners.loaded import LoadedSandbox
from sandbox.runners.pool import Recipe

logger = logging.getLogger(__name__)


class BubblewrapSandbox(LoadedSandbox):
    """`process` is the outer `bwrap`; without a cgroup it is watched from its launch on."""

    def __init__(self, process: Process, recipe: Recipe, cgroup: Cgroup | None) -> None:
        super().__init__(process, recipe, cgroup)
        self._process = process
        self._watcher: Watcher | None = None

    async def launch(self, job: Job) -> None:
        if self._cgroup is None:
            self._counters = self._watcher = Watcher(self._process.pid, self._limits)
        await super().launch(job)

    async def disk_bytes(self) -> int | None:
        return None  # all that can be written to is in memory

    async def _resize(self, size: TerminalSize) -> None:
        self._process.resize(size)

    async def _limit_cpu(self, quota_us: int) -> None:
        try:
            if self._cgroup:
                self._cgroup.set_cpu_quota(quota_us, self._limits.cpu_period_us)
        except OSError as error:
            raise SandboxError("The quota of a run's cgroup cannot be set.") from error

    async def _kill(self) -> None:
        # The outer bwrap's death ends the pid namespace, and with it everything inside.
        self._process.kill()
        if self._cgroup:
            await asyncio.to_thread(self._cgroup.kill)

    def _release(self) -> None:
        pass  # its loader does not wait: the cgroup stands until it is removed

    async def _wait(self) -> Exit:
        exit_code = await self._process.wait()
        return self._judged(exit_code, compiled=self._compiled)

    async def _remove(self) -> None:
        await self._process.end()
        if self._watcher:
            await self._watcher.stop()
        if self._cgroup and not await asyncio.to_thread(self._cgroup.remove):
            logger.error("a run's cgroup cannot be removed: %s", self._cgroup.folders)
