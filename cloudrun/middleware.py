"""What comes before and after every view, and before every WebSocket consumer."""

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse, parse_cookie
from django.http.request import split_domain_port, validate_host
from django.utils.decorators import sync_and_async_middleware
from django.utils.deprecation import MiddlewareMixin

from cloudrun import problems
from cloudrun.errors import ApplicationError, ForbiddenError
from cloudrun.origins import check_origin

Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[dict[str, Any], Any, Send], Awaitable[None]]


@sync_and_async_middleware
def origin_middleware(get_response: Any) -> Any:
    """Refuses API calls from web pages that may not make them."""
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponse:
            return _refusal(request) or await get_response(request)

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponse:
        return _refusal(request) or get_response(request)

    return synchronous


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if not request.path.startswith("/api/"):
        return None
    try:
        check_origin(
            origin=request.headers.get("Origin"),
            scheme=request.scheme or "http",
            host=request.get_host(),
            has_session=settings.SESSION_COOKIE_NAME in request.COOKIES,
            method=request.method,
        )
    except ForbiddenError as error:
        return problems.response(error)
    return None


@sync_and_async_middleware
def method_middleware(get_response: Any) -> Any:
    """Tells a browser in words that an address is not for such a request; Django's answer is
    empty."""
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponse:
            return _in_words(request, await get_response(request))

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponse:
        return _in_words(request, get_response(request))

    return synchronous


def _in_words(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    if response.status_code != 405 or response.content or problems.wants_problem(request):
        return response
    page = problems.method_not_allowed(request)
    page["Allow"] = response["Allow"]
    return page


class RefusalMiddleware(MiddlewareMixin):
    """Answers the refusals that views outside REST framework raise."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, ApplicationError):
            return problems.refusal(request, exception)
        return None


class SocketGate:
    """The same for WebSocket handshakes, with the host checked as Django does for HTTP.

    A refused handshake is answered with 403.
    """

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Send) -> None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        try:
            _check_socket(headers, scope.get("scheme", "ws"))
        except ForbiddenError:
            await receive()
            await send({"type": "websocket.close"})
            return
        await self._application(scope, receive, send)


def _check_socket(headers: dict[str, str], scheme: str) -> None:
    host = headers.get("host", "")
    domain, _ = split_domain_port(host)
    if not validate_host(domain, settings.ALLOWED_HOSTS):
        raise ForbiddenError(f"This server does not answer to the name {domain!r}.")
    if settings.SECURE_PROXY_SSL_HEADER and headers.get("x-forwarded-proto") == "https":
        scheme = "wss"
    check_origin(
        origin=headers.get("origin"),
        scheme="https" if scheme == "wss" else "http",
        host=host,
        has_session=_has_session(headers.get("cookie", "")),
        method=None,
    )


def _has_session(cookie_header: str) -> bool:
    """As the consumer will read it: another parser could miss a session that it then finds."""
    return settings.SESSION_COOKIE_NAME in parse_cookie(cookie_header)
