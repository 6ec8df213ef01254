"""For as long as one may: what stays open ends with the right to it."""

import asyncio
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError

from accounts.models import User
from sandbox.identity import logged_out
from sandbox.requests import Owner

_LOOK_INTERVAL_S = 5.0


async def until_forbidden(scope: dict[str, Any], owner: Owner, may: Callable[[User], bool]) -> None:
    """Return once the owner, of staff, is logged out, or `may`, which reads the database, is false
    of them."""
    tasks = {
        asyncio.ensure_future(logged_out(scope, owner)),
        asyncio.ensure_future(_right_lost(owner, may)),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _right_lost(owner: Owner, may: Callable[[User], bool]) -> None:
    is_right = True
    while is_right:
        await asyncio.sleep(_LOOK_INTERVAL_S)
        is_right = await database_sync_to_async(_still_may)(owner.user_id, may)


def _still_may(user_id: int | None, may: Callable[[User], bool]) -> bool:
    """False, too, where it cannot be found out: the browser asks again."""
    try:
        # Anew: what a user object knows of its rights it keeps.
        active = User.objects.filter(is_active=True, is_staff=True)
        staff = active.filter(pk=user_id).first() if user_id is not None else None
        return staff is not None and may(staff)
    except DatabaseError:
        return False
