"""Counting failures, to slow down whoever guesses passwords."""

import hashlib
import math
import time
from dataclasses import dataclass

from django.core.cache import cache

from cloudrun.errors import RateLimitedError


@dataclass(frozen=True)
class FailureLimit:
    """At most `failures` of one subject in each window of `window_s` seconds.

    An attempt is counted before it is known to fail and given back where it did not: guesses sent
    all at once cannot slip past a counter that only moves after each. Windows are aligned to the
    clock, so that refused attempts never make the wait longer.
    """

    name: str
    failures: int
    window_s: int = 300

    def take(self, subject: str) -> str:
        """Count an attempt; its slot, for `give_back`. `RateLimitedError` where none is left."""
        now = time.time()
        window = int(now // self.window_s)
        digest = hashlib.sha256(subject.encode()).hexdigest()
        slot = f"{self.name}:{window}:{digest}"
        cache.add(slot, 0, timeout=self.window_s)
        if _change(slot, 1) > self.failures:
            wait_s = max(1, math.ceil((window + 1) * self.window_s - now))
            raise RateLimitedError(
                f"Too many failed attempts. Try again in {wait_s} s.", retry_after=wait_s
            )
        return slot

    def give_back(self, slot: str) -> None:
        """The attempt of `take` did not fail."""
        _change(slot, -1)


def _change(slot: str, delta: int) -> int:
    try:
        return cache.incr(slot, delta)
    except ValueError:  # its window ended, or the cache made room
        return 0
