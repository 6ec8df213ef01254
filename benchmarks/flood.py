"""What programs that never stop printing cost the server and the run beside them.

The server ends such a program at `MAX_OUTPUT`, so floods follow each other without a pause. The
neighbour's run is measured in turn without and with them, on the same server.
"""

import asyncio
import statistics
from contextlib import suppress

from benchmarks.machine import resident_bytes
from benchmarks.paths import Product
from benchmarks.programs import Program
from benchmarks.results import Flood
from sandbox.languages import LANGUAGES

_BYTES = 5 * 1024**3
_FLOOD = Program(
    LANGUAGES["python"],
    f"""import os
chunk = b"x" * 65536
for _ in range({_BYTES} // len(chunk)):
    os.write(1, chunk)
""",
    "",
)
_NEIGHBOUR = Program(
    LANGUAGES["python"], "print(sum(range(300_000)))\n", f"{sum(range(300_000))}\n"
)
_WARM_UP = 5
_FLOOD_LEAD_S = 0.3  # after which it prints
_WATCH_INTERVAL_S = 0.05


async def measure(product: Product, pid: int, pairs: int) -> Flood:
    """`pid` is the server's."""
    for _ in range(_WARM_UP):
        await _neighbour(product)
    before = resident_bytes(pid)
    done = asyncio.Event()
    watch = asyncio.create_task(_highest_resident(pid, done))
    alone_s, beside_s = [], []
    for _ in range(pairs):
        alone_s.append(await _neighbour(product))
        beside_s.append(await _neighbour_beside(product))
    done.set()
    return Flood(await watch - before, statistics.median(alone_s), statistics.median(beside_s))


async def _neighbour(product: Product) -> float:
    result = await product.run(_NEIGHBOUR, user=0)
    if not result.is_right(_NEIGHBOUR):
        raise RuntimeError(f"The neighbour's run went wrong: {result}")
    return result.done_s


async def _neighbour_beside(product: Product) -> float:
    flooding = asyncio.create_task(_floods(product))
    try:
        await asyncio.sleep(_FLOOD_LEAD_S)
        return await _neighbour(product)
    finally:
        if flooding.done():
            flooding.result()  # it failed
        flooding.cancel()
        await asyncio.wait({flooding})


async def _floods(product: Product) -> None:
    while True:
        result = await product.run(_FLOOD, user=1)
        if result.status == "completed" or not result.stdout:
            raise RuntimeError(f"That was no flood: {result.status}")


async def _highest_resident(pid: int, done: asyncio.Event) -> int:
    highest = 0
    while not done.is_set():
        highest = max(highest, resident_bytes(pid))
        with suppress(TimeoutError):
            await asyncio.wait_for(done.wait(), _WATCH_INTERVAL_S)
    return highest
