"""Who is calling, from an HTTP request or a WebSocket's scope."""

from importlib import import_module
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, parse_cookie

from accounts.services import user_for_token
from cloudrun.errors import NotAuthenticatedError
from sandbox.guests import guest_id
from sandbox.requests import Owner

_session_store = import_module(settings.SESSION_ENGINE).SessionStore


def owner_of_request(request: HttpRequest) -> Owner:
    """The caller of a view, after REST framework has authenticated; `NotAuthenticatedError`
    for a guest where `GUEST_RUNS` is off."""
    user_id = request.user.pk if request.user.is_authenticated else None
    return _admitted(user_id, guest_id(request.session), request.META.get("REMOTE_ADDR", ""))


def owner_of_scope(scope: dict[str, Any]) -> Owner:
    """The caller of a WebSocket: `Authorization: Bearer`, `?token=`, session cookie, else a guest.

    Reads the database. `NotAuthenticatedError` for a bad token, for a guest where guests are off,
    and where the session is no more that of `?user=`: a page that somebody had logged in for does
    not go on as a guest's.
    """
    address = address_of_scope(scope)
    if token := _token(scope):
        return _admitted(user_for_token(token).pk, "", address)
    session = scope["session"]
    user_id = _user_of_session(session)
    if (expected := _query(scope, "user")) and expected != str(user_id):
        raise NotAuthenticatedError("You are logged out.")
    return _admitted(user_id, guest_id(session), address)


def address_of_scope(scope: dict[str, Any]) -> str:
    return str((scope.get("client") or [""])[0])


def is_still_here(scope: dict[str, Any], owner: Owner) -> bool:
    """False once the token or the session of a connection, by its ASGI scope, is its owner's no
    more. Reads the database."""
    try:
        if token := _token(scope):
            return user_for_token(token).pk == owner.user_id
        # Anew: what the connection began with is kept in memory.
        return _user_of_session(_session_store(_session_cookie(scope))) == owner.user_id
    except NotAuthenticatedError:
        return False


def session_key_of_scope(scope: dict[str, Any]) -> str | None:
    """Of the session that says who it is; None where a token does."""
    return None if _token(scope) else _session_cookie(scope)


def _token(scope: dict[str, Any]) -> str | None:
    for name, value in scope["headers"]:
        kind, _, token = str(value, "latin-1").partition(" ")
        if name == b"authorization" and kind.lower() == "bearer":
            return token.strip()
    return _query(scope, "token")


def _query(scope: dict[str, Any], name: str) -> str | None:
    query: bytes = scope.get("query_string", b"")
    values = parse_qs(query.decode("latin-1")).get(name)
    return values[0] if values else None


def _admitted(user_id: int | None, session_key: str, address: str) -> Owner:
    is_guest = user_id is None
    if is_guest and not settings.GUEST_RUNS:
        raise NotAuthenticatedError("Guests cannot run programs here. Log in, or send a token.")
    return Owner(user_id, session_key, address, not is_guest or settings.GUEST_NETWORK)


def _user_of_session(session: SessionBase) -> int | None:
    request = HttpRequest()
    request.session = session
    user = get_user(request)
    return user.pk if user.is_authenticated else None


def _session_cookie(scope: dict[str, Any]) -> str | None:
    cookies = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    return parse_cookie(cookies.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
