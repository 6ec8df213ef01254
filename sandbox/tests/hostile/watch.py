"""What is seen of a run from outside: what it left, and what the server became by it."""

import asyncio
import json
import os
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from e2e.server import Server
from sandbox.tests.client import converse, text
from sandbox.tests.hostile.battery import MARK

LIMIT_S = 4
SECRET = "cloudrun-battery-secret"
_GROWTH_BYTES = 10 * 1024 * 1024
_SETTLE_S = 8.0


class Watch:
    """One server, and all that carries its instance's name on this machine."""

    def __init__(self, server: Server, data_dir: Path) -> None:
        self._server = server
        secret = (data_dir / "instance_id").read_text()
        self._instance = "".join(filter(str.isalnum, secret))[:12].lower()
        self._memory_bytes: int | None = None

    async def warm_up(self) -> None:
        """Once, have the server do the largest things that it does, and note what it then holds.

        What the allocator keeps for itself differs by 15 MB from one time to the next, around a
        level that does not rise (8 rounds were looked at): the most of three rounds counts.
        """
        if self._memory_bytes is not None:
            return
        flood = {"language": "python", "code": "while True: print('x' * 5000)"}
        upload = {"language": "python", "code": "print(1)", "stdin": "x" * 9_000_000}
        resting = []
        for _ in range(3):
            await asyncio.gather(*(converse(self._server.url, flood) for _ in range(4)))
            await converse(self._server.url, upload)
            await hello(self._server.url)
            resting.append(self._server.memory_bytes)
        self._memory_bytes = max(resting)

    async def settled(self) -> dict[str, Any]:
        """What is wrong once the dust has settled; empty where all is well."""
        deadline = time.monotonic() + _SETTLE_S
        while wrong := self._wrong():
            if time.monotonic() > deadline:
                break
            await asyncio.sleep(0.1)
        return wrong

    def _wrong(self) -> dict[str, Any]:
        assert self._memory_bytes is not None
        allowed_bytes = self._memory_bytes + _GROWTH_BYTES
        checks: dict[str, Callable[[], Any]] = {
            "processes": _marked_processes,
            "cgroups": self._cgroups,
            "containers": self._containers,
            "bytes too many": lambda: max(0, self._server.memory_bytes - allowed_bytes),
        }
        return {name: found for name, check in checks.items() if (found := check())}

    def _cgroups(self) -> int:
        """Of the embedded runner's runs; a container's go with the container."""
        # Unlike glob, walk bears that other folders vanish meanwhile.
        there = {
            name
            for folder, names, _ in os.walk("/sys/fs/cgroup")
            if folder.endswith(f"/cloudrun-{self._instance}")
            for name in names
        }
        return self._without_waiting(len(there))

    def _containers(self) -> int:
        command = ["docker", "ps", "-aq", "--filter", f"label=cloudrun={self._instance}"]
        there = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        return self._without_waiting(len(there))

    def _without_waiting(self, count: int) -> int:
        """How many more there are than wait for a run."""
        pool = _status(self._server.url)["runner"]["pool"]
        return max(0, count - int(pool["size"]))


async def hello(url: str) -> float:
    """Run a small program that must print what it should; the seconds that it took."""
    began = time.monotonic()
    lines = "for n in range(5): print(n, flush=True); time.sleep(0.02)"
    frames = await converse(url, {"language": "python", "code": f"import time\n{lines}"})
    assert text(frames) == "0\n1\n2\n3\n4\n"
    assert text(frames, "stderr") == ""
    assert frames[-1]["status"] == "completed"
    return time.monotonic() - began


def _status(url: str) -> Any:
    with urllib.request.urlopen(f"{url}/api/status", timeout=10) as answer:
        return json.load(answer)


def _marked_processes() -> list[int]:
    """Those on this machine that gave themselves the mark as their name."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            name = (folder / "cmdline").read_bytes().partition(b"\0")[0]
        except OSError:
            continue
        if name == MARK.encode():
            found.append(int(folder.name))
    return found
