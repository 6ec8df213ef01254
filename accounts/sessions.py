"""Sessions that have expired, which nobody else removes."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session

from cloudrun.sessions import SessionStore


def sessions_clear() -> None:
    """Remove expired sessions, and what was noted of them: a browser, an address."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
