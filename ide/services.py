"""What changes workspaces and their files. Each change is one transaction, or refused whole."""

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cloudrun.errors import (
    ConflictError,
    FieldError,
    InvalidRequestError,
    NotFoundError,
)
from ide.file_rows import changes, file_store, files_in, files_insert, paths_words
from ide.locks import owner_lock
from ide.models import NAME_MAX_LENGTH, File, Workspace, new_deletion
from ide.paths import check_path, check_paths, free_copy, is_below, path_problem
from ide.trash import GONE, files_trash, make_room, trash_empty, trash_trim
from sandbox.requests import Owner

_AT_A_TIME = 20


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
    *,
    owner: Owner,
    name: str,
    language: str,
    entry: str,
    files: Mapping[str, bytes],
    teaching: bool = False,
) -> Workspace:
    """`InvalidRequestError` for names that cannot be, `PayloadTooLargeError` for too much."""
    check_paths(files)
    with transaction.atomic():
        owner_lock(owner)
        workspace = Workspace.objects.create(
            user_id=owner.user_id,
            guest="" if owner.user_id is not None else owner.session_key,
            name=_name(name),
            language=language,
            entry=entry,
            teaching=teaching,
        )
        files_insert(workspace, files)
        make_room(workspace)
    return workspace


def workspace_rename(*, workspace: Workspace, name: str) -> None:
    workspace.name = _name(name)
    workspace.save(update_fields=["name"])


def workspace_duplicate(*, workspace: Workspace) -> Workspace:
    """A copy of its own, with the same owner."""
    files = {file.path: bytes(file.content) for file in files_in(workspace)}
    return workspace_create(
        owner=workspace.owner,
        name=f"{workspace.name[: NAME_MAX_LENGTH - 5]} copy",
        language=workspace.language,
        entry=workspace.entry,
        files=files,
        teaching=workspace.teaching,
    )


def workspace_delete(*, workspace: Workspace) -> None:
    """It can be restored for `UNDO_TIME`, as long as there is room for it."""
    with transaction.atomic():
        owner_lock(workspace.owner)
        trash_empty(workspace.owner)
        Workspace.objects.filter(pk=workspace.pk).update(deleted_at=timezone.now())
        trash_trim(workspace.owner, keeps_last=True)


def workspace_restore(*, workspace: Workspace) -> None:
    """`NotFoundError` where it is too late."""
    with transaction.atomic():
        owner_lock(workspace.owner)
        if not Workspace.objects.filter(pk=workspace.pk).update(deleted_at=None):
            raise NotFoundError(GONE)
        make_room(workspace)


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


@changes
def file_create(workspace: Workspace, /, *, path: str, content: bytes = b"") -> File:
    folder = path.rstrip("/")
    if folder and folder != path and not path_problem(folder):
        problem = f"Folders come with their first file: {folder}/name.py"
        raise InvalidRequestError(problem, errors=[FieldError("path", problem)])
    check_path(path)
    _check_free(workspace, path)
    file = files_insert(workspace, {path: content})[0]
    make_room(workspace)
    return file


@changes
def files_add(workspace: Workspace, /, *, files: Mapping[str, bytes], replace: bool) -> None:
    """Uploads. `ConflictError` lists what is there already, unless that may be replaced."""
    check_paths(files)
    there = {file.path: file for file in files_in(workspace).filter(path__in=list(files))}
    if there and not replace:
        errors = [FieldError(path, "Is there already.") for path in there]
        raise ConflictError(f"{paths_words(list(there))} is there already.", errors=errors)
    for path, file in there.items():
        file_store(file, files[path])
    files_insert(workspace, {path: files[path] for path in files if path not in there})
    make_room(workspace)


@changes
def file_write(workspace: Workspace, /, *, file_id: int, content: bytes, version: int) -> File:
    """`version` is the one that the writer has seen; `VersionConflictError` for any other."""
    file = files_in(workspace).filter(pk=file_id).first()
    if file is None:
        raise FileGoneError
    if file.version != version:
        raise VersionConflictError(file)
    is_longer = len(content) > file.size
    file_store(file, content)
    if is_longer:
        make_room(workspace)
    return file


@changes
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
    others = files_in(workspace).exclude(pk__in=[file.pk for file in moved])
    if taken := sorted(targets & set(others.values_list("path", flat=True))):
        raise ConflictError(f"{paths_words(taken)} is there already.")
    # Upwards, a file may go where another of them is, whose path is shorter.
    for file in sorted(moved, key=lambda file: len(file.path)):
        file.path = to + file.path.removeprefix(path)
        file.deletion = ""
        file.save(update_fields=["path", "deletion"])


@changes
def path_copy(workspace: Workspace, /, *, path: str) -> str:
    """Duplicate a file, or a folder with all that is in it; where the copy is, which is beside."""
    copied = _at(workspace, path)
    taken = list(files_in(workspace).values_list("path", flat=True))
    to = free_copy(path, taken, is_file=copied[0].path == path)
    files = {to + file.path.removeprefix(path): bytes(file.content) for file in copied}
    check_paths(files)
    files_insert(workspace, files)
    make_room(workspace)
    return to


@changes
def path_delete(workspace: Workspace, /, *, path: str) -> str:
    """Delete a file or a folder; what brings it back for `UNDO_TIME` (`deletion_undo`)."""
    _check_not_entry(workspace, path, "cannot be deleted")
    deletion = new_deletion()
    files_trash(workspace, [file.pk for file in _at(workspace, path)], deletion=deletion)
    return deletion


def _at(workspace: Workspace, path: str) -> list[File]:
    """The file there, or all in the folder; `NotFoundError` where there is neither."""
    files = files_in(workspace).defer("content")
    found = [file for file in files if file.path == path or is_below(file.path, path)]
    if not found:
        raise NotFoundError(f"There is no {path} any more.")
    return found


def _check_free(workspace: Workspace, path: str) -> None:
    if files_in(workspace).filter(path=path).exists():
        raise ConflictError(f"{path} is there already.")


def _check_not_entry(workspace: Workspace, path: str, what: str) -> None:
    if workspace.entry == path or is_below(workspace.entry, path):
        raise ConflictError(f"Run starts with {workspace.entry}, so it {what}.")


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_MAX_LENGTH or not name.isprintable():
        problem = f"Must be 1 to {NAME_MAX_LENGTH} characters that can be seen."
        raise InvalidRequestError(f"The name: {problem}", errors=[FieldError("name", problem)])
    return name
