"""The live preview of a workspace: its pages as they were last saved, beside the editor."""

import mimetypes
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_POST, require_safe

from cloudrun.errors import NotFoundError
from ide.models import File, LivePreview, Workspace
from ide.owners import owner_here
from ide.preview_script import SCRIPT, with_script
from ide.selectors import workspace_get
from ide.views import preview_response
from sandbox.models import new_token
from sandbox.selectors import PreviewFile, PreviewFileMissingError

# A page can tell its address to anybody, so it ends soon after the IDE was closed, which asks for
# it again every two minutes (docs/decisions/0017-previews-end-with-the-ide.md).
_LIVES_FOR = timedelta(minutes=5)


def preview_address(workspace: Workspace) -> str:
    """The folder below which its files are, for whoever knows the address. It stays the same as
    long as it is asked for every few minutes."""
    until = timezone.now() + _LIVES_FOR
    alive = LivePreview.objects.filter(workspace=workspace, valid_until__gt=timezone.now())
    if not alive.update(valid_until=until):
        LivePreview.objects.update_or_create(
            workspace=workspace, defaults={"token": new_token(), "valid_until": until}
        )
    token = LivePreview.objects.get(workspace=workspace).token
    return f"{settings.PREVIEW_URL}{reverse('live-preview', args=[token])}"


@require_POST
def renew(request: HttpRequest, workspace_id: str) -> JsonResponse:
    """The IDE is still open: `{"address"}` from here on."""
    workspace = workspace_get(workspace_id, owner_here(request))
    return JsonResponse({"address": preview_address(workspace)})


@require_safe
@xframe_options_exempt
def live_preview(request: HttpRequest, token: str, path: str) -> HttpResponse:
    """A saved file of the workspace; its entry at the empty path. No cookie is read or set."""
    folder = reverse("live-preview", args=[token])
    return preview_response(request, folder, lambda: _file(token, path), script=SCRIPT)


def _file(token: str, path: str) -> PreviewFile:
    workspace = _workspace(token)
    path = workspace.entry if path == "" else path
    if path.endswith("/"):
        path += "index.html"
    # NUL is in no path, and PostgreSQL refuses to look for it.
    file = None if "\x00" in path else workspace.files.filter(path=path, deleted_at=None).first()
    if file is None:
        raise PreviewFileMissingError(f"This workspace has no file {path}.")
    return _served(file)


def _workspace(token: str) -> Workspace:
    is_alive = {"live_preview__token": token, "live_preview__valid_until__gt": timezone.now()}
    found = Workspace.objects.filter(deleted_at=None, **is_alive)
    workspace = None if "\x00" in token else found.first()
    if workspace is None:
        raise NotFoundError("This preview's link has ended.")
    return workspace


def _served(file: File) -> PreviewFile:
    kind = mimetypes.guess_type(file.path)[0] or "application/octet-stream"
    content = bytes(file.content)
    if kind == "text/html":
        content = with_script(content, file.path)
    return PreviewFile(content, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
