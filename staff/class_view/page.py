"""The class view's page and its stream; that somebody looks is written down for each student."""

from functools import partial
from typing import Any, cast

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts.audit import audit_all
from accounts.models import AuditAction, AuditEntry, Classroom, User
from accounts.visibility import visible_classes
from cloudrun.errors import ApplicationError, NotFoundError
from cloudrun.event_streams import event_stream
from cloudrun.rates import subject_of
from sandbox.identity import owner_of_request
from sandbox.sockets import socket_check
from staff.class_view.board import ACTIVE_FOR, Board
from staff.class_view.feed import class_stream
from staff.permitted import NoInstructorError, until_forbidden


def class_context(staff: User, classroom: Classroom) -> dict[str, Any]:
    """For `admin/accounts/classroom/watch.html`, the class as it is now; who may see it has been
    checked."""
    shown = Board(classroom.pk).look()
    _note(staff, classroom, set(shown.drawn))
    return {"title": f"{classroom.name}, live", "classroom": classroom, "shown": shown}


def class_events(request: HttpRequest, staff: User, classroom: Classroom) -> HttpResponseBase:
    """Its changes as server-sent events; `RateLimitedError` where the watcher has too many
    connections."""
    owner = owner_of_request(request)
    subject = subject_of(owner.user_id, owner.address)
    socket_check(subject)
    scope = dict(cast(ASGIRequest, request).scope)
    over = partial(until_forbidden, scope, owner, partial(_refusal, classroom.pk))
    seen = partial(_note, staff, classroom)
    return event_stream(class_stream(classroom.pk, subject, seen, over))


def _refusal(classroom_id: int, staff: User) -> ApplicationError | None:
    """Why the class may not be watched any more."""
    if not staff.has_perms(("accounts.view_classroom", "sandbox.view_run")):
        return NoInstructorError()
    if not visible_classes(staff).filter(pk=classroom_id).exists():
        return NotFoundError("You do not teach it any more.")
    return None


def _note(staff: User, classroom: Classroom, user_ids: set[int]) -> None:
    """Once for each student and lesson: connecting again is no new look."""
    what = f"class {classroom.pk}"
    lately = timezone.now() - ACTIVE_FOR
    noted = AuditEntry.objects.filter(
        actor=staff, action=AuditAction.WATCHED, what=what, at__gte=lately
    ).values("subject")
    students = User.objects.filter(pk__in=user_ids).exclude(pk__in=noted.exclude(subject=None))
    audit_all(staff, AuditAction.WATCHED, students, what=what)
