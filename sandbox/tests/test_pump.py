"""The end of a terminal's output, on a server that is slow to read it."""

import asyncio
import os

from sandbox.runners.base import TerminalSize
from sandbox.runners.bubblewrap.process import start_process
from sandbox.runners.bubblewrap.pump import Pump
from sandbox.runners.markers import MarkerFilter


async def test_last_words_on_a_terminal_survive_its_end() -> None:
    size = TerminalSize(80, 24)
    process = await start_process(["/bin/echo", "last words"], [], dict(os.environ), size)
    await process.wait()
    await asyncio.sleep(0.2)  # the terminal has ended before anybody asks for its output
    chunks = [
        chunk async for _, chunk in Pump(process, MarkerFilter("none", lambda words: None)).chunks()
    ]
    assert b"".join(chunks) == b"last words\r\n"
    await process.close()
