"""Looking back: a workspace's runs, one of them as it was, two of them compared."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ide import services
from ide.history.answers import code_zip, output_file, recording_file
from ide.history.diffs import snapshot_diffs
from ide.history.selectors import run_lines, workspace_run_get
from ide.history.snapshots import Snapshot, entry_of, snapshot_of
from ide.limits import count_new_workspace
from ide.models import NAME_MAX_LENGTH, Workspace
from ide.owners import owner_here
from ide.replacing import files_replace, files_replace_undo
from ide.selectors import workspace_get
from ide.sharing.selectors import expiries, shares_of_run
from ide.trash import kept_among
from sandbox.models import Run
from sandbox.selectors import artifact_list

# The workspace that was just changed, which other tabs are to be told of.
_CHANGED = "changed_files"
# What takes the last replacement back, by workspace.
_REPLACED = "replaced_files"


@never_cache
@require_safe
def runs(request: HttpRequest, workspace_id: str) -> HttpResponse:
    """The workspace's runs, the newest first; `?cursor=` goes on behind a page."""
    owner = owner_here(request)
    workspace = workspace_get(workspace_id, owner)
    page = run_lines(workspace, owner, cursor=request.GET.get("cursor", ""))
    is_part = request.headers.get("HX-Request") == "true"
    template = "ide/history/_lines.html" if is_part else "ide/history/runs.html"
    return render(request, template, {"workspace": workspace, "page": page})


@never_cache
@require_safe
def run(request: HttpRequest, workspace_id: str, run_id: str) -> HttpResponse:
    """One run: its code as it was, what it was given and what it wrote."""
    workspace, run = _found(request, workspace_id, run_id)
    owner = owner_here(request)
    context: dict[str, Any] = {
        "workspace": workspace,
        "run": run,
        "snapshot": _snapshot(run),
        "recording_url": reverse("run_recording", args=[workspace.pk, run.pk]),
        "made": artifact_list(run.pk, owner),
        "output_url": reverse("run_output", args=[workspace.pk, run.pk]),
        "files_url": reverse("run_files", args=[workspace.pk, run.pk]),
        "others": [line for line in run_lines(workspace, owner).lines if line.run.pk != run.pk],
        "can_restore": run.language == workspace.language,
        **_just_changed(request, workspace),
        "shares": shares_of_run(run.pk, owner),
        "expiries": expiries(owner),
        "name_max_length": NAME_MAX_LENGTH,
    }
    return render(request, "ide/history/run.html", context)


@never_cache
@require_safe
def recording(request: HttpRequest, workspace_id: str, run_id: str) -> HttpResponse:
    _, run = _found(request, workspace_id, run_id)
    return recording_file(_snapshot(run))


@never_cache
@require_safe
def output(request: HttpRequest, workspace_id: str, run_id: str) -> HttpResponse:
    _, run = _found(request, workspace_id, run_id)
    return output_file(_snapshot(run))


@never_cache
@require_safe
def files(request: HttpRequest, workspace_id: str, run_id: str) -> StreamingHttpResponse:
    """All files that it ran with, as a zip."""
    _, run = _found(request, workspace_id, run_id)
    return code_zip(_snapshot(run))


@never_cache
@require_safe
def compare(request: HttpRequest, workspace_id: str, run_id: str) -> HttpResponse:
    """What the run has otherwise than the one that `?with=` names."""
    workspace, after = _found(request, workspace_id, run_id)
    _, before = _found(request, workspace_id, request.GET.get("with", ""))
    snapshots = _snapshot(before), _snapshot(after)
    context = {
        "workspace": workspace,
        "before": before,
        "after": after,
        "before_snapshot": snapshots[0],
        "after_snapshot": snapshots[1],
        "diffs": snapshot_diffs(*snapshots),
    }
    return render(request, "ide/history/compare.html", context)


@require_POST
def restore(request: HttpRequest, workspace_id: str, run_id: str) -> HttpResponse:
    """The run's files, in its workspace instead of those that are there."""
    workspace, run = _found(request, workspace_id, run_id)
    deletion = files_replace(workspace, files=_snapshot(run).contents)
    if deletion:
        known = request.session.get(_REPLACED, {})
        kept = kept_among(known.values())  # else the session would grow with each restore
        known = {pk: one for pk, one in known.items() if one in kept}
        request.session[_REPLACED] = {**known, workspace.pk: deletion}
    request.session[_CHANGED] = workspace.pk
    messages.success(request, f"{workspace.name} has the files of this run now.")
    return redirect("run", workspace.pk, run.pk)


@require_POST
def restore_undo(request: HttpRequest, workspace_id: str, run_id: str) -> HttpResponse:
    workspace, run = _found(request, workspace_id, run_id)
    files_replace_undo(workspace, deletion=request.POST.get("deletion", ""))
    request.session[_CHANGED] = workspace.pk
    messages.success(request, f"{workspace.name} has its files back.")
    return redirect("run", workspace.pk, run.pk)


@require_POST
def restore_new(request: HttpRequest, workspace_id: str, run_id: str) -> HttpResponse:
    """The run's files in a workspace of their own."""
    workspace, run = _found(request, workspace_id, run_id)
    owner = owner_here(request)
    count_new_workspace(owner)
    when = f" of {run.created_at:%d %b, %H:%M}"
    made = services.workspace_create(
        owner=owner,
        name=workspace.name[: NAME_MAX_LENGTH - len(when)] + when,
        language=run.language,
        entry=entry_of(run.language),
        files=_snapshot(run).contents,
        teaching=workspace.teaching,
    )
    return redirect("workspace", made.pk)


def _found(request: HttpRequest, workspace_id: str, run_id: str) -> tuple[Workspace, Run]:
    owner = owner_here(request)
    workspace = workspace_get(workspace_id, owner)
    return workspace, workspace_run_get(workspace, run_id, owner)


def _snapshot(run: Run) -> Snapshot:
    return snapshot_of(run, run.created_at)


def _just_changed(request: HttpRequest, workspace: Workspace) -> dict[str, Any]:
    """Whether other tabs are to be told, and what takes the last replacement back."""
    deletion = request.session.get(_REPLACED, {}).get(workspace.pk, "")
    return {
        "is_changed": request.session.pop(_CHANGED, None) == workspace.pk,
        "replaced": deletion if kept_among([deletion]) else "",
    }
