"""Each request has an id and a line in the log, and is counted; a WebSocket has an id and two."""

import logging
import re
import secrets
import time
from http import HTTPStatus
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware
from django.utils.functional import LazyObject

from cloudrun.logs import request_id
from cloudrun.metrics import note_request

logger = logging.getLogger("cloudrun.access")

_NORMAL_CLOSE = 1000
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
    _identify(request.headers.get("X-Request-ID", ""))
    return time.monotonic()


def _identify(given: str) -> None:
    """What others than trusted proxies send has been taken out: see `cloudrun.proxies`."""
    request_id.set(given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(16))


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


class SocketAccess:
    """ASGI: a line for each WebSocket handshake, and for those taken one for the end, with its code
    and for how long it was open. What its tasks log has its id."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        given = dict(scope["headers"]).get(b"x-request-id", b"")
        _identify(given.decode("latin-1"))
        call = _SocketCall(scope["path"], receive, send)
        try:
            await self._application(scope, call.receive, call.send)
        finally:
            call.end()


class _SocketCall:
    """One WebSocket, listened to on both sides."""

    def __init__(self, path: str, receive: Any, send: Any) -> None:
        self._path, self._receive, self._send = path, receive, send
        self._began = time.monotonic()
        self._is_open = False
        self._code: int | None = None  # of whoever closed first

    async def receive(self) -> Any:
        message = await self._receive()
        if message["type"] == "websocket.disconnect":
            self._note_close(message)
        return message

    async def send(self, message: dict[str, Any]) -> None:
        await self._send(message)
        if message["type"] == "websocket.accept":
            self._is_open = True
            self._log("%(status)s", status=HTTPStatus.SWITCHING_PROTOCOLS.value)
        elif message["type"] == "websocket.close" and self._is_open:
            self._note_close(message)
        elif message["type"] == "websocket.close":
            self._log("%(status)s", status=HTTPStatus.FORBIDDEN.value)

    def end(self) -> None:
        if self._is_open:
            self._log("closed with %(close_code)s", close_code=self._code)

    def _note_close(self, message: dict[str, Any]) -> None:
        if self._code is None:
            self._code = message.get("code") or _NORMAL_CLOSE

    def _log(self, what: str, **facts: Any) -> None:
        duration_ms = round(1000 * (time.monotonic() - self._began))
        access = {"method": "WEBSOCKET", "path": self._path, **facts, "duration_ms": duration_ms}
        template = f"%(method)s %(path)s {what} %(duration_ms)s ms"
        logger.info(template, access, extra={"access": access})
