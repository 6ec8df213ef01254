"""Who may run now: a rate per minute, so many at once, and the rest in order of arrival."""

import asyncio
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest
from django_ratelimit.core import get_usage

from cloudrun.errors import RateLimitedError
from sandbox.errors import QueueFullError
from sandbox.requests import Owner

_RETRY_QUEUE_S = 10


def check_rate(owner: Owner) -> None:
    """Count a request for a run; `RateLimitedError` beyond `MAX_REQUESTS_PER_MINUTE`."""
    usage = get_usage(
        HttpRequest(),
        group="run",
        key=lambda group, request: owner.key,
        rate=f"{settings.MAX_REQUESTS_PER_MINUTE}/m",
        increment=True,
    )
    if usage and usage["should_limit"]:
        wait_s = max(1, math.ceil(usage["time_left"]))
        raise RateLimitedError(
            f"At most {settings.MAX_REQUESTS_PER_MINUTE} runs a minute can be started."
            f" Try again in {wait_s} s.",
            retry_after=wait_s,
        )


@dataclass(eq=False)
class Ticket:
    """A run's place: held from `enter` to `leave`; `admitted` is done once it may start."""

    owner_key: str
    on_position: Callable[[int], None]
    admitted: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    left: bool = False


class Admission:
    """`MAX_RUNS` at once, `MAX_RUNS_PER_USER` of one owner, the rest in order of arrival.

    An owner who is at their own bound is passed over: others do not wait for them.
    """

    def __init__(self) -> None:
        self._active: Counter[str] = Counter()
        self._waiting: list[Ticket] = []

    @property
    def active(self) -> int:
        return self._active.total()

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def enter(self, owner_key: str, on_position: Callable[[int], None]) -> Ticket:
        """A ticket, admitted at once where there is room; `QueueFullError` where too many wait.

        `on_position` hears the place in the queue (1 is next) whenever it changes.
        """
        ticket = Ticket(owner_key, on_position)
        if self._has_room(owner_key):
            self._admit(ticket)
            return ticket
        if len(self._waiting) >= settings.MAX_QUEUE:
            raise QueueFullError(
                f"{len(self._waiting)} runs are waiting already. Try again in a moment.",
                retry_after=_RETRY_QUEUE_S,
            )
        self._waiting.append(ticket)
        on_position(len(self._waiting))
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give the place back, or the queue's; again is no error."""
        if ticket.left:
            return
        ticket.left = True
        if ticket in self._waiting:
            index = self._waiting.index(ticket)
            self._waiting.remove(ticket)
        else:
            self._active[ticket.owner_key] -= 1
            self._active += Counter()  # drops owners at zero
            index = self._admit_waiting()
        for position, waiting in enumerate(self._waiting[index:], index + 1):
            waiting.on_position(position)

    def _admit_waiting(self) -> int:
        """Admit from the front on; the first index whose position changed."""
        first_changed = len(self._waiting)
        for ticket in list(self._waiting):
            if self._has_room(ticket.owner_key):
                first_changed = min(first_changed, self._waiting.index(ticket))
                self._waiting.remove(ticket)
                self._admit(ticket)
        return first_changed

    def _has_room(self, owner_key: str) -> bool:
        return (
            self.active < settings.MAX_RUNS and self._active[owner_key] < settings.MAX_RUNS_PER_USER
        )

    def _admit(self, ticket: Ticket) -> None:
        self._active[ticket.owner_key] += 1
        ticket.admitted.set_result(None)
