"""The rows of a workspace's files, and the frame around every change of them."""

from collections.abc import Callable, Iterable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from cloudrun.errors import ConflictError, NotFoundError
from ide.locks import owner_lock
from ide.models import File, Workspace
from ide.paths import check_paths

P = ParamSpec("P")
T = TypeVar("T")


def changes(
    change: Callable[Concatenate[Workspace, P], T],
) -> Callable[Concatenate[Workspace, P], T]:
    """One change of an owner's files at a time, its paths checked as a whole before it counts.

    What grows checks its room, too. What shrinks need not: that is the way out for whoever has more
    than there is room for, such as the workspaces of two that became one user's.
    """

    @wraps(change)
    def changed(workspace: Workspace, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with transaction.atomic():
                owner_lock(workspace.owner)
                _lock(workspace)
                before = set(_paths(workspace))
                result = change(workspace, *args, **kwargs)
                check_paths(sorted(_paths(workspace), key=lambda path: path not in before))
                Workspace.objects.filter(pk=workspace.pk).update(changed_at=timezone.now())
        except IntegrityError as error:
            raise ConflictError("There is a file of that name already.") from error
        return result

    return changed


def _paths(workspace: Workspace) -> Iterable[str]:
    return files_in(workspace).values_list("path", flat=True)


def _lock(workspace: Workspace) -> None:
    """Until the end of the transaction; `NotFoundError` where it was deleted meanwhile."""
    rows = Workspace.objects.select_for_update().filter(pk=workspace.pk, deleted_at=None)
    if rows.first() is None:
        raise NotFoundError("This workspace was deleted.")


def files_in(workspace: Workspace) -> QuerySet[File]:
    return File.objects.filter(workspace=workspace, deleted_at=None)


def files_insert(
    workspace: Workspace, files: Mapping[str, bytes], *, deletion: str = ""
) -> list[File]:
    return File.objects.bulk_create(
        File(
            workspace=workspace,
            path=path,
            content=content,
            size=len(content),
            deletion=deletion,
        )
        for path, content in files.items()
    )


def file_store(file: File, content: bytes, *, deletion: str = "") -> None:
    """Write it, as its next version: whoever has seen another is told."""
    file.content = content
    file.size = len(content)
    file.version += 1
    file.deletion = deletion
    file.save(update_fields=["content", "size", "version", "deletion", "updated_at"])


def paths_words(paths: list[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{paths[0]} (with {len(paths) - 1} more)"
