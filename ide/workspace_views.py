"""The pages of workspaces: the list with what can be done to each, and the IDE on one of them."""

from collections.abc import Callable
from functools import partial, wraps
from pathlib import PurePosixPath
from typing import IO, Any, Concatenate, ParamSpec, cast

from asgiref.sync import async_to_sync
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from cloudrun.errors import ApplicationError, InvalidRequestError
from ide import services
from ide.archives import ZipUpload, without_common_folder
from ide.examples import EXAMPLES
from ide.file_views import tree_html
from ide.limits import count_new_workspace, owner_rooms, workspace_rooms
from ide.live_preview import preview_address
from ide.models import NAME_MAX_LENGTH, Workspace
from ide.owners import owner_here
from ide.selectors import (
    file_contents,
    workspace_deleted_find,
    workspace_deleted_get,
    workspace_get,
    workspace_lines,
)
from ide.uploads import Upload, read_uploads, take_in
from ide.views import bench
from sandbox.languages import LANGUAGES
from sandbox.requests import Owner

# Files that small come with the page; others are asked for behind it.
_COMES_ALONG = 64 * 1024

P = ParamSpec("P")


@never_cache
@require_safe
def workspaces(request: HttpRequest) -> HttpResponse:
    """The visitor's workspaces, and what a new one can begin with. `?q=` searches."""
    return _list(request)


def _on_list(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """A change asked for on the list: a refusal is told there, and nothing is lost."""

    @wraps(view)
    def on_list(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except ApplicationError as error:
            if error.status == 404:
                raise
            messages.error(request, error.detail)
            return _after(request)

    return require_POST(on_list)


@_on_list
def create(request: HttpRequest) -> HttpResponse:
    """`start` is `language:<id>`, `example:<id>` or `files:<language id>`, which comes with `files`
    and for each its `paths`; opens what it makes."""
    kind, _, id = request.POST.get("start", "").partition(":")
    if kind == "example" and id in EXAMPLES:
        example = EXAMPLES[id]
        files = {path: text.encode() for path, text in example.files.items()}
        return _open_new(request, example.name, example.language, files)
    if kind == "language" and id in LANGUAGES:
        language = LANGUAGES[id]
        files = {language.file: language.template.encode()}
        return _open_new(request, f"{language.name} program", id, files)
    if kind == "files" and id in LANGUAGES:
        read = partial(_files_of_page, request, id)
        store = partial(_open_new, request, f"{LANGUAGES[id].name} program", id)
        return take_in(read, store, owner=owner_here(request))
    raise InvalidRequestError("Choose what to begin with.")


def _files_of_page(request: HttpRequest, language: str) -> list[Upload]:
    paths, entry = request.POST.getlist("paths"), LANGUAGES[language].file
    if entry not in paths:
        raise InvalidRequestError(f"{entry} is missing, which Run starts with.")
    return read_uploads(paths, request.FILES.getlist("files"), unpacks=[False])


@_on_list
def import_zip(request: HttpRequest) -> HttpResponse:
    """A workspace of a zip, whose language its entry file tells."""
    uploaded = request.FILES.get("zip")
    if not isinstance(uploaded, UploadedFile):
        raise InvalidRequestError("Choose a zip file first.")
    data = cast(IO[bytes], uploaded.file)
    name = PurePosixPath(uploaded.name or "").stem[:NAME_MAX_LENGTH] or "Imported"
    store = partial(_open_imported, request, name)
    return take_in(lambda: [ZipUpload(data)], store, owner=owner_here(request))


def _open_imported(request: HttpRequest, name: str, unpacked: dict[str, bytes]) -> HttpResponse:
    files = without_common_folder(unpacked)
    language = next((one for one in LANGUAGES.values() if one.file in files), None)
    if language is None:
        entries = ", ".join(one.file for one in LANGUAGES.values())
        raise InvalidRequestError(f"The zip has no file that Run could start with: {entries}.")
    return _open_new(request, name, language.id, files)


def _open_new(
    request: HttpRequest, name: str, language: str, files: dict[str, bytes]
) -> HttpResponse:
    owner = owner_here(request)
    count_new_workspace(owner)
    workspace = services.workspace_create(
        owner=owner,
        name=request.POST.get("name", "").strip() or name,
        language=language,
        entry=LANGUAGES[language].file,
        files=files,
    )
    return redirect("workspace", workspace.pk)


@_on_list
def rename(request: HttpRequest, workspace_id: str) -> HttpResponse:
    workspace = workspace_get(workspace_id, owner_here(request))
    services.workspace_rename(workspace=workspace, name=request.POST.get("name", ""))
    return _after(request)


@_on_list
def duplicate(request: HttpRequest, workspace_id: str) -> HttpResponse:
    owner = owner_here(request)
    workspace = workspace_get(workspace_id, owner)
    count_new_workspace(owner)
    services.workspace_duplicate(workspace=workspace)
    return _after(request)


@_on_list
def delete(request: HttpRequest, workspace_id: str) -> HttpResponse:
    workspace = workspace_get(workspace_id, owner_here(request))
    services.workspace_delete(workspace=workspace)
    request.session["deleted_workspace"] = workspace.pk
    return _after(request)


@_on_list
def restore(request: HttpRequest, workspace_id: str) -> HttpResponse:
    workspace = workspace_deleted_get(workspace_id, owner_here(request))
    services.workspace_restore(workspace=workspace)
    messages.success(request, f"{workspace.name} is back.")
    return _after(request)


def _after(request: HttpRequest) -> HttpResponse:
    """The list again: only it for htmx, else the page anew, so that a reload does nothing twice."""
    if _is_htmx(request):
        return _list(request)
    search = _search(request)
    return redirect(reverse("workspaces", query={"q": search} if search else None))


def _search(request: HttpRequest) -> str:
    """What the list is searched for, by its address or by the form of a change on it."""
    return request.POST.get("q", request.GET.get("q", ""))[:NAME_MAX_LENGTH]


def _list(request: HttpRequest) -> HttpResponse:
    owner = owner_here(request)
    search = _search(request)
    context: dict[str, Any] = {
        "lines": workspace_lines(owner, search=search),
        "search": search,
        "rooms": owner_rooms(owner),
        "deleted": _just_deleted(request, owner),
        "languages": LANGUAGES.values(),
        "examples": EXAMPLES.values(),
        "name_max_length": NAME_MAX_LENGTH,
    }
    template = "ide/_workspaces.html" if _is_htmx(request) else "ide/workspaces.html"
    return render(request, template, context)


def _just_deleted(request: HttpRequest, owner: Owner) -> Workspace | None:
    workspace_id = request.session.pop("deleted_workspace", None)
    return workspace_deleted_find(workspace_id, owner) if workspace_id else None


def _is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


@never_cache
@ensure_csrf_cookie
@require_safe
def workspace(request: HttpRequest, workspace_id: str) -> HttpResponse:
    """The IDE on a workspace."""
    found = workspace_get(workspace_id, owner_here(request))
    context = async_to_sync(bench)(request, found)
    context["page_data"] |= {
        "workspace": {
            "id": found.pk,
            "name": found.name,
            "language": found.language,
            "entry": found.entry,
        },
        "files": _light(file_contents(found)),
        "preview": preview_address(found) if found.language == "html" else None,
    }
    context |= {
        "workspace": found,
        "tree": tree_html(found),
        "languages": [one for one in context["languages"] if one["id"] == found.language],
        "rooms": workspace_rooms(found),
    }
    return render(request, "ide/workspace.html", context)


def _light(files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the contents that would keep the page waiting: null, to be asked for."""
    return [
        file if len(file["content"]) <= _COMES_ALONG else {**file, "content": None}
        for file in files
    ]
