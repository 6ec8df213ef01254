"""The errors that a caller is told about.

Every refusal is an `ApplicationError`. `cloudrun.problems` makes an RFC 9457 answer of one, the
WebSocket consumer an `error` frame; `code` is the stable word in both.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field of a request; `field` is a path such as `files.0.name`."""

    field: str
    message: str


class ApplicationError(Exception):
    """Root of all errors that reach a caller; `detail` is one plain sentence for a person.

    `retry_after` (seconds) says when it is worth trying again.
    """

    code = "error"
    status = 500
    title = "Something went wrong"

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after


class InvalidRequestError(ApplicationError):
    """`errors` is never empty: where no field is at fault, its one item has the empty path."""

    code = "invalid_request"
    status = 400
    title = "The request is not valid"

    def __init__(
        self,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: int | None = None,
    ) -> None:
        errors = errors or [FieldError("", detail)]
        super().__init__(detail, errors=errors, retry_after=retry_after)


class NotAuthenticatedError(ApplicationError):
    code = "not_authenticated"
    status = 401
    title = "Log in first"


class ForbiddenError(ApplicationError):
    code = "forbidden"
    status = 403
    title = "Not allowed"


class NotFoundError(ApplicationError):
    code = "not_found"
    status = 404
    title = "Not found"


class RequestTimeoutError(ApplicationError):
    code = "request_timeout"
    status = 408
    title = "The request did not come in time"


class ConflictError(ApplicationError):
    code = "conflict"
    status = 409
    title = "Conflict with what is there"


class PayloadTooLargeError(ApplicationError):
    code = "too_large"
    status = 413
    title = "The request is too large"


class RateLimitedError(ApplicationError):
    code = "rate_limited"
    status = 429
    title = "Too many requests"


class BadGatewayError(ApplicationError):
    code = "upstream_failed"
    status = 502
    title = "A service behind this one failed"


class ServiceUnavailableError(ApplicationError):
    code = "unavailable"
    status = 503
    title = "Not available now"
