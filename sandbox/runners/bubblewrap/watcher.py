"""Memory and process limits where no cgroup can be made: its tree is summed up every 0.1 s.

A program can be over its limit for a moment, so this is for trusted users only; `RLIMIT_DATA` per
process stands beside it. RLIMIT_NPROC is no help: it counts the user's other processes too.
"""

import asyncio
import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from sandbox.limits import Limits
from sandbox.runners.base import Usage

_INTERVAL_S = 0.1
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Watcher:
    """Kills the tree below `pid` when it is over its limits; `stop()` it at the end."""

    def __init__(self, pid: int, limits: Limits) -> None:
        self.oom_killed = False
        self.process_limited = False
        self._peak_bytes = 0
        self._pid = pid
        self._limits = limits
        self._task = asyncio.create_task(self._watch())

    @property
    def usage(self) -> Usage:
        return Usage(memory_bytes=self._peak_bytes)

    async def stop(self) -> None:
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _watch(self) -> None:
        while True:
            pids = list(_tree(self._pid))
            used = sum(map(_resident_bytes, pids))
            self._peak_bytes = max(self._peak_bytes, used)
            self.oom_killed |= used > self._limits.memory_bytes
            # bwrap's own two processes and the loader come on top of the program's.
            self.process_limited |= len(pids) > self._limits.processes + 3
            if self.oom_killed or self.process_limited:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._pid, signal.SIGKILL)
            await asyncio.sleep(_INTERVAL_S)


def _tree(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from _tree(int(child))


def _resident_bytes(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    return 0
