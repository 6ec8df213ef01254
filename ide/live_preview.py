"""The live preview of a workspace: its pages as they were last saved, beside the editor."""

import mimetypes
import re
from pathlib import Path

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from cloudrun.errors import NotFoundError
from ide.models import File, Workspace
from ide.views import preview_response
from sandbox.selectors import PreviewFile

# An address that a page has told somebody else is of no use to them the day after.
_MAX_AGE_S = 24 * 3600
_SIGNER = signing.TimestampSigner(salt="ide.preview", sep=".")
_DOCTYPE = re.compile(rb"<!doctype[^>]*>", re.IGNORECASE)
_DOCTYPE_WITHIN = 4096
# On one line, so that the lines of the page keep their numbers.
_CONSOLE = " ".join(Path(__file__).with_name("in_preview.js").read_text().split("\n")).encode()


def preview_address(workspace: Workspace) -> str:
    """The folder below which its files are, for whoever knows the address, for a day."""
    path = reverse("live-preview", args=[_SIGNER.sign(workspace.pk)])
    return f"{settings.PREVIEW_URL}{path}"


@require_safe
@xframe_options_exempt
def live_preview(request: HttpRequest, token: str, path: str) -> HttpResponse:
    """A saved file of the workspace; its entry at the empty path. No cookie is read or set."""
    folder = reverse("live-preview", args=[token])
    return preview_response(request, folder, lambda: _file(token, path))


def _file(token: str, path: str) -> PreviewFile:
    workspace = _workspace(token)
    path = workspace.entry if path == "" else path
    if path.endswith("/"):
        path += "index.html"
    # NUL is in no path, and PostgreSQL refuses to look for it.
    file = None if "\x00" in path else workspace.files.filter(path=path, deleted_at=None).first()
    if file is None:
        raise NotFoundError(f"The workspace has no file {path}.")
    return _served(file)


def _workspace(token: str) -> Workspace:
    try:
        workspace_id = _SIGNER.unsign(token, max_age=_MAX_AGE_S)
    except signing.BadSignature as error:
        raise NotFoundError("This preview is gone; reload the workspace.") from error
    workspace = Workspace.objects.filter(pk=workspace_id, deleted_at=None).first()
    if workspace is None:
        raise NotFoundError("This workspace was deleted.")
    return workspace


def _served(file: File) -> PreviewFile:
    kind = mimetypes.guess_type(file.path)[0] or "application/octet-stream"
    content = bytes(file.content)
    if kind == "text/html":
        content = _with_console(content)
    return PreviewFile(content, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)


def _with_console(page: bytes) -> bytes:
    """The page, which also tells the IDE what its console says. The doctype stays first."""
    doctype = _DOCTYPE.search(page, 0, _DOCTYPE_WITHIN)
    at = doctype.end() if doctype else 0
    return page[:at] + b"<script>" + _CONSOLE + b"</script>" + page[at:]
