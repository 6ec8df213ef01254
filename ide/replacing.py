"""All files of a workspace replaced by those of an old run, and that taken back."""

from collections.abc import Mapping

from cloudrun.errors import ConflictError, NotFoundError
from ide.file_rows import changes, file_store, files_in, files_insert, paths_words
from ide.limits import check_rooms
from ide.models import File, Workspace, new_deletion
from ide.paths import check_paths
from ide.trash import GONE, deletion_undo, files_trash, make_room, trash_copies, trash_trim


@changes
def files_replace(workspace: Workspace, /, *, files: Mapping[str, bytes]) -> str:
    """Let these be all files; what takes it back for `UNDO_TIME` (`files_replace_undo`).
    Empty where nothing had to go for it.

    A file that stays at its path stays the same row, in its next version: whoever has it open with
    text that is not saved is asked which is to stay. Its former content goes into the trash.
    """
    check_paths(files)
    deletion = new_deletion()
    there = {file.path: file for file in files_in(workspace)}
    others = [file for path, file in there.items() if path not in files]
    rewritten = [
        file for path, file in there.items() if files.get(path) not in (None, bytes(file.content))
    ]
    files_trash(workspace, [file.pk for file in others], deletion=deletion)
    trash_copies(workspace, rewritten, deletion=deletion)
    for file in rewritten:
        file_store(file, files[file.path], deletion=deletion)
    new = {path: content for path, content in files.items() if path not in there}
    files_insert(workspace, new, deletion=deletion)
    check_rooms(workspace)
    trash_trim(workspace.owner, keeps_last=True)
    return deletion if others or rewritten else ""


@changes
def files_replace_undo(workspace: Workspace, /, *, deletion: str) -> None:
    """`NotFoundError` where it is too late, `ConflictError` where it would take away what was
    written since."""
    in_trash = File.objects.filter(workspace=workspace, deletion=deletion).exclude(deleted_at=None)
    former = {file.path: file for file in in_trash}
    if not deletion or not former:
        raise NotFoundError(GONE)
    there = {file.path: file for file in files_in(workspace).filter(path__in=former)}
    if written := [path for path, file in there.items() if file.deletion != deletion]:
        raise ConflictError(
            f"{paths_words(written)} was changed since, which would be lost. What was there before"
            " stays in the runs."
        )
    files_in(workspace).filter(deletion=deletion).exclude(path__in=former).delete()
    for path, file in there.items():
        file_store(file, bytes(former[path].content))
    in_trash.filter(path__in=there).delete()
    in_trash.update(deletion="", deleted_at=None)
    make_room(workspace)


def undo(workspace: Workspace, *, deletion: str) -> None:
    """Bring back what was deleted, or replaced by the files of an old run."""
    is_replaced = bool(deletion) and files_in(workspace).filter(deletion=deletion).exists()
    (files_replace_undo if is_replaced else deletion_undo)(workspace, deletion=deletion)
