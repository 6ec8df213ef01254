"""A run while this server knows it: its log, its controls, and who is reading."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.admission import Ticket
from sandbox.events import EventLog
from sandbox.requests import Owner, RunRequest

# What a client may have sent that the program has not read yet.
_STDIN_CHUNKS = 1024


class Cause(StrEnum):
    """Why the platform ended a run; a program cannot fake these."""

    STOPPED = "stopped"
    TIME_LIMIT = "time_limit"
    OUTPUT_LIMIT = "output_limit"
    SHUTDOWN = "shutdown"


@dataclass(eq=False)
class LiveRun:
    """`task` drives the run to its end; `ending` is done once somebody wants it to end.

    `stdin` holds what is to be written, and None for end-of-file.
    """

    id: str
    owner: Owner
    request: RunRequest
    preview_token: str | None
    log: EventLog = field(default_factory=EventLog)
    stdin: asyncio.Queue[bytes | None] = field(default_factory=lambda: asyncio.Queue(_STDIN_CHUNKS))
    ending: asyncio.Future[Cause] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    ticket: Ticket | None = None
    task: asyncio.Task[None] | None = None
    readers: int = 0
    grace: asyncio.TimerHandle | None = None
    is_running: bool = False

    def end(self, cause: Cause) -> None:
        """Ask for the end; the first cause counts."""
        if not self.ending.done():
            self.ending.set_result(cause)

    def attach(self) -> None:
        """A reader came (back)."""
        self.readers += 1
        if self.grace:
            self.grace.cancel()
            self.grace = None

    def detach(self, grace_s: float) -> None:
        """A reader is gone; the run goes on for the grace, unless another comes."""
        self.readers -= 1
        # A timer for an ended run would keep its whole log in memory for the grace.
        if self.readers == 0 and not self.log.is_closed:
            loop = asyncio.get_running_loop()
            self.grace = loop.call_later(grace_s, self.end, Cause.STOPPED)
