"""Sandboxes that wait, made before they are asked for, so that Run is one write to them.

There is a shelf for each recipe. How much stands on it follows the demand: as many as were taken
within a few seconds of the last minutes, and half as many more. Two workers fill the shelves up,
the emptiest first, and a shelf that nobody asks for any more is emptied again.
"""

import asyncio
import contextlib
import logging
import math
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from sandbox.errors import NoSandboxError, SandboxError
from sandbox.languages import Language
from sandbox.limits import Limits
from sandbox.metrics import note_taken
from sandbox.runners.base import Job

logger = logging.getLogger(__name__)

# Docker's engine makes no more in a second when it is asked for more at once, and is slower for
# runs.
_WORKERS = 2
# The run that took a sandbox has the processors to itself for its first moments.
_DELAY_S = 0.1
_BURST_S = 5.0
_MEMORY_S = 600.0
_MINUTE_S = 60.0
_SPARE = 1.5
_RETRY_S = 1.0
_LONGEST_RETRY_S = 60.0
_MOST_DOUBLINGS = 6
_CLOSE_TIMEOUT_S = 5.0
# Python is what most people run, the IDE on a terminal, clients without one.
_ALWAYS_READY = {"python": 3}
_ALWAYS_READY_OTHERS = 1


@dataclass(frozen=True)
class Recipe:
    """All that must be known of a run before its sandbox is made.

    `network` is the engine's network to be on, `packages` where the installed packages are.
    """

    language_id: str
    limits: Limits
    terminal: bool = False
    network: str | None = None
    packages: str | None = None

    @classmethod
    def of(cls, job: Job, network: str | None = None, packages: str | None = None) -> "Recipe":
        return cls(job.language.id, job.limits, job.terminal is not None, network, packages)


def always_ready(languages: Iterable[Language]) -> dict[Recipe, int]:
    """How many shall stand ready while nobody asks for them, on a terminal and without."""
    return {
        Recipe(language.id, limits, terminal): _ALWAYS_READY.get(language.id, _ALWAYS_READY_OTHERS)
        for language in languages
        for terminal, limits in (
            (False, language.run_limits()),
            (True, language.run_limits(interactive=True)),
        )
    }


class Waiting(Protocol):
    """What a pool holds."""

    @property
    def is_alive(self) -> bool:
        """As far as can be told."""

    async def remove(self) -> None:
        """Leave nothing behind. Never raises."""


W = TypeVar("W", bound=Waiting)


@dataclass(eq=False)
class Shelf(Generic[W]):
    """`minimum` stand here also while nobody asks."""

    recipe: Recipe
    minimum: int = 0
    waiting: deque[W] = field(default_factory=deque)
    making: int = 0
    failures: int = 0
    retry_at: float = 0.0
    _taken: deque[float] = field(default_factory=deque)
    _peaks: deque[tuple[float, int]] = field(default_factory=deque)

    def note_taken(self, now: float) -> None:
        self._taken.append(now)
        while self._taken[0] < now - _BURST_S:
            self._taken.popleft()
        # Only the highest of what comes later can ever count.
        while self._peaks and self._peaks[-1][1] <= len(self._taken):
            self._peaks.pop()
        self._peaks.append((now, len(self._taken)))

    def wanted(self, now: float) -> int:
        while self._peaks and self._peaks[0][0] < now - _MEMORY_S:
            self._peaks.popleft()
        peak = self._peaks[0][1] if self._peaks else 0
        return max(self.minimum, math.ceil(_SPARE * peak))

    def note_failure(self, now: float) -> None:
        """Wait before the next try, longer each time."""
        self.retry_at = now + min(_RETRY_S * 2**self.failures, _LONGEST_RETRY_S)
        self.failures = min(self.failures + 1, _MOST_DOUBLINGS)

    def missing(self, now: float) -> int:
        return self.wanted(now) - len(self.waiting) - self.making


class Pool(Generic[W]):
    """`make` gives one that waits; `capacity` is for all shelves together.

    Belongs to one event loop. `open` starts filling, `close` removes all that waits.
    """

    def __init__(self, make: Callable[[Recipe], Awaitable[W]], capacity: int) -> None:
        self._make = make
        self._capacity = capacity
        self._shelves: dict[Recipe, Shelf[W]] = {}
        self._workers: list[asyncio.Task[None]] = []
        self._removals: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()
        self._closing = False
        self._quiet_until = 0.0
        self._hits = self._misses = 0
        self._made: deque[float] = deque()

    def open(self, minimums: dict[Recipe, int]) -> None:
        """Start filling. Again it changes what shall always stand ready, and forgets failures."""
        for shelf in self._shelves.values():
            shelf.minimum = minimums.get(shelf.recipe, 0)
        for recipe, minimum in minimums.items():
            self._shelf(recipe).minimum = minimum
        for shelf in self._shelves.values():
            shelf.failures, shelf.retry_at = 0, 0.0
        if not self._workers:
            self._workers = [asyncio.create_task(self._work()) for _ in range(_WORKERS)]
        self._changed.set()

    def take(self, recipe: Recipe) -> W | None:
        """One that is alive as far as can be told, or None: then make a cold one."""
        now = asyncio.get_running_loop().time()
        shelf = self._shelf(recipe)
        shelf.note_taken(now)
        self._quiet_until = now + _DELAY_S
        self._changed.set()
        while shelf.waiting:
            sandbox = shelf.waiting.popleft()
            if sandbox.is_alive:
                self._hits += 1
                note_taken(recipe.language_id, hit=True)
                shelf.failures = 0
                return sandbox
            self._discard(sandbox)
        self._misses += 1
        note_taken(recipe.language_id, hit=False)
        return None

    def expect(self, recipe: Recipe) -> None:
        """A run with this recipe will come: have one ready."""
        self._shelf(recipe).note_taken(asyncio.get_running_loop().time())
        self._changed.set()

    def forget(self, doomed: Callable[[Recipe], bool]) -> None:
        """Empty the shelves of those recipes, whose image or volume is going away."""
        for recipe in [recipe for recipe in self._shelves if doomed(recipe)]:
            self._remove(self._shelves.pop(recipe).waiting)

    def figures(self) -> dict[str, Any]:
        """For operators. `size` is what waits now."""
        shelves = self._shelves.values()
        now = asyncio.get_running_loop().time()
        return {
            "size": sum(len(shelf.waiting) for shelf in shelves),
            "waiting": self._waiting_by_language(),
            "target": sum(shelf.wanted(now) for shelf in shelves),
            "capacity": self._capacity,
            "hits": self._hits,
            "misses": self._misses,
            "made_in_last_minute": sum(time > now - _MINUTE_S for time in self._made),
        }

    def _waiting_by_language(self) -> dict[str, int]:
        counts = Counter[str]()
        for recipe, shelf in self._shelves.items():
            counts[recipe.language_id] += len(shelf.waiting)
        return dict(counts)

    async def close(self) -> None:
        # What is being made now is waited for: an engine would make it all the same.
        self._closing = True
        self._changed.set()
        if self._workers:
            _, stuck = await asyncio.wait(self._workers, timeout=_CLOSE_TIMEOUT_S)
            for worker in stuck:
                worker.cancel()
        self.forget(lambda recipe: True)
        await asyncio.gather(*self._removals)

    def _shelf(self, recipe: Recipe) -> Shelf[W]:
        return self._shelves.setdefault(recipe, Shelf(recipe))

    async def _work(self) -> None:
        while not self._closing:
            self._trim()
            shelf = self._emptiest()
            if shelf is None:
                self._changed.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), _RETRY_S)
                await self._wait_for_quiet()
            else:
                await self._fill(shelf)

    async def _wait_for_quiet(self) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._quiet_until - loop.time()))

    def _emptiest(self) -> Shelf[W] | None:
        """Where one more is to be put, if anywhere."""
        now = asyncio.get_running_loop().time()
        shelves = self._shelves.values()
        if sum(len(shelf.waiting) + shelf.making for shelf in shelves) >= self._capacity:
            return None
        lacking = [s for s in shelves if s.missing(now) > 0 and s.retry_at <= now]
        return min(
            lacking, key=lambda s: (s.wanted(now) - s.missing(now)) / s.wanted(now), default=None
        )

    async def _fill(self, shelf: Shelf[W]) -> None:
        shelf.making += 1
        try:
            sandbox = await self._make(shelf.recipe)
        except (SandboxError, NoSandboxError) as error:
            logger.warning("no %s sandbox in advance: %s", shelf.recipe.language_id, error.detail)
            shelf.note_failure(asyncio.get_running_loop().time())
        else:
            self._note_made()
            if self._shelves.get(shelf.recipe) is shelf:
                shelf.waiting.append(sandbox)
            else:
                self._discard(sandbox)
        finally:
            shelf.making -= 1

    def _note_made(self) -> None:
        now = asyncio.get_running_loop().time()
        self._made.append(now)
        while self._made[0] < now - _MINUTE_S:
            self._made.popleft()

    def _trim(self) -> None:
        """Take off what nobody wants any more, or what has died."""
        now = asyncio.get_running_loop().time()
        for recipe, shelf in list(self._shelves.items()):
            dead = [sandbox for sandbox in shelf.waiting if not sandbox.is_alive]
            for sandbox in dead:
                shelf.waiting.remove(sandbox)
            if dead:
                shelf.note_failure(now)
            spare = max(0, len(shelf.waiting) - shelf.wanted(now))
            self._remove([*dead, *(shelf.waiting.popleft() for _ in range(spare))])
            if not shelf.wanted(now) and not shelf.making:
                del self._shelves[recipe]

    def _remove(self, sandboxes: Collection[W]) -> None:
        for sandbox in sandboxes:
            self._discard(sandbox)

    def _discard(self, sandbox: W) -> None:
        removal = asyncio.create_task(sandbox.remove())
        self._removals.add(removal)
        removal.add_done_callback(self._removals.discard)
