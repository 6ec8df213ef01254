"""Watching a run while it goes on: for as long as one is logged in and may see its owner."""

import asyncio
from functools import partial
from typing import Any, cast

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts.models import User
from accounts.visibility import of_visible_users
from cloudrun.event_streams import event_stream
from cloudrun.rates import subject_of
from sandbox.identity import logged_out, owner_of_request
from sandbox.live import LiveRun, Watcher
from sandbox.models import Run
from sandbox.requests import Owner
from sandbox.services import service
from sandbox.sockets import socket_check
from sandbox.streams import watched_stream

_LOOK_INTERVAL_S = 5.0
_MOST_DIGITS = 9
_NOTHING_MORE = 204  # an EventSource stops on it


def live_run(run_id: str) -> LiveRun | None:
    """None where it has ended, or another server runs it."""

    async def find() -> LiveRun | None:
        live = service().watched(run_id)
        return live if live and not live.log.is_closed else None

    return async_to_sync(find)()


def watch_response(request: HttpRequest, staff: User, live: LiveRun | None) -> HttpResponseBase:
    """The frames of the run as server-sent events; who may watch it has been checked.

    `RateLimitedError` where the watcher has too many connections.
    """
    if live is None:
        return HttpResponse(status=_NOTHING_MORE)
    owner = owner_of_request(request)
    subject = subject_of(owner.user_id, owner.address)
    socket_check(subject)
    watcher = Watcher(staff.pk, staff.display_name or staff.username)
    over = partial(_over, dict(cast(ASGIRequest, request).scope), owner, live.id)
    return event_stream(watched_stream(live, _after_seq(request), subject, over, watcher))


def _after_seq(request: HttpRequest) -> int:
    """Of the last event that came before the connection was lost."""
    text = request.headers.get("Last-Event-ID", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0


async def _over(scope: dict[str, Any], owner: Owner, run_id: str) -> None:
    """Return once the watcher is logged out, or may no longer see whose run it is."""
    tasks = {
        asyncio.ensure_future(logged_out(scope, owner)),
        asyncio.ensure_future(_right_lost(owner, run_id)),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _right_lost(owner: Owner, run_id: str) -> None:
    is_right = True
    while is_right:
        await asyncio.sleep(_LOOK_INTERVAL_S)
        is_right = await database_sync_to_async(_may_watch)(owner.user_id, run_id)


def _may_watch(user_id: int | None, run_id: str) -> bool:
    """False, too, where it cannot be found out: the browser asks again."""
    try:
        # Anew: what a user object knows of its rights it keeps.
        active = User.objects.filter(is_active=True, is_staff=True)
        staff = active.filter(pk=user_id).first() if user_id is not None else None
        if staff is None or not staff.has_perm("sandbox.view_run"):
            return False
        run = Run.objects.filter(pk=run_id)
        return run.filter(of_visible_users(staff)).exists()
    except DatabaseError:
        return False
