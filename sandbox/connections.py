"""When those who stay connected are logged out: found out for all of this server at once.

A look takes two small queries, however many are connected. Only those of whom it tells something
new are looked at one by one.
"""

import asyncio
import logging
import time
import weakref
from collections.abc import Collection, Iterable, Iterator
from contextvars import Context
from dataclasses import dataclass
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
class Connection:
    """`known` is what the last look told of it, by which it was not over."""

    scope: dict[str, Any]
    owner: Owner
    known: Any = None
    check_at: float = 0.0

    def __post_init__(self) -> None:
        self.session_key = session_key_of_scope(self.scope)


class Connections:
    """Those of one event loop, looked at once a second for as long as there are any."""

    def __init__(self) -> None:
        self._open: dict[Connection, asyncio.Future[NotAuthenticatedError]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def over(self, scope: dict[str, Any], owner: Owner) -> NotAuthenticatedError:
        connection = Connection(scope, owner)
        over: asyncio.Future[NotAuthenticatedError] = asyncio.get_running_loop().create_future()
        self._open[connection] = over
        if self._looking is None or self._looking.done():
            # Not in the context of a request, which would have a thread of its own for the
            # database.
            self._looking = asyncio.create_task(self._look(), context=Context())
        try:
            return await over
        finally:
            del self._open[connection]

    async def _look(self) -> None:
        while self._open:
            await asyncio.sleep(_LOOK_INTERVAL_S)
            for connection, why in await database_sync_to_async(_ended)(list(self._open)):
                over = self._open.get(connection)
                if over and not over.done():
                    over.set_result(why)


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
        await loop.create_future()
    return await _connections.setdefault(loop, Connections()).over(scope, owner)


def connections_ended(
    connections: Collection[Connection],
) -> Iterator[tuple[Connection, NotAuthenticatedError]]:
    """Which of them are over, and why."""
    users = {row[0]: row for row in _user_facts(connections)}
    sessions = _live_sessions(connections)
    now = time.monotonic()
    for connection in connections:
        facts = users.get(connection.owner.user_id)
        told = (facts, connection.session_key in sessions)
        if told == connection.known and now < connection.check_at:
            continue
        if is_still_here(connection.scope, connection.owner):
            connection.known, connection.check_at = told, now + _CHECK_INTERVAL_S
        else:
            is_deactivated = facts is not None and not facts[1]
            logged_out = NotAuthenticatedError("You are logged out.")
            yield connection, DeactivatedError() if is_deactivated else logged_out


def _ended(connections: list[Connection]) -> list[tuple[Connection, NotAuthenticatedError]]:
    """The same; none where that cannot be found out."""
    try:
        return list(connections_ended(connections))
    except (DatabaseError, InterfaceError):
        logger.warning("who is connected could not be looked up", exc_info=True)
        return []


def _user_facts(connections: Iterable[Connection]) -> Iterable[tuple[int | None, bool, str, str]]:
    """Their ids, whether they are active, and what ends their tokens and sessions."""
    users = User.objects.filter(pk__in={connection.owner.user_id for connection in connections})
    return users.values_list("pk", "is_active", "password", "stamp")


def _live_sessions(connections: Iterable[Connection]) -> set[str]:
    keys = {connection.session_key for connection in connections} - {None}
    if not keys:
        return set()
    live = Session.objects.filter(pk__in=keys, expire_date__gt=timezone.now())
    return set(live.values_list("pk", flat=True))
