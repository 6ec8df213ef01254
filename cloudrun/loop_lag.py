"""How late the event loop is: what holds it up holds up every run, socket and request."""

import asyncio
from collections import deque
from weakref import WeakKeyDictionary

_INTERVAL_S = 0.02
_WINDOW_S = 15.0  # as often as metrics are looked at, usually


class LoopLag:
    """Measures the running loop from its making on, until the loop ends."""

    def __init__(self) -> None:
        self._peaks: deque[tuple[float, float]] = deque()  # (when, lag), each lower than before
        self._due = asyncio.get_running_loop().time()
        self._tick()

    @property
    def worst_s(self) -> float:
        """By how much the latest of all callbacks was late, in the last 15 seconds."""
        self._forget(asyncio.get_running_loop().time())
        return self._peaks[0][1] if self._peaks else 0.0

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        lag = now - self._due
        while self._peaks and self._peaks[-1][1] <= lag:
            self._peaks.pop()
        self._peaks.append((now, lag))
        self._forget(now)
        self._due = now + _INTERVAL_S
        loop.call_at(self._due, self._tick)

    def _forget(self, now: float) -> None:
        while self._peaks and self._peaks[0][0] < now - _WINDOW_S:
            self._peaks.popleft()


_lags: "WeakKeyDictionary[asyncio.AbstractEventLoop, LoopLag]" = WeakKeyDictionary()


def loop_lag() -> LoopLag:
    """That of the running event loop; measured since it was first asked for."""
    loop = asyncio.get_running_loop()
    if loop not in _lags:
        _lags[loop] = LoopLag()
    return _lags[loop]
