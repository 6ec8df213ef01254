"""Who may call the API and the WebSocket from which web page.

This site means scheme and host equal to the request's own. A call with a session cookie must come
from this site; without a cookie another site is admitted by `CORS_ORIGINS`. `null`, the origin of
a sandboxed page such as the HTML preview, is never admitted: it is the hostile program itself.
"""

from django.conf import settings

from cloudrun.errors import ForbiddenError

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def check_origin(
    *, origin: str | None, scheme: str, host: str, has_session: bool, method: str | None
) -> None:
    """Raise `ForbiddenError` unless the call may go on.

    `scheme` is `http` or `https`, `host` has the port where one was given. `method` is None for a
    WebSocket handshake, which is never safe.
    """
    if origin is None:
        if has_session and method not in _SAFE_METHODS:
            raise ForbiddenError(
                "A call with a session cookie must say where it comes from: send an Origin header,"
                " or leave the cookie out and use a token."
            )
        return
    if origin.lower() == f"{scheme}://{host}".lower():
        return
    if origin == "null" or has_session:
        raise ForbiddenError(f"Calls from the origin {origin!r} are not allowed here.")
    if "*" not in settings.CORS_ORIGINS and origin not in settings.CORS_ORIGINS:
        raise ForbiddenError(f"The origin {origin!r} is not one of this server's CORS_ORIGINS.")
