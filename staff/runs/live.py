"""Watching a run while it goes on: for as long as one is logged in and may see its owner."""

from functools import partial
from typing import cast

from asgiref.sync import async_to_sync
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from accounts.models import User
from accounts.visibility import of_visible_users
from cloudrun.errors import ApplicationError, NotFoundError
from cloudrun.event_streams import NOTHING_MORE, event_stream
from cloudrun.rates import subject_of
from sandbox.identity import owner_of_request
from sandbox.live import LiveRun, Watcher
from sandbox.models import Run
from sandbox.services import service
from sandbox.sockets import socket_check
from sandbox.streams import watched_stream
from staff.permitted import NoInstructorError, until_forbidden

_MOST_DIGITS = 9


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
        return HttpResponse(status=NOTHING_MORE)
    owner = owner_of_request(request)
    subject = subject_of(owner.user_id, owner.address)
    socket_check(subject)
    watcher = Watcher(staff.pk, staff.display_name or staff.username)
    scope = dict(cast(ASGIRequest, request).scope)
    over = partial(until_forbidden, scope, owner, partial(_refusal, live.id))
    return event_stream(watched_stream(live, _after_seq(request), subject, over, watcher))


def _after_seq(request: HttpRequest) -> int:
    """Of the last event that came before the connection was lost."""
    text = request.headers.get("Last-Event-ID", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0


def _refusal(run_id: str, staff: User) -> ApplicationError | None:
    """Why the run may not be watched any more."""
    if not staff.has_perm("sandbox.view_run"):
        return NoInstructorError()
    if not Run.objects.filter(of_visible_users(staff), pk=run_id).exists():
        return NotFoundError("It is of none of your classes any more.")
    return None
