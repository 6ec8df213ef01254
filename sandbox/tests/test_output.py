"""How a program's bytes become events; more of it is tried with real programs."""

import asyncio

from sandbox.events import EventLog
from sandbox.output import OutputWriter
from sandbox.runners.base import Stream


async def test_nothing_is_written_behind_the_end() -> None:
    """An installer that is told to stop still talks, when the run's last frame is out."""
    log = EventLog()
    writer = OutputWriter(log, 1000)
    writer.write(Stream.STDOUT, b"one ")
    writer.write(Stream.STDOUT, b"two ")  # waits, to go out with others
    writer.finish()
    writer.write(Stream.STDOUT, b"three ")
    writer.finish()
    await asyncio.sleep(0.05)
    assert [event.content for event in log] == ["one ", "two "]
