"""The end of a terminal's output, on a server that is slow to read it."""

import asyncio
import gc
import os
import weakref

from sandbox.runners.base import Stream
from sandbox.runners.bubblewrap.process import start_process
from sandbox.runners.markers import MarkerFilter
from sandbox.runners.pump import Pump


async def test_last_words_on_a_terminal_survive_its_end() -> None:
    process = await start_process(["/bin/echo", "last words"], dict(os.environ), terminal=True)
    await process.wait()
    await asyncio.sleep(0.2)  # the terminal has ended before anybody asks for its output
    pump = Pump(process.streams(), {Stream.STDOUT: MarkerFilter("none", lambda words: None)})
    assert b"".join([chunk async for _, chunk in pump.chunks()]) == b"last words\r\n"
    await process.end()


async def test_a_pump_that_is_closed_while_it_reads_is_gone() -> None:
    """Without the garbage collector, with all that it has read ahead."""
    process = await start_process(["/usr/bin/yes"], dict(os.environ), terminal=False)
    gc.disable()
    try:
        filters = {stream: MarkerFilter("none", lambda words: None) for stream in Stream}
        pump = Pump(process.streams(), filters)
        await asyncio.sleep(0.2)
        await pump.close()
        gone = weakref.ref(pump)
        del pump
        assert gone() is None
    finally:
        gc.enable()
        await process.end()
