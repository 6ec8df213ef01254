"""Slowing down whoever guesses passwords or makes accounts in bulk."""

import hashlib
import math
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches

from accounts.models import User
from cloudrun.proxies import counted_address
from cloudrun.rates import Rate, subject_of

_TRIES = 5


def count_signup(address: str) -> None:
    """Count an account that is about to be made; `RateLimitedError` beyond `SIGNUPS_PER_HOUR`."""
    limit = settings.SIGNUPS_PER_HOUR
    rule = f"At most {limit} accounts an hour can be made from one address."
    Rate("sign-ups", limit, 3600, rule).count(subject_of(None, address))


def count_signup_form(address: str) -> None:
    """Count a form that tells whether a name is taken, as `count_signup`.

    People get several tries for each account.
    """
    limit = _TRIES * settings.SIGNUPS_PER_HOUR
    rule = f"At most {limit} sign-ups an hour can be tried from one address."
    Rate("sign-up-forms", limit, 3600, rule).count(subject_of(None, address))


@dataclass(frozen=True)
class FailureLimit:
    """At most `failures` of one subject in each window of `window_s` seconds.

    An attempt is counted before it is known to fail and given back where it did not: guesses sent
    all at once cannot slip past a counter that only moves after each. Windows are aligned to the
    clock, so that refused attempts never make the wait longer. Only a refusal tells what is left:
    before it, the number would tell which names belong to one account.
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
        caches["counters"].add(slot, 0, timeout=self.window_s)
        if _change(slot, 1) > self.failures:
            wait_s = max(1, math.ceil((window + 1) * self.window_s - now))
            rate = Rate(self.name, self.failures, self.window_s, "Too many failed attempts.")
            rate.refuse(wait_s)
        return slot

    def give_back(self, slot: str) -> None:
        """The attempt of `take` did not fail."""
        _change(slot, -1)


def _change(slot: str, delta: int) -> int:
    try:
        return caches["counters"].incr(slot, delta)
    except ValueError:  # its window ended, or the cache made room
        return 0


@dataclass(frozen=True)
class LoginAttempt:
    """A password that is about to be checked; counted as failed until it `succeeded`."""

    slots: tuple[str, ...]

    @classmethod
    def count(cls, name: str, user: User | None, address: str) -> "LoginAttempt":
        """`RateLimitedError` after too many failures from `address`.

        Per account and address, so that a stranger elsewhere cannot lock the owner out; by the
        `name` in lower case where it is nobody's. Whoever fails often enough can find out that a
        username and an e-mail address are one account's; counted apart, each would give as many
        guesses again.
        """
        source = counted_address(address)
        account = f"name {name}" if user is None else f"user {user.pk}"
        of_account = FailureLimit("login-account", settings.LOGIN_FAILURES)
        of_address = FailureLimit("login-address", settings.LOGIN_FAILURES_PER_ADDRESS)
        return cls((of_account.take(f"{source} {account}"), of_address.take(source)))

    def succeeded(self) -> None:
        for slot in self.slots:
            _change(slot, -1)
