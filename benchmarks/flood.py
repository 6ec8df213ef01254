"""What a program that never stops printing costs the server and the run beside it.

The server ends such a program at `MAX_OUTPUT`, so floods follow each other without a pause. The
neighbour's run is measured in turn without and with them, on the same server.
"""

import argparse
import asyncio
import os
import statistics
import sys
from contextlib import suppress
from pathlib import Path

from benchmarks.client import run, scratch_folder, table
from e2e.server import started

FLOOD = """import os
chunk = b"x" * 65536
for _ in range({bytes} // len(chunk)):
    os.write(1, chunk)
"""
NEIGHBOUR = "print(sum(range(300_000)))\n"
_WARM_UP = 5
_FLOOD_LEAD_S = 0.3  # after which it prints


def server_pid() -> int:
    """The process that this one has started: the server, not its sandboxes."""
    us = os.getpid()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == us:
                return int(stat.parent.name)
    raise RuntimeError("There is no server of ours.")


def resident_bytes(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) * 1024


async def highest_resident(pid: int, done: asyncio.Event) -> int:
    highest = 0
    while not done.is_set():
        highest = max(highest, resident_bytes(pid))
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), 0.05)
    return highest


async def neighbour(url: str) -> float:
    return (await run(url, "python", NEIGHBOUR)).total_s


async def floods(url: str, flood: str) -> None:
    while True:
        result = await run(url, "python", flood)
        if not result.last.get("truncated"):
            raise RuntimeError(f"That was no flood: {result.last}")


async def neighbour_beside(url: str, flood: str) -> float:
    flooding = asyncio.create_task(floods(url, flood))
    try:
        await asyncio.sleep(_FLOOD_LEAD_S)
        return await neighbour(url)
    finally:
        if flooding.done():
            flooding.result()  # it failed
        flooding.cancel()
        await asyncio.wait({flooding})


async def measure(url: str, flood: str, pairs: int) -> tuple[int, list[float], list[float]]:
    """The growth of the server in bytes, the neighbour's times alone and beside the floods."""
    pid = server_pid()
    for _ in range(_WARM_UP):
        await neighbour(url)
    before = resident_bytes(pid)
    done = asyncio.Event()
    watch = asyncio.create_task(highest_resident(pid, done))
    alone, beside = [], []
    for _ in range(pairs):
        alone.append(await neighbour(url))
        beside.append(await neighbour_beside(url, flood))
    done.set()
    return await watch - before, alone, beside


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runner", default="bubblewrap")
    parser.add_argument("--bytes", type=int, default=5 * 1024**3)
    parser.add_argument("--pairs", type=int, default=20)
    options = parser.parse_args()

    flood = FLOOD.format(bytes=options.bytes)
    with scratch_folder() as folder, started(options.runner, Path(folder)) as target:
        grown, alone, beside = asyncio.run(measure(target.url, flood, options.pairs))
    slower = statistics.median(beside) / statistics.median(alone)
    rows = [
        ["growth of the server, MiB", f"{grown / 1024**2:.1f}"],
        ["neighbour alone, median ms", f"{1000 * statistics.median(alone):.0f}"],
        ["neighbour beside it, median ms", f"{1000 * statistics.median(beside):.0f}"],
        ["times slower", f"{slower:.2f}"],
    ]
    print(table([f"a flood of {options.bytes / 1024**3:.1f} GiB", ""], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
