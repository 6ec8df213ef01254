"""Who may run now: a rate per minute, so many at once, and the rest in turn, owner by owner."""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.conf import settings

from cloudrun.rates import Rate, subject_of
from sandbox.errors import QueueFullError
from sandbox.requests import Owner

_RETRY_QUEUE_S = 10
_TELL_INTERVAL_S = 1.0


async def check_rate(owner: Owner) -> None:
    """Count a request for a run; `RateLimitedError` beyond `MAX_REQUESTS_PER_MINUTE`."""
    limit = settings.MAX_REQUESTS_PER_MINUTE
    rate = Rate("runs", limit, 60, f"At most {limit} runs a minute can be started.")
    # Sessions cost a guest nothing, so guests are told apart by their addresses.
    await rate.acount(subject_of(owner.user_id, owner.address))


@dataclass(eq=False)
class Ticket:
    """A run's place: held from `enter` to `leave`; `admitted` is done once it may start."""

    owner_key: str
    on_position: Callable[[int], None]
    admitted: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    weight: float = 1.0
    left: bool = False
    told: int = 0

    def tell(self, position: int) -> None:
        """Say the place in the queue, where it is news."""
        if position != self.told:
            self.told = position
            self.on_position(position)


# A run that waits for somebody's typing needs memory, and hardly a processor. It takes half a
# place, so that a class at its prompts does not keep others from running. Places are counted for
# half of the machine's memory, so two in one still fit.
WAITING_WEIGHT = 0.5

# Ordered sets of what waits: both ends and the middle in constant time.
_Line = OrderedDict[Ticket, None]
_Lines = OrderedDict[str, _Line]


class Admission:
    """`MAX_RUNS` at once, `MAX_RUNS_PER_USER` of one owner, the rest in a queue that is fair.

    Each owner has a line of their own, and the owners take turns: one run, then to the back. So
    somebody's hundred runs delay somebody else's first by one. An owner at their own bound has no
    turn until one of their runs ends; others do not wait for them. Nobody who has a turn waits
    while there is a free place, so who is next is always the first of the first line.
    """

    def __init__(self) -> None:
        self._active: Counter[str] = Counter()
        self._load = 0.0  # sums of halves are exact
        self._in_turn: _Lines = OrderedDict()
        self._at_bound: _Lines = OrderedDict()
        self._telling: asyncio.TimerHandle | None = None

    @property
    def active(self) -> int:
        return self._active.total()

    @property
    def waiting(self) -> int:
        return sum(map(len, self._in_turn.values())) + sum(map(len, self._at_bound.values()))

    def enter(
        self, owner_key: str, on_position: Callable[[int], None], weight: float = 1.0
    ) -> Ticket:
        """A ticket, admitted at once where there is room; `QueueFullError` where too many wait.

        `weight` is the share of a place that the run takes: see `WAITING_WEIGHT`.

        `on_position` hears the place in the queue at once, then when it has changed, and 1 (next)
        before `admitted` is done.
        """
        ticket = Ticket(owner_key, on_position, weight=weight)
        lines = self._lines_of(owner_key)
        if self._has_room and lines is self._in_turn:
            self._admit(ticket)
            return ticket
        self._refuse_too_many(len(lines.get(owner_key, ())))
        lines.setdefault(owner_key, OrderedDict())[ticket] = None
        ticket.tell(next(place for other, place in self._places() if other is ticket))
        self._tell_later()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give the place back, or the queue's; again is no error."""
        if ticket.left:
            return
        ticket.left = True
        if self._withdraw(ticket):
            self._tell_later()
            return
        owner_key = ticket.owner_key
        self._load -= ticket.weight
        self._active[owner_key] -= 1
        if not self._active[owner_key]:
            del self._active[owner_key]
        if line := self._at_bound.pop(owner_key, None):
            self._in_turn[owner_key] = line
        self._admit_next()

    def _withdraw(self, ticket: Ticket) -> bool:
        """Take the ticket out of the queue; False where it was not in it."""
        lines = self._lines_of(ticket.owner_key)
        line = lines.get(ticket.owner_key)
        if line is None or ticket not in line:
            return False
        del line[ticket]
        if not line:
            del lines[ticket.owner_key]
        return True

    def _admit_next(self) -> None:
        """Admit in turn while there is room; constant work for each, however many wait."""
        while self._in_turn and self._has_room:
            owner_key, line = self._in_turn.popitem(last=False)
            ticket, _ = line.popitem(last=False)
            self._admit(ticket)
            if line:
                self._lines_of(owner_key)[owner_key] = line
            self._tell_later()

    def _admit(self, ticket: Ticket) -> None:
        self._load += ticket.weight
        self._active[ticket.owner_key] += 1
        if ticket.told:
            ticket.tell(1)
        ticket.admitted.set_result(None)

    @property
    def _has_room(self) -> bool:
        return self._load < settings.MAX_RUNS

    def _lines_of(self, owner_key: str) -> _Lines:
        """Where the owner's line belongs."""
        is_at_bound = self._active[owner_key] >= settings.MAX_RUNS_PER_USER
        return self._at_bound if is_at_bound else self._in_turn

    def _refuse_too_many(self, of_owner: int) -> None:
        """`QueueFullError` where the queue is full, or half of it is this owner's."""
        if self.waiting >= settings.MAX_QUEUE:
            raise QueueFullError(
                f"{self.waiting} runs are waiting already. Try again in a moment.",
                retry_after=_RETRY_QUEUE_S,
            )
        if of_owner >= max(1, settings.MAX_QUEUE // 2):
            raise QueueFullError(
                f"{of_owner} of your runs are waiting already, and one user may not fill the"
                " queue. Try again when some of them have run.",
                retry_after=_RETRY_QUEUE_S,
            )

    def _tell_later(self) -> None:
        """Tell all whose place has changed, once for all changes of the next second.

        A place that is told goes into the run's event log and to its client, so telling all
        at each change would be as many events as waiting runs for every run that starts. This
        way it is one per run and second, whatever happens; nobody sees the difference.
        """
        if self._telling is None:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_later(_TELL_INTERVAL_S, self._tell_places)

    def _tell_places(self) -> None:
        self._telling = None
        for ticket, place in self._places():
            ticket.tell(place)

    def _places(self) -> Iterator[tuple[Ticket, int]]:
        """Everybody who waits, with 1 + the runs that start before theirs if all goes in rounds.

        In a round each owner has one run. Those at their bound come after those in turn, and share
        a place: which of them is first depends on whose run ends first.
        """
        rounds: list[tuple[list[Ticket], list[Ticket]]] = []
        for side, lines in enumerate((self._in_turn, self._at_bound)):
            for line in lines.values():
                for depth, ticket in enumerate(line):
                    if depth == len(rounds):
                        rounds.append(([], []))
                    rounds[depth][side].append(ticket)
        place = 1
        for in_turn, at_bound in rounds:
            for ticket in in_turn:
                yield ticket, place
                place += 1
            for ticket in at_bound:
                yield ticket, place
            place += len(at_bound)
