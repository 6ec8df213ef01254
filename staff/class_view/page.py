"""The class view's page and its stream; that somebody looks is written down for each student."""

from functools import partial
from typing import Any, cast

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from accounts.audit import audit_all
from accounts.models import AuditAction, AuditEntry, Classroom, User
from accounts.visibility import visible_classes
from cloudrun.event_streams import event_stream
from cloudrun.rates import subject_of
from sandbox.identity import owner_of_request
from sandbox.sockets import socket_check
from staff.class_view.board import ACTIVE_FOR, Board
from staff.class_view.feed import class_stream
from staff.permitted import until_forbidden


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
    over = partial(until_forbidden, scope, owner, partial(may_watch, classroom.pk))
    seen = partial(_note, staff, classroom)
    return event_stream(class_stream(classroom.pk, subject, seen, over))


def may_watch(classroom_id: int, staff: User) -> bool:
    rights = ("accounts.view_classroom", "sandbox.view_run")
    return staff.has_perms(rights) and visible_classes(staff).filter(pk=classroom_id).exists()


def _note(staff: User, classroom: Classroom, user_ids: set[int]) -> None:
    """Once for each student and lesson: connecting again is no new look."""
    what = f"class {classroom.pk}"
    lately = timezone.now() - ACTIVE_FOR
    noted = AuditEntry.objects.filter(
        actor=staff, action=AuditAction.WATCHED, what=what, at__gte=lately
    ).values("subject")
    students = User.objects.filter(pk__in=user_ids).exclude(pk__in=noted.exclude(subject=None))
    audit_all(staff, AuditAction.WATCHED, students, what=what)
