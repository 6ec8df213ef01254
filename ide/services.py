"""What changes workspaces and their files. Each change is one transaction, or refused whole."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from cloudrun.errors import (
    ConflictError,
    FieldError,
    InvalidRequestError,
    NotFoundError,
)
from ide.limits import check_rooms
from ide.models import NAME_MAX_LENGTH, File, Workspace, new_deletion
from ide.paths import check_path, check_paths, is_below
from sandbox.requests import Owner

# How long a delete can be taken back.
UNDO_TIME = timedelta(minutes=10)
_AT_A_TIME = 20

P = ParamSpec("P")
T = TypeVar("T")


class FileGoneError(NotFoundError):
    """The workspace is there, but not the file."""

    code = "file_gone"

    def __init__(self) -> None:
        super().__init__("This file was deleted.")


class VersionConflictError(ConflictError):
    """The file was written elsewhere since; `current` is what is there now."""

    title = "The file was changed elsewhere"

    def __init__(self, current: File) -> None:
        super().__init__(f"{current.path} was changed in another tab or on another device.")
        self.current = current


def workspace_create(
    *, owner: Owner, name: str, language: str, entry: str, files: Mapping[str, bytes]
) -> Workspace:
    """`InvalidRequestError` for names that cannot be, `PayloadTooLargeError` for too much."""
    check_paths(files)
    with transaction.atomic():
        workspace = Workspace.objects.create(
            user_id=owner.user_id,
            guest="" if owner.user_id is not None else owner.session_key,
            name=_name(name),
            language=language,
            entry=entry,
        )
        _insert(workspace, files)
        check_rooms(workspace)
    return workspace


def workspace_rename(*, workspace: Workspace, name: str) -> None:
    workspace.name = _name(name)
    workspace.save(update_fields=["name"])


def workspace_duplicate(*, workspace: Workspace) -> Workspace:
    """A copy of its own, with the same owner."""
    files = {file.path: bytes(file.content) for file in _files(workspace)}
    return workspace_create(
        owner=Owner(workspace.user_id, workspace.guest, ""),
        name=f"{workspace.name[: NAME_MAX_LENGTH - 5]} copy",
        language=workspace.language,
        entry=workspace.entry,
        files=files,
    )


def workspace_delete(*, workspace: Workspace) -> None:
    """It can be restored for `UNDO_TIME`; what was deleted before that goes for good."""
    trash_empty()
    Workspace.objects.filter(pk=workspace.pk).update(deleted_at=timezone.now())


def workspace_restore(*, workspace: Workspace) -> None:
    with transaction.atomic():
        Workspace.objects.filter(pk=workspace.pk).update(deleted_at=None)
        check_rooms(workspace)


def trash_empty() -> None:
    """Take away what nobody can bring back any more."""
    too_late = timezone.now() - UNDO_TIME
    File.objects.filter(deleted_at__lt=too_late).delete()
    Workspace.objects.filter(deleted_at__lt=too_late).delete()


def abandoned_delete() -> int:
    """Delete the workspaces of guests whose session has ended; how many there were."""
    ended = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    count = 0
    abandoned = Workspace.objects.filter(user=None, seen_at__lt=ended)
    # A few at a time, since others wait for the database meanwhile.
    while ids := list(abandoned.values_list("pk", flat=True)[:_AT_A_TIME]):
        abandoned.filter(pk__in=ids).delete()
        count += len(ids)
    return count


def _changes(
    change: Callable[Concatenate[Workspace, P], T],
) -> Callable[Concatenate[Workspace, P], T]:
    """One change of a workspace's files at a time, its paths checked as a whole before it counts.

    What grows checks its room, too. What shrinks need not: that is the way out for whoever has more
    than there is room for, such as the workspaces of two that became one user's.
    """

    @wraps(change)
    def changed(workspace: Workspace, /, *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with transaction.atomic():
                _lock(workspace)
                result = change(workspace, *args, **kwargs)
                check_paths(_files(workspace).values_list("path", flat=True))
                Workspace.objects.filter(pk=workspace.pk).update(changed_at=timezone.now())
        except IntegrityError as error:
            raise ConflictError("There is a file of that name already.") from error
        return result

    return changed


@_changes
def file_create(workspace: Workspace, /, *, path: str, content: bytes = b"") -> File:
    check_path(path)
    _check_free(workspace, path)
    file = _insert(workspace, {path: content})[0]
    check_rooms(workspace)
    return file


@_changes
def files_add(workspace: Workspace, /, *, files: Mapping[str, bytes], replace: bool) -> None:
    """Uploads. `ConflictError` lists what is there already, unless that may be replaced."""
    check_paths(files)
    there = {file.path: file for file in _files(workspace).filter(path__in=list(files))}
    if there and not replace:
        errors = [FieldError(path, "Is there already.") for path in there]
        raise ConflictError(f"{_listed(list(there))} is there already.", errors=errors)
    for path, file in there.items():
        _store(file, files[path])
    _insert(workspace, {path: files[path] for path in files if path not in there})
    check_rooms(workspace)


@_changes
def file_write(workspace: Workspace, /, *, file_id: int, content: bytes, version: int) -> File:
    """`version` is the one that the writer has seen; `VersionConflictError` for any other."""
    file = _files(workspace).filter(pk=file_id).first()
    if file is None:
        raise FileGoneError
    if file.version != version:
        raise VersionConflictError(file)
    is_longer = len(content) > file.size
    _store(file, content)
    if is_longer:
        check_rooms(workspace)
    return file


@_changes
def path_move(workspace: Workspace, /, *, path: str, to: str) -> None:
    """Rename or move a file, or a folder with all that is in it."""
    check_path(to)
    _check_not_entry(workspace, path, "keeps its name and place")
    if is_below(to, path):
        raise InvalidRequestError("A folder cannot be moved into itself.")
    if to == path:
        return
    moved = _at(workspace, path)
    targets = {to + file.path.removeprefix(path) for file in moved}
    others = _files(workspace).exclude(pk__in=[file.pk for file in moved])
    if taken := sorted(targets & set(others.values_list("path", flat=True))):
        raise ConflictError(f"{_listed(taken)} is there already.")
    for file in moved:
        file.path = to + file.path.removeprefix(path)
        file.save(update_fields=["path"])


@_changes
def path_delete(workspace: Workspace, /, *, path: str) -> str:
    """Delete a file or a folder; what brings it back for `UNDO_TIME` (`deletion_undo`)."""
    _check_not_entry(workspace, path, "cannot be deleted")
    deletion = new_deletion()
    ids = [file.pk for file in _at(workspace, path)]
    trash_empty()
    File.objects.filter(pk__in=ids).update(deletion=deletion, deleted_at=timezone.now())
    return deletion


@_changes
def deletion_undo(workspace: Workspace, /, *, deletion: str) -> None:
    """`NotFoundError` where it is too late, `ConflictError` where something else is there now."""
    files = File.objects.filter(workspace=workspace, deletion=deletion).exclude(deleted_at=None)
    if not deletion or not files:
        raise NotFoundError("It was deleted too long ago.")
    for file in files:
        _check_free(workspace, file.path)
    files.update(deletion="", deleted_at=None)
    check_rooms(workspace)


@_changes
def files_replace(workspace: Workspace, /, *, files: Mapping[str, bytes]) -> str:
    """Let these be all files; what takes it back for `UNDO_TIME` (`files_replace_undo`).
    Empty where nothing had to go for it.

    What is as it should be stays. The others' old rows go like deleted files, and the new ones are
    known by the same `deletion`.
    """
    check_paths(files)
    deletion = new_deletion()
    same = [file.pk for file in _files(workspace) if files.get(file.path) == bytes(file.content)]
    others = _files(workspace).exclude(pk__in=same)
    trash_empty()
    gone = others.update(deletion=deletion, deleted_at=timezone.now())
    kept = set(_files(workspace).values_list("path", flat=True))
    _insert(workspace, {path: files[path] for path in files if path not in kept}, deletion)
    check_rooms(workspace)
    return deletion if gone else ""


@_changes
def files_replace_undo(workspace: Workspace, /, *, deletion: str) -> None:
    """`NotFoundError` where it is too late."""
    files = File.objects.filter(workspace=workspace, deletion=deletion)
    old = list(files.exclude(deleted_at=None).values_list("pk", "path"))
    if not deletion or not old:
        raise NotFoundError("It was replaced too long ago.")
    is_new = Q(deletion=deletion) | Q(path__in=[path for _, path in old])
    _files(workspace).filter(is_new).update(deletion="", deleted_at=timezone.now())
    File.objects.filter(pk__in=[pk for pk, _ in old]).update(deletion="", deleted_at=None)
    check_rooms(workspace)


def _lock(workspace: Workspace) -> None:
    """Until the end of the transaction; `NotFoundError` where it was deleted meanwhile."""
    rows = Workspace.objects.select_for_update().filter(pk=workspace.pk, deleted_at=None)
    if rows.first() is None:
        raise NotFoundError("This workspace was deleted.")


def _files(workspace: Workspace) -> QuerySet[File]:
    return File.objects.filter(workspace=workspace, deleted_at=None)


def _at(workspace: Workspace, path: str) -> list[File]:
    """The file there, or all in the folder; `NotFoundError` where there is neither."""
    files = _files(workspace).defer("content")
    found = [file for file in files if file.path == path or is_below(file.path, path)]
    if not found:
        raise NotFoundError(f"There is no {path} any more.")
    return found


def _check_free(workspace: Workspace, path: str) -> None:
    if _files(workspace).filter(path=path).exists():
        raise ConflictError(f"{path} is there already.")


def _check_not_entry(workspace: Workspace, path: str, what: str) -> None:
    if workspace.entry == path or is_below(workspace.entry, path):
        raise ConflictError(f"Run starts with {workspace.entry}, so it {what}.")


def _insert(workspace: Workspace, files: Mapping[str, bytes], deletion: str = "") -> list[File]:
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


def _store(file: File, content: bytes) -> None:
    file.content = content
    file.size = len(content)
    file.version += 1
    file.save(update_fields=["content", "size", "version", "updated_at"])


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX_LENGTH or not name.isprintable():
        problem = f"Must be 1 to {NAME_MAX_LENGTH} characters that can be seen."
        raise InvalidRequestError(f"The name: {problem}", errors=[FieldError("name", problem)])
    return name


def _listed(paths: list[str]) -> str:
    return paths[0] if len(paths) == 1 else f"{paths[0]} (with {len(paths) - 1} more)"
