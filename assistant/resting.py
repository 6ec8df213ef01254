"""Providers that failed rest for a while, so that nobody waits for them in vain."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from assistant.providers.base import Failure

_FIRST_REST_S = 2.0
_LONGEST_REST_S = 300.0


@dataclass
class _State:
    failures: int = 0
    until: float = 0.0
    on_trial: bool = False
    failure: Failure = field(default_factory=lambda: Failure(""))


class Rests:
    """Who rests, by a provider's name. A rest doubles with each failure, and ends with one trial.

    https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._states: dict[str, _State] = {}
        self._lock = Lock()

    def may_ask(self, name: str) -> bool:
        """True where the provider may be asked now; whoever is told so says how it went.

        After a rest that is one caller, until then the others go on to the next provider.
        """
        with self._lock:
            state = self._states.get(name)
            if state is None:
                return True
            if state.on_trial or self._clock() < state.until:
                return False
            state.on_trial = True
            return True

    def why_not(self, name: str) -> tuple[Failure, float]:
        """Why a provider rests, and for how many seconds still."""
        with self._lock:
            state = self._states.get(name, _State())
            return state.failure, max(0.0, state.until - self._clock())

    def succeeded(self, name: str) -> None:
        with self._lock:
            self._states.pop(name, None)

    def failed(self, name: str, failure: Failure, retry_after_s: float | None) -> None:
        """`retry_after_s`: what the provider asked for, which is the least that it gets."""
        with self._lock:
            state = self._states.setdefault(name, _State())
            state.failures += 1
            rest_s = min(_FIRST_REST_S * 2 ** (state.failures - 1), _LONGEST_REST_S)
            state.until = self._clock() + max(rest_s, retry_after_s or 0.0)
            state.on_trial = False
            state.failure = failure

    def left(self, name: str) -> None:
        """The caller went away before it was known how the provider would do."""
        with self._lock:
            if name in self._states:
                self._states[name].on_trial = False


rests = Rests()
