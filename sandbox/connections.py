"""When those who stay connected are logged out: found out for all of this server at once.

A look takes two small queries, however many are connected. Only those of whom it tells something
new are looked at one by one.
"""

import asyncio
import logging
import time
import weakref
from collections.abc import Iterable, Iterator
from contextvars import Context
from dataclasses import dataclass, field
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from accounts.models import User
from cloudrun.errors import NotAuthenticatedError
from sandbox.errors import DeactivatedError
from sandbox.identity import is_still_here, session_key_of_scope
from sandbox.requests import Owner

logger = logging.getLogger(__name__)

_LOOK_INTERVAL_S = 1.0
# For what no look tells: that a token has expired.
_CHECK_INTERVAL_S = 300.0


@dataclass(eq=False)
class _Connection:
    """`known` is what the last look told of it, by which nothing has ended."""

    scope: dict[str, Any]
    owner: Owner
    session_key: str | None
    over: asyncio.Future[NotAuthenticatedError] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )
    known: Any = None
    check_at: float = 0.0


class Connections:
    """Those of one event loop. Looks once a second, for as long as there are any."""

    def __init__(self) -> None:
        self._open: set[_Connection] = set()
        self._looking: asyncio.Task[None] | None = None

    async def over(self, scope: dict[str, Any], owner: Owner) -> NotAuthenticatedError:
        connection = _Connection(scope, owner, session_key_of_scope(scope))
        self._open.add(connection)
        if self._looking is None or self._looking.done():
            # Not in the context of a request, which would have a thread of its own for the
            # database.
            self._looking = asyncio.create_task(self._look(), context=Context())
        try:
            return await connection.over
        finally:
            self._open.discard(connection)

    async def _look(self) -> None:
        while self._open:
            await asyncio.sleep(_LOOK_INTERVAL_S)
            for connection, why in await database_sync_to_async(_ended)(list(self._open)):
                if not connection.over.done():
                    connection.over.set_result(why)


_connections: "weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Connections]" = (
    weakref.WeakKeyDictionary()
)


async def logged_out(scope: dict[str, Any], owner: Owner) -> NotAuthenticatedError:
    """Return why once the owner is logged out: their token or session ended, or they were
    deactivated.

    For what stays open, a WebSocket or a stream; `scope` is its ASGI scope (`request.scope` of a
    view). A guest has nothing that could end.
    """
    loop = asyncio.get_running_loop()
    if owner.user_id is None:
        return await loop.create_future()
    return await _connections.setdefault(loop, Connections()).over(scope, owner)


def _ended(connections: list[_Connection]) -> list[tuple[_Connection, NotAuthenticatedError]]:
    """Which of them are over, and why; none where that cannot be found out."""
    try:
        return list(_looked_at(connections))
    except (DatabaseError, InterfaceError):
        logger.warning("who is connected could not be looked up", exc_info=True)
        return []


def _looked_at(
    connections: Iterable[_Connection],
) -> Iterator[tuple[_Connection, NotAuthenticatedError]]:
    users = {
        row[0]: row
        for row in User.objects.filter(
            pk__in={connection.owner.user_id for connection in connections}
        ).values_list("pk", "is_active", "password", "stamp")
    }
    sessions = _live_sessions({connection.session_key for connection in connections} - {None})
    now = time.monotonic()
    for connection in connections:
        row = users.get(connection.owner.user_id)
        told = (row, connection.session_key in sessions)
        if told == connection.known and now < connection.check_at:
            continue
        if is_still_here(connection.scope, connection.owner):
            connection.known, connection.check_at = told, now + _CHECK_INTERVAL_S
        else:
            is_deactivated = row is not None and not row[1]
            logged_out = NotAuthenticatedError("You are logged out.")
            yield connection, DeactivatedError() if is_deactivated else logged_out


def _live_sessions(keys: set[str | None]) -> set[str]:
    if not keys:
        return set()
    live = Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now())
    return set(live.values_list("pk", flat=True))
