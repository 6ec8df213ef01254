"""The machine: what it is, how busy it is, and what a process takes of it."""

import asyncio
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path

import docker

_QUIET_S = 0.3  # longer than the product waits before it replaces a used container
_BUSY_SHARE = 0.1


@dataclass(frozen=True)
class Machine:
    cores: int
    processor: str
    memory_bytes: int
    kernel: str
    engine: str | None


def describe(engine: docker.DockerClient | None) -> Machine:
    return Machine(
        cores=os.cpu_count() or 1,
        processor=_field("/proc/cpuinfo", "model name") or platform.machine(),
        memory_bytes=int(_field("/proc/meminfo", "MemTotal").split()[0]) * 1024,
        kernel=f"{platform.system()} {platform.release()}",
        engine=_engine(engine) if engine else None,
    )


async def idle(timeout_s: float = 3.0) -> None:
    """Return once nothing much is going on, so that nobody pays for who ran before them."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        busy, total = _cpu_time()
        await asyncio.sleep(_QUIET_S)
        busy_then, total_then = _cpu_time()
        if busy_then - busy < _BUSY_SHARE * (total_then - total):
            return


def resident_bytes(pid: int) -> int:
    return int(_field(f"/proc/{pid}/status", "VmRSS").split()[0]) * 1024


def footprint_bytes(pid: int) -> int:
    """What a process has for itself, without the pages of files that it shares: what Chromium's
    own task manager calls its memory footprint."""
    status = f"/proc/{pid}/status"
    return 1024 * sum(int(_field(status, name).split()[0]) for name in ("RssAnon", "VmSwap"))


def _cpu_time() -> tuple[int, int]:
    """Busy and total time of all cores so far, in ticks."""
    line = Path("/proc/stat").read_text().partition("\n")[0]
    user, nice, system, idle, iowait, *others = map(int, line.split()[1:9])
    busy = user + nice + system + sum(others)
    return busy, busy + idle + iowait


def _field(path: str, name: str) -> str:
    """The first `name: value` of a file in /proc; empty where it has none."""
    for line in Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""


def _engine(engine: docker.DockerClient) -> str:
    info = engine.info()
    return f"Docker {info['ServerVersion']}, {info['DefaultRuntime']}, {info['Driver']}"
