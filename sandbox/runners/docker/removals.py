"""Removing containers, for as long as it takes."""

import asyncio
import logging

from sandbox.errors import SandboxError
from sandbox.runners.docker.engine import Engine

logger = logging.getLogger(__name__)

_RETRY_DELAYS_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
_LONG_DELAYS_S = (60.0,) * 60
_AT_ONCE = 8
_CLOSE_TIMEOUT_S = 3.0


class Removals:
    """What the engine does not remove at once is tried again in the background, up to an hour.

    While the engine is given up they wait for it. What is left even then is reaped at the next
    start.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._retries: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(_AT_ONCE)

    async def remove(self, container: str) -> None:
        """Kill and remove; never raises."""
        try:
            await self._delete(container)
        except SandboxError as error:
            logger.warning("container %s is still to be removed: %s", container, error.detail)
            self._start(container, appears_late=False)

    def remove_late(self, name: str) -> None:
        """Remove a container that the engine may still make: its answer did not come in time."""
        self._start(name, appears_late=True)

    def keep(self, task: "asyncio.Task[None]") -> None:
        """Hold a removal under way until it is done: the event loop itself would not."""
        self._retries.add(task)
        task.add_done_callback(self._retries.discard)

    async def close(self) -> None:
        """Wait a moment, where that may help, then give up on the rest."""
        if self._retries and not self._engine.is_given_up:
            await asyncio.wait(self._retries, timeout=_CLOSE_TIMEOUT_S)
        for task in list(self._retries):
            task.cancel()
        await asyncio.gather(*self._retries, return_exceptions=True)

    def _start(self, container: str, *, appears_late: bool) -> None:
        task = asyncio.create_task(self._retry(container, appears_late=appears_late))
        self.keep(task)

    async def _delete(self, container: str) -> None:
        """A few at a time: an engine that is back from a fault finds hundreds to remove."""
        async with self._places:
            await self._engine.delete(container)

    async def _retry(self, container: str, *, appears_late: bool) -> None:
        successes = 0  # in a row
        for tries, delay in enumerate(_RETRY_DELAYS_S + _LONG_DELAYS_S, start=1):
            await asyncio.sleep(delay)
            await self._engine.trusted()
            try:
                await self._delete(container)
            except SandboxError:
                successes = 0
                continue
            successes += 1
            # Right after a fault the engine may not have come to what it was asked to make.
            if not appears_late or (successes > 1 and tries >= len(_RETRY_DELAYS_S)):
                return
        logger.error("container %s could not be removed; the next start will try", container)
