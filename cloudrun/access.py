"""Each request has an id, a line in the log, and is counted."""

import logging
import re
import secrets
import time
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware
from django.utils.functional import LazyObject

from cloudrun.logs import request_id
from cloudrun.metrics import note_request

logger = logging.getLogger("cloudrun.access")

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")


@sync_and_async_middleware
def access_middleware(get_response: Any) -> Any:
    """Puts `X-Request-ID` into the answer: a trusted proxy's where it is well-formed, else ours."""
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponse:
            began = _begin(request)
            return _end(request, await get_response(request), began)

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponse:
        began = _begin(request)
        return _end(request, get_response(request), began)

    return synchronous


def _begin(request: HttpRequest) -> float:
    # What others than trusted proxies send has been taken out: see `cloudrun.proxies`.
    given = request.headers.get("X-Request-ID", "")
    request_id.set(given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(16))
    return time.monotonic()


def _end(request: HttpRequest, response: HttpResponse, began: float) -> HttpResponse:
    duration_s = time.monotonic() - began
    note_request(response.status_code, duration_s)
    response["X-Request-ID"] = request_id.get()
    access = {
        "method": request.method,
        "path": _path(request),
        "status": response.status_code,
        "duration_ms": round(1000 * duration_s),
        "user_id": _user_id(request),
    }
    logger.info(
        "%(method)s %(path)s %(status)s %(duration_ms)s ms user=%(user_id)s",
        access,
        extra={"access": access},
    )
    request_id.set("")  # whatever comes next in this context is of another request
    return response


def _path(request: HttpRequest) -> str:
    """The pattern that the address matched: some hold what opens a door, such as the key to set a
    new password, or a link's token."""
    match = request.resolver_match
    return f"/{match.route}" if match else request.path


def _user_id(request: HttpRequest) -> int | None:
    """Where somebody has asked for it already: it is worth no query."""
    user = getattr(request, "_cached_user", None) or getattr(request, "user", None)
    return None if isinstance(user, LazyObject) else getattr(user, "pk", None)
