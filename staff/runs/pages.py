"""A student's run, as staff look at it: its page, its files, its stream while it lives."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import AuditAction
from accounts.visibility import of_visible_users
from cloudrun.errors import ApplicationError
from cloudrun.event_streams import event_stream
from cloudrun.rates import subject_of
from ide.history.answers import code_zip, output_file, recording_file
from ide.history.snapshots import snapshot_of
from ide.history.visible import visible
from sandbox.identity import logged_out, owner_of_request
from sandbox.live import LiveRun, Watcher
from sandbox.models import Run
from sandbox.requests import RunRequest, SourceFile
from sandbox.selectors import run_events
from sandbox.serializers.queries import after_seq
from sandbox.services import service
from sandbox.sockets import socket_check
from sandbox.streams import watched_stream
from staff.admin.base import staff_of

if TYPE_CHECKING:
    from staff.admin.base import OwnedAdmin

_MOST_EVENTS = 200
_EVENT_CHARACTERS = 160
_LOOK_INTERVAL_S = 20.0
View = Callable[["OwnedAdmin", HttpRequest, Run], HttpResponseBase]


def of_run(admin: "OwnedAdmin", view: View) -> Callable[..., HttpResponseBase]:
    """The view for a run that the asker may see; 404 for any other."""

    @never_cache
    def checked(request: HttpRequest, run_id: str) -> HttpResponseBase:
        if not admin.has_view_permission(request):
            raise PermissionDenied
        run = admin.get_object(request, run_id)
        if run is None:
            raise Http404("There is no such run, or you may not see it.")
        return view(admin, request, run)

    return checked


def page(admin: "OwnedAdmin", request: HttpRequest, run: Run) -> HttpResponse:
    admin.audit(request, AuditAction.VIEWED, run)
    snapshot = snapshot_of(run, run.created_at)
    events = run_events(run)
    context: dict[str, Any] = {
        "run": run,
        "snapshot": snapshot,
        "events": [_event_row(event) for event in events[:_MOST_EVENTS]],
        "events_left_out": max(0, len(events) - _MOST_EVENTS),
        "limits": next((e.fields for e in events if e.fields.get("state") == "running"), {}),
        "made": run.artifacts.values("name", "size"),
        "classes": run.user.classes.filter(teachers=staff_of(request)) if run.user else [],
        **{f"{name}_url": _url(name, run) for name in ("recording", "output", "files")},
    }
    return render(request, "staff/run.html", context)


@require_safe
def recording(admin: "OwnedAdmin", request: HttpRequest, run: Run) -> HttpResponse:
    admin.audit(request, AuditAction.VIEWED, run)
    return recording_file(snapshot_of(run, run.created_at))


@require_safe
def output(admin: "OwnedAdmin", request: HttpRequest, run: Run) -> HttpResponse:
    admin.audit(request, AuditAction.EXPORTED, run)
    return output_file(snapshot_of(run, run.created_at))


@require_safe
def files(admin: "OwnedAdmin", request: HttpRequest, run: Run) -> HttpResponseBase:
    admin.audit(request, AuditAction.EXPORTED, run)
    return code_zip(snapshot_of(run, run.created_at))


@require_safe
def made(admin: "OwnedAdmin", request: HttpRequest, run: Run) -> HttpResponse:
    """A file that the program made, `?name=`, to keep and never to open here."""
    name = request.GET.get("name", "").replace("\x00", "")
    artifact = run.artifacts.filter(name=name).first()
    if artifact is None:
        raise Http404("This run has made no such file.")
    admin.audit(request, AuditAction.EXPORTED, run)
    disposition = content_disposition_header(True, name.rpartition("/")[2])
    headers = {"Content-Disposition": disposition or "attachment"}
    content = bytes(artifact.content)
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


@require_POST
def again(admin: "OwnedAdmin", request: HttpRequest, run: Run) -> HttpResponse:
    """Run the same program as oneself, within one's own limits."""
    admin.audit(request, AuditAction.RERAN, run)
    owner = owner_of_request(request)
    request_again = _request_of(run)

    async def start() -> LiveRun:
        live = await service().start(request_again, owner, stays=True)
        assert live.row is not None
        await live.row.insert()
        return live

    try:
        live = async_to_sync(start)()
    except ApplicationError as error:
        messages.error(request, error.detail)
        return redirect("admin:sandbox_run_change", run.pk)
    return redirect("admin:sandbox_run_change", live.id)


@require_safe
def live(admin: "OwnedAdmin", request: HttpRequest, run: Run) -> HttpResponseBase:
    """A live run's frames as server-sent events. 204 where it has ended: its page says the rest."""

    async def find() -> LiveRun | None:
        return service().watched(run.pk)

    found = async_to_sync(find)()
    if found is None or found.log.is_closed:
        return HttpResponse(status=204)
    seq = after_seq(request)
    owner = owner_of_request(request)
    subject = subject_of(owner.user_id, owner.address)
    socket_check(subject)
    admin.audit(request, AuditAction.WATCHED, run)
    staff = staff_of(request)
    watcher = Watcher(staff.pk, staff.display_name or staff.username)
    scope = dict(cast(ASGIRequest, request).scope)

    async def over() -> None:
        """Until the watcher is logged out, or may not see the run any more."""
        leaving = asyncio.ensure_future(logged_out(scope, owner))
        try:
            while not leaving.done() and await _is_visible(staff, run.pk):
                await asyncio.wait({leaving}, timeout=_LOOK_INTERVAL_S)
        finally:
            leaving.cancel()

    return event_stream(watched_stream(found, seq, subject, over, watcher))


async def _is_visible(staff: Any, run_id: str) -> bool:
    runs = Run.objects.filter(of_visible_users(staff), pk=run_id)
    return await database_sync_to_async(runs.exists)()


def _url(name: str, run: Run) -> str:
    return reverse(f"admin:sandbox_run_{name}", args=[run.pk])


def _event_row(event: Any) -> dict[str, Any]:
    text = visible(event.content[:_EVENT_CHARACTERS])
    is_cut = len(event.content) > _EVENT_CHARACTERS
    return {
        "seq": event.seq,
        "time": event.timestamp[11:23],
        "type": event.type,
        "content": f"{text}…" if is_cut else text,
    }


def _request_of(run: Run) -> RunRequest:
    source = run.unpacked_source()
    make = partial(RunRequest, language=run.language, code=source["code"])
    return make(
        stdin=source["stdin"],
        args=tuple(source["args"]),
        files=tuple(SourceFile(**file) for file in source["files"]),
        artifacts=True,
    )
