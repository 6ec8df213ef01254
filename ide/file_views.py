"""A workspace's files, for the IDE's own scripts: JSON in, JSON out, problems where refused.

A change answers `{"tree": HTML of the file tree, "files": [{id, path, version}], …}`, so that the
page draws the tree as the server does and tells its tabs what moved.
"""

from functools import partial
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.template.loader import render_to_string
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from rest_framework import serializers

from cloudrun import problems
from cloudrun.fields import StrictCharField, StrictIntegerField
from cloudrun.parsers import parse_object
from cloudrun.rates import Rate
from ide import replacing, services
from ide.archives import workspace_files, zipped
from ide.limits import workspace_rooms
from ide.models import PATH_MAX_LENGTH, File, Workspace
from ide.owners import owner_here
from ide.selectors import file_content, file_contents, file_get, file_tree, workspace_get
from ide.trash import UNDO_TIME, deletions
from ide.uploads import read_uploads, take_in
from sandbox.api.artifacts import made_file_response
from sandbox.serializers import validated

# Far more than typing makes: each pause of a second is one.
_WRITES = Rate("file writes", 600, 60, "That are too many changes of files in a minute.")


class PathSerializer(serializers.Serializer[Any]):
    path = StrictCharField(max_length=PATH_MAX_LENGTH)


class MoveSerializer(PathSerializer):
    to = StrictCharField()  # `check_path` says what is too long, by its name


class NewFileSerializer(serializers.Serializer[Any]):
    path = StrictCharField()
    content = StrictCharField(allow_blank=True, allow_nul=True, default="")


class WriteSerializer(serializers.Serializer[Any]):
    content = StrictCharField(allow_blank=True, allow_nul=True)
    version = StrictIntegerField(min_value=1)


class UndoSerializer(serializers.Serializer[Any]):
    deletion = StrictCharField(max_length=32)


@method_decorator(never_cache, name="dispatch")
class Files(View):
    """`GET` all files with their contents, `POST {path, content?}` a new one."""

    def get(self, request: HttpRequest, workspace_id: str) -> JsonResponse:
        workspace = _workspace(request, workspace_id)
        return _changed(workspace, files=file_contents(workspace))

    def post(self, request: HttpRequest, workspace_id: str) -> JsonResponse:
        workspace, data = _change(request, workspace_id, NewFileSerializer)
        content = data["content"].encode()
        file = services.file_create(workspace, path=data["path"], content=content)
        return _changed(workspace, file=file_content(file))


@method_decorator(never_cache, name="dispatch")
class OneFile(View):
    """`GET` downloads it, `PUT {content, version}` writes it: 409 with what is there, where it
    was written elsewhere since that version."""

    def get(self, request: HttpRequest, workspace_id: str, file_id: int) -> HttpResponse:
        file = file_get(_workspace(request, workspace_id), file_id)
        name = quote(file.path.rpartition("/")[2])
        return HttpResponse(
            bytes(file.content),
            content_type="application/octet-stream",
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
        )

    def put(self, request: HttpRequest, workspace_id: str, file_id: int) -> JsonResponse:
        workspace, data = _change(request, workspace_id, WriteSerializer)
        try:
            file = services.file_write(
                workspace,
                file_id=file_id,
                content=data["content"].encode(),
                version=data["version"],
            )
        except services.VersionConflictError as error:
            body = {**problems.body(error), "file": file_content(error.current)}
            return JsonResponse(body, status=error.status, content_type=problems.CONTENT_TYPE)
        return JsonResponse({"version": file.version})


@never_cache
@require_safe
def picture(request: HttpRequest, workspace_id: str, file_id: int) -> HttpResponse:
    """A picture as such, for an `<img>`; all else as mere bytes."""
    file = file_get(_workspace(request, workspace_id), file_id)
    return made_file_response(file.path, bytes(file.content))


@never_cache
@require_safe
def download_all(request: HttpRequest, workspace_id: str) -> StreamingHttpResponse:
    """All files as a zip."""
    workspace = _workspace(request, workspace_id)
    name = quote(workspace.name.replace("/", "_"))
    return StreamingHttpResponse(
        zipped(workspace_files(workspace)),
        content_type="application/zip",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}.zip"},
    )


@require_POST
def upload(request: HttpRequest, workspace_id: str) -> JsonResponse:
    """A form with `files`, and for each its `paths`. `unpack`, for each or once for all: "true"
    unpacks it if it is a zip, "false" keeps it as it is; without it, a zip that comes alone is
    unpacked. `replace` is "true" where files of the same name may be written over; else they are a
    409 that lists them."""
    workspace = _workspace(request, workspace_id)
    _count(request)
    form, uploads = request.POST, request.FILES.getlist("files")
    unpacks = [one == "true" for one in form.getlist("unpack")]
    read = partial(read_uploads, form.getlist("paths"), uploads, unpacks=unpacks)
    replaces = form.get("replace") == "true"

    def store(files: dict[str, bytes]) -> list[str]:
        services.files_add(workspace, files=files, replace=replaces)
        return list(files)

    added = take_in(read, store, owner=workspace.owner, workspace=workspace)
    return _changed(workspace, added=added)


@require_POST
def move(request: HttpRequest, workspace_id: str) -> JsonResponse:
    """`{path, to}`: rename or move a file or folder."""
    workspace, data = _change(request, workspace_id, MoveSerializer)
    services.path_move(workspace, **data)
    return _changed(workspace)


@require_POST
def copy(request: HttpRequest, workspace_id: str) -> JsonResponse:
    """`{path}`: duplicate a file or folder; answers with the `path` of the copy."""
    workspace, data = _change(request, workspace_id, PathSerializer)
    return _changed(workspace, path=services.path_copy(workspace, **data))


@require_POST
def remove(request: HttpRequest, workspace_id: str) -> JsonResponse:
    """`{path}`: delete a file or folder; answers with the `deletion` that undo takes."""
    workspace, data = _change(request, workspace_id, PathSerializer)
    return _changed(workspace, deletion=services.path_delete(workspace, **data))


@require_POST
def undo(request: HttpRequest, workspace_id: str) -> JsonResponse:
    """`{deletion}`: bring back what was deleted or replaced."""
    workspace, data = _change(request, workspace_id, UndoSerializer)
    replacing.undo(workspace, **data)
    return _changed(workspace)


def tree_html(workspace: Workspace) -> str:
    context = {
        "nodes": file_tree(workspace),
        "workspace": workspace,
        "rooms": workspace_rooms(workspace),
        "deletions": deletions(workspace),
        "undo_minutes": UNDO_TIME.seconds // 60,
    }
    return render_to_string("ide/_files.html", context)


def _workspace(request: HttpRequest, workspace_id: str) -> Workspace:
    return workspace_get(workspace_id, owner_here(request))


def _change(
    request: HttpRequest, workspace_id: str, serializer: type[serializers.Serializer[Any]]
) -> tuple[Workspace, dict[str, Any]]:
    """What a change is for, and what it is asked for with."""
    workspace = _workspace(request, workspace_id)
    _count(request)
    return workspace, validated(serializer(data=parse_object(request.body)))


def _count(request: HttpRequest) -> None:
    # Not by address: a whole class behind one may be typing.
    _WRITES.count(owner_here(request).key)


def _changed(workspace: Workspace, **more: Any) -> JsonResponse:
    files = File.objects.filter(workspace=workspace, deleted_at=None)
    known = list(files.values("pk", "path", "version"))
    ids = [{"id": file["pk"], "path": file["path"], "version": file["version"]} for file in known]
    return JsonResponse({"tree": tree_html(workspace), "files": ids, **more})
