"""A workspace's files to be read and printed, without a script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ide.history.snapshots import SHOWN, CodeFile, code_file
from ide.models import Workspace
from ide.owners import owner_here
from ide.selectors import file_contents, workspace_get
from sandbox.requests import SourceFile

# Characters of all files together that the page shows; each is there to download.
_ALL_SHOWN = 5 * SHOWN


@never_cache
@require_safe
def read(request: HttpRequest, workspace_id: str) -> HttpResponse:
    """All files of a workspace."""
    workspace = workspace_get(workspace_id, owner_here(request))
    context = {"workspace": workspace, "files": _files(workspace)}
    return render(request, "ide/read.html", context)


def _files(workspace: Workspace) -> list[CodeFile]:
    """The one that Run starts with comes first."""
    files, room = [], _ALL_SHOWN
    contents = sorted(file_contents(workspace), key=lambda file: file["path"])
    for file in sorted(contents, key=lambda file: file["path"] != workspace.entry):
        source = SourceFile(file["path"], file["content"], file["encoding"])
        url = reverse("file", args=[workspace.pk, file["id"]])
        shown = code_file(source, url=url, room=min(SHOWN, room))
        room -= len(source.content) if shown.html is not None else 0
        files.append(shown)
    return files
