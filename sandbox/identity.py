"""Who is calling, from an HTTP request or a WebSocket's scope."""

from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest

from accounts.services import user_for_token
from cloudrun.errors import NotAuthenticatedError
from sandbox.requests import Owner


def owner_of_request(request: HttpRequest) -> Owner:
    """The caller of a view, after REST framework has authenticated; `NotAuthenticatedError`
    for a guest where `GUEST_RUNS` is off."""
    session_key = request.session.session_key if _is_stored(request.session) else ""
    user_id = request.user.pk if request.user.is_authenticated else None
    return _admitted(user_id, session_key or "", request.META.get("REMOTE_ADDR", ""))


def owner_of_scope(scope: dict[str, Any]) -> Owner:
    """The caller of a WebSocket: `Authorization: Bearer`, `?token=`, session cookie, else a guest.

    Reads the database. `NotAuthenticatedError` for a bad token, or a guest where guests are off.
    """
    address = (scope.get("client") or [""])[0]
    if token := _token(scope):
        return _admitted(user_for_token(token).pk, "", address)
    session = scope["session"]
    request = HttpRequest()
    request.session = session
    user = get_user(request)
    user_id = user.pk if user.is_authenticated else None
    session_key = session.session_key if _is_stored(session) else ""
    return _admitted(user_id, session_key or "", address)


def _token(scope: dict[str, Any]) -> str | None:
    for name, value in scope["headers"]:
        kind, _, token = str(value, "latin-1").partition(" ")
        if name == b"authorization" and kind.lower() == "bearer":
            return token.strip()
    query: bytes = scope.get("query_string", b"")
    tokens = parse_qs(query.decode("latin-1")).get("token")
    return tokens[0] if tokens else None


def _is_stored(session: SessionBase) -> bool:
    """False for a key that the client made up: it must not become anybody's."""
    return bool(session.session_key) and not session.is_empty()


def _admitted(user_id: int | None, session_key: str, address: str) -> Owner:
    is_guest = user_id is None
    if is_guest and not settings.GUEST_RUNS:
        raise NotAuthenticatedError("Guests cannot run programs here. Log in, or send a token.")
    return Owner(user_id, session_key, address, not is_guest or settings.GUEST_NETWORK)
