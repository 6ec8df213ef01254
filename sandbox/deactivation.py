"""The runs of users who are deactivated, on whatever server of the database: they are stopped."""

import asyncio
import logging
from collections.abc import Mapping

from channels.db import database_sync_to_async
from django.db import DatabaseError, InterfaceError

from accounts.models import User
from sandbox.live import Cause, LiveRun

logger = logging.getLogger(__name__)

_LOOK_INTERVAL_S = 1.0


async def end_deactivated(lives: Mapping[str, LiveRun]) -> None:
    """Look once a second, with one query for all, until there are no live runs."""
    while lives:
        await asyncio.sleep(_LOOK_INTERVAL_S)
        owners = (live.owner.user_id for live in lives.values())
        users = {user_id for user_id in owners if user_id is not None}
        if not users:
            continue
        deactivated = await database_sync_to_async(_deactivated)(users)
        for live in lives.values():
            if live.owner.user_id in deactivated:
                live.end(Cause.DEACTIVATED)


def _deactivated(user_ids: set[int]) -> set[int]:
    """Those of them who are; whoever has no row may be about to get one."""
    try:
        rows = User.objects.filter(pk__in=user_ids, is_active=False)
        return set(rows.values_list("pk", flat=True))
    except (DatabaseError, InterfaceError):
        logger.warning("whose runs are to end could not be looked up", exc_info=True)
        return set()
