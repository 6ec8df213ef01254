"""What can be read about workspaces; changes nothing."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from cloudrun.errors import NotFoundError
from ide.models import File, Workspace, is_workspace_id
from ide.owners import owned_by
from ide.trash import GONE
from sandbox.languages import LANGUAGES, Language
from sandbox.models import Run
from sandbox.requests import BASE64, Owner, SourceFile


@dataclass(frozen=True)
class WorkspaceLine:
    """A workspace as the list shows it; `outcome` is the status of its last run, if it has one."""

    workspace: Workspace
    language: Language | None
    outcome: str | None
    ran_at: datetime | None


@dataclass
class Node:
    """A file, or a folder with what is in it."""

    name: str
    path: str
    file: File | None = None
    children: list[Node] = field(default_factory=list)

    @property
    def level(self) -> int:
        """Counts from 1 at the top."""
        return self.path.count("/") + 1


class WorkspaceMissingError(NotFoundError):
    """It is not there, or not for this visitor; `may_be_in_account` where they are a guest."""

    def __init__(self, owner: Owner) -> None:
        super().__init__("There is no such workspace here. It may be deleted, or not yours.")
        self.may_be_in_account = owner.user_id is None
        if self.may_be_in_account:
            self.detail += " If it is in your account, log in first."


def workspace_get(workspace_id: str, owner: Owner) -> Workspace:
    """An owner's workspace; the same `NotFoundError` for a stranger's and for none."""
    workspace = _found_by_id(workspace_id, owner)
    if workspace is None or workspace.deleted_at:
        raise WorkspaceMissingError(owner)
    return workspace


def workspace_deleted_get(workspace_id: str, owner: Owner) -> Workspace:
    """The same, where it can be restored, too."""
    workspace = _found_by_id(workspace_id, owner)
    if workspace is None:
        raise NotFoundError(GONE)
    return workspace


def workspace_deleted_find(workspace_id: str, owner: Owner) -> Workspace | None:
    """One that can be restored; None where it is back, or gone for good."""
    return _of(owner).filter(pk=workspace_id).exclude(deleted_at=None).first()


def workspace_lines(owner: Owner, *, search: str = "") -> list[WorkspaceLine]:
    """The owner's workspaces, the last changed first; `search` is looked for in names of
    workspaces, files and languages."""
    last = Run.objects.filter(
        owned_by(owner, guest="session_key"), workspace=OuterRef("pk")
    ).order_by("-created_at")
    workspaces = (
        _of(owner)
        .filter(_found(search), deleted_at=None)
        .annotate(
            outcome=Subquery(last.values("status")[:1]),
            ran_at=Subquery(last.values("created_at")[:1]),
        )
    )
    return [
        WorkspaceLine(one, LANGUAGES.get(one.language), one.outcome, one.ran_at)
        for one in workspaces
    ]


def _found_by_id(workspace_id: str, owner: Owner) -> Workspace | None:
    if not is_workspace_id(workspace_id):
        return None
    return _of(owner).filter(pk=workspace_id).first()


def _of(owner: Owner) -> QuerySet[Workspace]:
    return Workspace.objects.filter(owned_by(owner))


def _found(search: str) -> Q:
    """Every word must be there."""
    found = Q()
    for word in search.replace("\x00", "").split():
        languages = [
            one.id for one in LANGUAGES.values() if word.lower() in f"{one.id} {one.name}".lower()
        ]
        files = File.objects.filter(path__icontains=word, deleted_at=None).values("workspace")
        found &= Q(name__icontains=word) | Q(language__in=languages) | Q(pk__in=files)
    return found


def file_get(workspace: Workspace, file_id: int) -> File:
    file = File.objects.filter(workspace=workspace, pk=file_id, deleted_at=None).first()
    if file is None:
        raise NotFoundError("This file was deleted.")
    return file


def file_tree(workspace: Workspace) -> list[Node]:
    """Folders before files, each in the order of the alphabet."""
    root = Node("", "")
    folders = {"": root}
    for file in File.objects.filter(workspace=workspace, deleted_at=None).defer("content"):
        parent, _, name = file.path.rpartition("/")
        _folder(folders, parent).children.append(Node(name, file.path, file))
    for folder in folders.values():
        folder.children.sort(key=lambda node: (node.file is not None, node.name.lower()))
    return root.children


def _folder(folders: dict[str, Node], path: str) -> Node:
    if path not in folders:
        parent, _, name = path.rpartition("/")
        folders[path] = Node(name, path)
        _folder(folders, parent).children.append(folders[path])
    return folders[path]


def file_contents(workspace: Workspace) -> list[dict[str, Any]]:
    """`{id, path, version, content, encoding}` of every file, as the IDE and a run take them."""
    files = File.objects.filter(workspace=workspace, deleted_at=None)
    return [file_content(file) for file in files]


def file_content(file: File) -> dict[str, Any]:
    text = file.text
    source = (
        SourceFile(file.path, text)
        if text is not None
        else SourceFile(file.path, base64.b64encode(file.content).decode(), BASE64)
    )
    return {
        "id": file.pk,
        "path": file.path,
        "version": file.version,
        "content": source.content,
        "encoding": source.encoding,
    }
