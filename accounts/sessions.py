"""Sessions that have expired, which nobody else removes."""

import asyncio
import logging

from allauth.usersessions.models import UserSession
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.db import DatabaseError

from cloudrun.sessions import SessionStore

logger = logging.getLogger(__name__)

_INTERVAL_S = 3600.0


def sessions_clear() -> None:
    """Remove expired sessions, and what was noted of them: a browser, an address."""
    SessionStore.clear_expired()
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()


async def sessions_clear_hourly() -> None:
    """`sessions_clear` now and every hour, until it is cancelled."""
    while True:
        try:
            await database_sync_to_async(sessions_clear)()
        except DatabaseError:
            logger.warning("expired sessions could not be removed", exc_info=True)
        await asyncio.sleep(_INTERVAL_S)
