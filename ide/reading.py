"""A workspace's files to be read and printed, without a script."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ide.history.extent import CODE_OF_PAGE, Extent
from ide.history.snapshots import CodeFile, code_file
from ide.models import Workspace
from ide.owners import owner_here
from ide.selectors import file_contents, workspace_get
from sandbox.requests import SourceFile


@never_cache
@require_safe
def read(request: HttpRequest, workspace_id: str) -> HttpResponse:
    """All files of a workspace."""
    workspace = workspace_get(workspace_id, owner_here(request))
    context = {"workspace": workspace, "files": _files(workspace)}
    return render(request, "ide/read.html", context)


def _files(workspace: Workspace) -> list[CodeFile]:
    """The one that Run starts with comes first."""
    extent = Extent(CODE_OF_PAGE)
    contents = sorted(file_contents(workspace), key=lambda file: file["path"])
    contents.sort(key=lambda file: file["path"] != workspace.entry)
    return [
        code_file(
            SourceFile(file["path"], file["content"], file["encoding"]),
            extent,
            url=reverse("file", args=[workspace.pk, file["id"]]),
        )
        for file in contents
    ]
