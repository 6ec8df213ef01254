"""What every answer tells browsers beside its content, files and refusals included."""

import re
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import sync_and_async_middleware

# What no page of ours asks for, so that no script that gets into one can.
_DENIED_FEATURES = (
    "accelerometer",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "usb",
)
_PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in _DENIED_FEATURES)

# A worker has the policy of its own script, not its page's. Linter and formatters are WebAssembly.
_WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
_WORKER = re.compile(rf"{settings.STATIC_URL}[\w-]+-worker[.\w]*\.js")

_PREVIEW = "/preview/"
_UNLISTED = ("/accounts/", "/admin/", "/api/", "/s/", _PREVIEW)


@sync_and_async_middleware
def headers_middleware(get_response: Any) -> Any:
    """Adds the headers that Django has no setting for; what a view has set stays.

    Also takes a request for the UTF-8 that it is, as browsers do, whatever charset it names: there
    are some that Python knows and that are no text.
    """
    if iscoroutinefunction(get_response):

        async def asynchronous(request: HttpRequest) -> HttpResponse:
            request.encoding = "utf-8"
            return _with_headers(request, await get_response(request))

        return asynchronous

    def synchronous(request: HttpRequest) -> HttpResponse:
        request.encoding = "utf-8"
        return _with_headers(request, get_response(request))

    return synchronous


def _with_headers(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response.headers.setdefault("Permissions-Policy", _PERMISSIONS_POLICY)
    if not request.path.startswith(_PREVIEW):  # a page of no origin, which loads its own files
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not getattr(response, "xframe_options_exempt", False):
            response.headers.setdefault("X-Frame-Options", "DENY")
    if request.path.startswith(_UNLISTED):
        response.headers.setdefault("X-Robots-Tag", "noindex")
    if _WORKER.fullmatch(request.path):
        response.headers.setdefault("Content-Security-Policy", _WORKER_POLICY)
    if request.path.startswith("/api/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
