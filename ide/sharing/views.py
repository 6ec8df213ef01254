"""Links: made and withdrawn by their owner, read by whoever has one.

What is shared may be read without a cookie, and none is set but the one that Fork's form needs.
Other sites are told nothing of the address (`Referrer-Policy: same-origin`, the site's own).
"""

from functools import wraps
from typing import Any, Protocol

from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_POST, require_safe

from cloudrun.errors import ApplicationError
from ide.history.answers import code_zip, output_file, recording_file
from ide.history.selectors import workspace_run_get
from ide.history.snapshots import Snapshot, snapshot_of
from ide.models import Share
from ide.owners import owner_here
from ide.selectors import workspace_get
from ide.sharing import services
from ide.sharing.made import made_get, made_list, shared_preview_file
from ide.sharing.pictures import share_picture
from ide.sharing.selectors import share_get, share_list, shares_withdrawn
from ide.views import preview_response
from sandbox.api.artifacts import made_file_response

_THEMES = frozenset({"light", "dark"})


@never_cache
@require_safe
def shares(request: HttpRequest) -> HttpResponse:
    """One's own links."""
    owner = owner_here(request)
    context = {"shares": share_list(owner), "withdrawn": shares_withdrawn(owner)}
    return render(request, "ide/sharing/shares.html", context)


@require_POST
def create(request: HttpRequest, workspace_id: str, run_id: str) -> HttpResponse:
    """A link to a copy of the run; the run's page shows it."""
    owner = owner_here(request)
    workspace = workspace_get(workspace_id, owner)
    run = workspace_run_get(workspace, run_id, owner)
    days = request.POST.get("days", "")
    try:
        services.share_create(
            owner=owner,
            run=run,
            title=request.POST.get("title", ""),
            days=int(days) if days.isascii() and days.isdigit() and len(days) < 5 else -1,
        )
    except ApplicationError as error:
        messages.error(request, error.detail)
    return redirect(f"{reverse('run', args=[workspace.pk, run.pk])}#share")


@require_POST
def withdraw(request: HttpRequest, share_id: int) -> HttpResponse:
    services.share_withdraw(owner=owner_here(request), share_id=share_id)
    return redirect("shares")


@require_POST
def restore(request: HttpRequest, share_id: int) -> HttpResponse:
    services.share_restore(owner=owner_here(request), share_id=share_id)
    messages.success(request, "The link leads to its run again.")
    return redirect("shares")


@never_cache
@require_safe
def made(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """A file that the shared program has made: a picture as such, all else as mere bytes."""
    file = made_get(share_get(token), name)
    return made_file_response(name, bytes(file.content))


@require_safe
@xframe_options_exempt
def preview(request: HttpRequest, token: str, path: str) -> HttpResponse:
    """A page that the shared program has made, in a frame; and what it loads. No cookie is read or
    set."""
    folder = reverse("shared_preview", args=[token])
    return preview_response(request, folder, lambda: shared_preview_file(token, path))


class _ShareView(Protocol):
    def __call__(self, request: HttpRequest, share: Share) -> HttpResponseBase: ...


def _of_link(view: _ShareView) -> Any:
    """A page of what a link leads to, which no search engine may list."""

    @never_cache
    @require_safe
    @wraps(view)
    def of_link(request: HttpRequest, token: str) -> HttpResponseBase:
        return view(request, share_get(token))

    return of_link


@_of_link
def shared(request: HttpRequest, share: Share) -> HttpResponse:
    """What was shared: code, input, output, what it made; and a replay, which needs a script."""
    context = _context(share) | {"made": made_list(share)}
    return render(request, "ide/sharing/shared.html", context)


@_of_link
def recording(request: HttpRequest, share: Share) -> HttpResponse:
    return recording_file(_snapshot(share))


@_of_link
def output(request: HttpRequest, share: Share) -> HttpResponse:
    return output_file(_snapshot(share))


@_of_link
def files(request: HttpRequest, share: Share) -> StreamingHttpResponse:
    """All files that it ran with, as a zip."""
    return code_zip(_snapshot(share))


@csp_replace({"style-src": ["'unsafe-inline'"]})  # of a browser that shows nothing but the picture
@_of_link
def picture(request: HttpRequest, share: Share) -> HttpResponse:
    """The code as a PNG, for those who show a preview of a link."""
    headers = {"Cross-Origin-Resource-Policy": "cross-origin"}
    return HttpResponse(share_picture(share), content_type="image/png", headers=headers)


@xframe_options_exempt
@csp_replace(
    {"frame-ancestors": ["*"], "script-src": None, "connect-src": None, "form-action": ["'none'"]}
)
@_of_link
def embed(request: HttpRequest, share: Share) -> HttpResponse:
    """Code and output for another site's page. It reads and sets no cookie, and runs no script."""
    theme = request.GET.get("theme", "")
    context = _context(share) | {"theme": theme if theme in _THEMES else ""}
    answer = HttpResponse(render_to_string("ide/sharing/embed.html", context))
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_POST
def fork(request: HttpRequest, token: str) -> HttpResponse:
    """A copy among the reader's own workspaces, opened."""
    workspace = services.share_fork(owner=owner_here(request), share=share_get(token))
    return redirect("workspace", workspace.pk)


def _context(share: Share) -> dict[str, Any]:
    snapshot = _snapshot(share)
    return {
        "share": share,
        "snapshot": snapshot,
        "address": share.address,
        "picture_address": f"{share.address}/picture.png",
        "recording_url": reverse("shared_recording", args=[share.token]),
        "output_url": reverse("shared_output", args=[share.token]),
        "files_url": reverse("shared_files", args=[share.token]),
        "about": f"{snapshot.language_name} · {snapshot.outcome.text}",
    }


def _snapshot(share: Share) -> Snapshot:
    return snapshot_of(share, share.ran_at)
