"""Errors as RFC 9457 `application/problem+json`.

A body has `type`, `title`, `status`, a string `detail` (old clients read only that), our stable
`code`, and `errors: [{field, message}]` where fields are at fault.
"""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import DisallowedHost, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views import csrf, defaults
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import set_rollback

from cloudrun.errors import (
    ApplicationError,
    FieldError,
    ForbiddenError,
    InvalidRequestError,
    NotAuthenticatedError,
    NotFoundError,
    PayloadTooLargeError,
    RateLimitedError,
)
from cloudrun.fault_pages import fault_page

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"

# Below these an error is a problem even for a browser.
_FOR_PROGRAMS = frozenset({"api", "health", "ws", "docs"})


class MethodNotAllowedError(ApplicationError):
    code = "method_not_allowed"
    status = 405
    title = "Method not allowed"


class UnsupportedMediaTypeError(ApplicationError):
    code = "unsupported_media_type"
    status = 415
    title = "Unsupported media type"


_BY_STATUS: dict[int, type[ApplicationError]] = {
    error.status: error
    for error in (
        InvalidRequestError,
        NotAuthenticatedError,
        ForbiddenError,
        NotFoundError,
        MethodNotAllowedError,
        PayloadTooLargeError,
        UnsupportedMediaTypeError,
        RateLimitedError,
    )
}


def field_errors(detail: Any, path: str = "") -> Iterator[FieldError]:
    """Flatten REST framework's nested error detail: `{"files": [{}, {"name": ["x"]}]}`."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            own = "" if key == "non_field_errors" else str(key)
            yield from field_errors(value, ".".join(filter(None, (path, own))))
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        for index, item in enumerate(detail):
            yield from field_errors(item, f"{path}.{index}" if path else str(index))
    elif isinstance(detail, list):
        for item in detail:
            yield FieldError(path, _encodable(str(item)))
    else:
        yield FieldError(path, _encodable(str(detail)))


def _encodable(text: str) -> str:
    """REST framework quotes what it refuses, even a lone surrogate, which no answer can hold."""
    return text.encode(errors="backslashreplace").decode()


def from_validation(error: exceptions.ValidationError) -> InvalidRequestError:
    """The refusal for a serializer's errors; `detail` names the first field and how many more."""
    errors = list(field_errors(error.detail))
    first = errors[0]
    detail = f"{first.field}: {first.message}" if first.field else first.message
    if len(errors) > 1:
        detail += f" (and {len(errors) - 1} more)"
    return InvalidRequestError(detail, errors=errors)


def from_exception(error: Exception) -> ApplicationError | None:
    """Our error for one that Django or REST framework raised; None where it is unforeseen."""
    if isinstance(error, ApplicationError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return from_validation(error)
    if isinstance(error, Http404):
        return NotFoundError("There is nothing at this address.")
    if isinstance(error, PermissionDenied):
        return ForbiddenError("You are not allowed to do this.")
    if isinstance(error, exceptions.APIException):
        kind = _BY_STATUS.get(error.status_code)
        if kind is None:
            return None
        detail: Any = error.detail
        if isinstance(detail, dict):  # simplejwt: {"detail", "code", "messages"}
            detail = detail.get("detail", kind.title)
        wait = getattr(error, "wait", None)
        return kind(str(detail), retry_after=None if wait is None else int(wait) + 1)
    return None


def body(error: ApplicationError) -> dict[str, Any]:
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "code": error.code,
    }
    if error.errors:
        content["errors"] = [
            {"field": item.field, "message": item.message} for item in error.errors
        ]
    return content


def headers(error: ApplicationError) -> dict[str, str]:
    extra: dict[str, str] = {}
    if error.retry_after is not None:
        extra["Retry-After"] = str(error.retry_after)
    if error.status == NotAuthenticatedError.status:
        extra["WWW-Authenticate"] = 'Bearer realm="api"'
    return extra


def response(error: ApplicationError) -> JsonResponse:
    """The error as an answer, for views and middleware outside REST framework."""
    return JsonResponse(
        body(error), status=error.status, content_type=CONTENT_TYPE, headers=headers(error)
    )


class ProblemRenderer(JSONRenderer):
    media_type = CONTENT_TYPE
    charset = None


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's `EXCEPTION_HANDLER`; None leaves an unforeseen error to `server_error`."""
    known = from_exception(error)
    if known is None:
        return None
    set_rollback()
    extra = headers(known)
    allow = getattr(context.get("view"), "allowed_methods", None)
    if isinstance(error, exceptions.MethodNotAllowed) and allow:
        extra["Allow"] = ", ".join(allow)
    answer = Response(body(known), status=known.status, headers=extra, content_type=CONTENT_TYPE)
    # Not the view's own, which may be a page's.
    request = context["request"]
    request.accepted_renderer = ProblemRenderer()
    request.accepted_media_type = CONTENT_TYPE
    return answer


def wants_problem(request: HttpRequest) -> bool:
    """Everybody but a browser that asks for a page. htmx asks for a part of one."""
    if request.headers.get("HX-Request") == "true":
        return True
    return not is_for_page(request.path, request.headers.get("Accept", ""))


def is_for_page(path: str, accept: str) -> bool:
    """Whether a browser asks with these for a page."""
    first, *_ = path.lower().lstrip("/").split("/")
    return first not in _FOR_PROGRAMS and "text/html" in accept


def refusal(request: HttpRequest, error: ApplicationError) -> HttpResponse:
    """The error as the caller can read it: a page for a browser, else a problem."""
    if wants_problem(request):
        return response(error)
    return as_refusal(render(request, "refused.html", {"error": error}), error)


def fault(request: HttpRequest, error: ApplicationError) -> HttpResponse:
    """`refusal` where the page must ask for nothing: the database may be what failed."""
    if wants_problem(request):
        return response(error)
    return as_refusal(HttpResponse(fault_page(error, request)), error)


def as_refusal(page: HttpResponse, error: ApplicationError) -> HttpResponse:
    """The page, with the status and the header of the error that it tells of."""
    page.status_code = error.status
    for name, value in headers(error).items():
        page[name] = value
    return page


def unforeseen() -> ApplicationError:
    return ApplicationError("The server failed on this request. The operator's log says why.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`."""
    if isinstance(exception, DisallowedHost):
        detail = "This server does not answer to the name in Host; its operator sets SITE_URL."
    else:
        detail = "The request is malformed."
    return fault(request, InvalidRequestError(detail))


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    return fault(
        request, MethodNotAllowedError(f"A page cannot be asked for by {request.method} here.")
    )


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler403`."""
    if not wants_problem(request):
        return defaults.permission_denied(request, exception)
    return response(ForbiddenError("You are not allowed to do this."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """`CSRF_FAILURE_VIEW`."""
    if not wants_problem(request):
        return csrf.csrf_failure(request, reason)
    return response(ForbiddenError(f"CSRF failed: {reason}"))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler404`."""
    if not wants_problem(request):
        return defaults.page_not_found(request, exception)
    return response(NotFoundError(f"There is nothing at {request.path}."))


def too_many(request: HttpRequest) -> HttpResponse:
    """`handler429`, which allauth asks for. It does not say which of its limits it was; the longest
    of those that people meet is of three minutes."""
    return refusal(request, RateLimitedError("Try again in a few minutes.", retry_after=180))


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`."""
    return fault(request, unforeseen())
