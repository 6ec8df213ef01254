"""For as long as one may: what stays open ends with the right to it, and says so."""

import asyncio
from collections.abc import Callable
from functools import wraps
from typing import Any

from channels.db import database_sync_to_async
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from accounts.models import User
from cloudrun.errors import ApplicationError, ForbiddenError
from cloudrun.event_streams import CONTENT_TYPE, NOTHING_MORE
from sandbox.connections import logged_out
from sandbox.errors import DeactivatedError
from sandbox.requests import Owner

_LOOK_INTERVAL_S = 2.0

Refusal = Callable[[User], ApplicationError | None]
View = Callable[..., HttpResponseBase]


class NoInstructorError(ForbiddenError):
    def __init__(self) -> None:
        super().__init__("You are no instructor any more.")


async def until_forbidden(
    scope: dict[str, Any], owner: Owner, refusal: Refusal
) -> ApplicationError | None:
    """Return why once the owner, of staff, is logged out, or there is a `refusal`, which reads the
    database, of them. None where that cannot be found out: the browser asks again."""
    tasks = [
        asyncio.ensure_future(logged_out(scope, owner)),
        asyncio.ensure_future(_right_lost(owner, refusal)),
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return done.pop().result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _right_lost(owner: Owner, refusal: Refusal) -> ApplicationError | None:
    try:
        while True:
            await asyncio.sleep(_LOOK_INTERVAL_S)
            if why := await database_sync_to_async(_refused)(owner.user_id, refusal):
                return why
    except (DatabaseError, InterfaceError):
        return None


def _refused(user_id: int | None, refusal: Refusal) -> ApplicationError | None:
    # Anew: what a user object knows of its rights it keeps.
    user = User.objects.filter(pk=user_id).first() if user_id is not None else None
    if user is None or not user.is_active:
        return DeactivatedError()
    return refusal(user) if user.is_staff else NoInstructorError()


def refused_silently(view: View) -> View:
    """Have an EventSource that may not see a stream of the admin stop: of any other refusal the
    browser's console would tell, and its page has been told, or asks to be loaded again."""

    @wraps(view)
    def silent(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.headers.get("Accept") != CONTENT_TYPE:
            return view(request, *args, **kwargs)
        try:
            answer = view(request, *args, **kwargs)
        except (Http404, PermissionDenied):
            return HttpResponse(status=NOTHING_MORE)
        is_door = 300 <= answer.status_code < 400
        return HttpResponse(status=NOTHING_MORE) if is_door else answer

    return silent
