"""A run while this server knows it: its log, its controls, and who is reading."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from sandbox.admission import Ticket
from sandbox.events import EventLog
from sandbox.requests import Owner, RunRequest
from sandbox.runners.base import Sandbox, TerminalSize

# What a client may have sent that the program has not read yet. More is dropped: waiting for the
# program would hold up the client's `stop`, too.
_MAX_WAITING_BYTES = 1024 * 1024
_CONTROL_BYTES = 64  # of each, beside what it brings
# From a run's last frame to its row's; a slow disk must not hold up whoever reads.
_SETTLE_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Input:
    """What is to be written to the program's stdin."""

    data: bytes


@dataclass(frozen=True)
class InputEnd:
    """End-of-file for the program's stdin."""


Control = Input | InputEnd | TerminalSize


def _size(control: Control) -> int:
    return _CONTROL_BYTES + (len(control.data) if isinstance(control, Input) else 0)


class Cause(StrEnum):
    """Why the platform ended a run; a program cannot fake these."""

    STOPPED = "stopped"
    TIME_LIMIT = "time_limit"
    OUTPUT_LIMIT = "output_limit"
    DISK_LIMIT = "disk_limit"
    SHUTDOWN = "shutdown"
    DEACTIVATED = "deactivated"


@dataclass(frozen=True)
class Watcher:
    """Somebody of the staff who looks on; `name` is what the run's owner is told."""

    user_id: int
    name: str


class Row:
    """The run's row, which is written once, when it is first waited for."""

    def __init__(self, insert: Callable[[], Awaitable[None]]) -> None:
        self._insert = insert
        self._inserted: asyncio.Future[None] | None = None

    async def insert(self) -> None:
        if self._inserted is None:
            self._inserted = asyncio.ensure_future(self._insert())
        await asyncio.shield(self._inserted)  # whoever waits may go away, others wait, too


@dataclass(eq=False)
class LiveRun:
    """`task` drives the run to its end; `ending` is done once somebody wants it to end.

    `controls` are what the client sent, in its order. `sandbox` is there until it is removed.
    `stays` where the run is to go on with nobody attached: its caller comes back for the result.
    `watchers`, who neither keep it going nor end it, are written by `sandbox.watching` alone.
    """

    id: str
    owner: Owner
    request: RunRequest
    preview_token: str | None
    stays: bool = False
    log: EventLog = field(default_factory=EventLog)
    controls: asyncio.Queue[Control] = field(default_factory=asyncio.Queue)
    waiting_bytes: int = 0
    ending: asyncio.Future[Cause] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    row: Row | None = None
    ticket: Ticket | None = None
    task: asyncio.Task[None] | None = None
    readers: int = 0
    grace: asyncio.TimerHandle | None = None
    sandbox: Sandbox | None = None
    watchers: tuple[Watcher, ...] = ()
    watched_events: int = 0

    def end(self, cause: Cause) -> None:
        """Ask for the end; the first cause counts."""
        if not self.ending.done():
            self.ending.set_result(cause)

    def offer(self, control: Control) -> bool:
        """Take what a client sent for the program; False where too much waits already."""
        size = _size(control)
        # Where input fills the room, its end and a new size find some more.
        room = _MAX_WAITING_BYTES * (1 if isinstance(control, Input) else 2)
        if self.waiting_bytes + size > room:
            return False
        self.waiting_bytes += size
        self.controls.put_nowait(control)
        return True

    def taken(self, control: Control) -> None:
        """The program has it: there is room for others."""
        self.waiting_bytes -= _size(control)

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
        if self.readers == 0 and not self.stays and not self.log.is_closed:
            loop = asyncio.get_running_loop()
            self.grace = loop.call_later(grace_s, self.end, Cause.STOPPED)

    async def settle(self) -> None:
        """Wait until the run's row says what those who follow its log know already."""
        assert self.row is not None
        await self.row.insert()
        if self.log.has_last:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SETTLE_TIMEOUT_S):
                    async for _ in self.log.follow(len(self.log)):
                        pass
