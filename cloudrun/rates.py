"""How often something may be asked for; the answer says what is left.

The header fields are those of https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers
"""

import math
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, NoReturn

from asgiref.sync import iscoroutinefunction
from channels.db import database_sync_to_async
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware
from django_ratelimit.core import get_usage

from cloudrun.errors import RateLimitedError
from cloudrun.proxies import counted_address


@dataclass(frozen=True)
class Usage:
    """What one subject has left of a rate, until it is counted anew in `reset_s` seconds."""

    rate: "Rate"
    remaining: int
    reset_s: int


@dataclass(frozen=True)
class Rate:
    """At most `limit` calls of one subject in each window of `window_s` seconds.

    `rule` says so to whoever has asked too often.
    """

    name: str
    limit: int
    window_s: int
    rule: str

    def count(self, subject: str) -> None:
        """Count a call; `RateLimitedError` beyond the limit. May write to the database."""
        usage = get_usage(
            HttpRequest(),
            group=self.name,
            key=lambda group, request: subject,
            rate=(self.limit, self.window_s),
            increment=True,
        )
        if usage is None:  # RATELIMIT_ENABLE is off
            return
        reset_s = max(1, math.ceil(usage["time_left"]))
        if usage["should_limit"]:
            self.refuse(reset_s)
        _tell(Usage(self, self.limit - usage["count"], reset_s))

    def refuse(self, reset_s: int) -> NoReturn:
        """Say that nothing is left: in the answer's header, and by a `RateLimitedError`."""
        _tell(Usage(self, 0, reset_s))
        raise RateLimitedError(f"{self.rule} Try again in {reset_s} s.", retry_after=reset_s)

    async def acount(self, subject: str) -> None:
        """`count` from an event loop; at once where the counters are in this process."""
        if settings.COUNTERS_ARE_LOCAL:
            self.count(subject)
        else:
            await database_sync_to_async(self.count)(subject)


def subject_of(user_id: int | None, address: str) -> str:
    """Who is counted: a user wherever they are, guests by their address."""
    return f"address:{counted_address(address)}" if user_id is None else f"user:{user_id}"


# A list that the middleware puts there and reads: what is counted in another thread or task of the
# same request has a copy of the context, but not of the list.
_told: ContextVar[list[Usage] | None] = ContextVar("rates told", default=None)


def _tell(usage: Usage) -> None:
    told = _told.get()
    if told is not None:
        told.append(usage)


@sync_and_async_middleware
def rate_limit_middleware(get_response: Any) -> Any:
    """Puts what was counted during a request into its answer's header."""
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponse:
            usages = _listen()
            return _with_headers(await get_response(request), usages)

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponse:
        usages = _listen()
        return _with_headers(get_response(request), usages)

    return synchronous


def _listen() -> list[Usage]:
    usages: list[Usage] = []
    _told.set(usages)
    return usages


def _with_headers(response: HttpResponse, usages: list[Usage]) -> HttpResponse:
    if usages:
        latest = {usage.rate: usage for usage in usages}  # a batch counts one rate several times
        response["RateLimit-Policy"] = ", ".join(
            f'"{rate.name}";q={rate.limit};w={rate.window_s}' for rate in latest
        )
        response["RateLimit"] = ", ".join(
            f'"{usage.rate.name}";r={usage.remaining};t={usage.reset_s}'
            for usage in latest.values()
        )
    return response
