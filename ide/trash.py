"""What was deleted, and can be brought back for a while.

It takes of the room that its owner has, and gives way, oldest first, to what is written.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from cloudrun.errors import ConflictError, NotFoundError
from ide.file_rows import changes, files_in, paths_words
from ide.limits import check_rooms
from ide.models import File, Workspace
from ide.owners import owned_by
from sandbox.requests import Owner

# How long a delete can be taken back.
UNDO_TIME = timedelta(minutes=10)
GONE = (
    "It cannot be brought back any more: it was deleted too long ago, or something newer took its"
    " room."
)


@dataclass(frozen=True)
class _Deleted:
    """What was deleted at once: files of a workspace, or a workspace with all that it has."""

    at: datetime
    count: int
    size: int
    rows: QuerySet[File] | QuerySet[Workspace]


@dataclass(frozen=True)
class Deletion:
    """Files that were deleted at once, or replaced by those of an old run, as the list of files
    shows them."""

    id: str
    paths: list[str]
    is_replaced: bool

    @property
    def words(self) -> str:
        words = paths_words(self.paths)
        return f"{words}, replaced" if self.is_replaced else words


def deletions(workspace: Workspace) -> list[Deletion]:
    """What can be brought back, the latest first."""
    there = files_in(workspace).exclude(deletion="")
    replaced = set(there.values_list("deletion", flat=True))
    paths: dict[str, list[str]] = {}
    rows = _kept().filter(workspace=workspace).order_by("-deleted_at", "path")
    for deletion, path in rows.values_list("deletion", "path"):
        paths.setdefault(deletion, []).append(path)
    return [Deletion(id, paths, id in replaced) for id, paths in paths.items()]


def kept_among(deletions: Iterable[str]) -> set[str]:
    """Which of them can still be taken back."""
    return set(_kept().filter(deletion__in=list(deletions)).values_list("deletion", flat=True))


def _kept() -> QuerySet[File]:
    return File.objects.filter(deleted_at__gt=timezone.now() - UNDO_TIME)


def trash_empty(owner: Owner | None = None) -> None:
    """Take away what nobody can bring back any more, of that owner or of all."""
    workspaces = Workspace.objects.filter(owned_by(owner) if owner else Q())
    too_late = timezone.now() - UNDO_TIME
    File.objects.filter(workspace__in=workspaces, deleted_at__lt=too_late).delete()
    workspaces.filter(deleted_at__lt=too_late).delete()


def make_room(workspace: Workspace) -> None:
    """To be called in the transaction of what grows: `PayloadTooLargeError` takes it back where
    there is no room, else the trash gives way."""
    check_rooms(workspace)
    trash_trim(workspace.owner)


def trash_trim(owner: Owner, *, keeps_last: bool = False) -> None:
    """Take away the oldest until the owner has, with what is left, no more than there is room for.

    To be called in the transaction of a change, with the owner's lock. `keeps_last`: what was just
    deleted can be brought back, however large it is.
    """
    files = File.objects.filter(workspace__in=Workspace.objects.filter(owned_by(owner)))
    used = files.aggregate(size=Sum("size"))["size"] or 0
    in_trash = files.filter(Q(deleted_at__isnull=False) | Q(workspace__deleted_at__isnull=False))
    count = in_trash.count()
    if used <= settings.MAX_BYTES_PER_USER and count <= _most_files():
        return
    oldest_first = sorted(_deleted(owner), key=lambda one: one.at)
    for one in oldest_first[:-1] if keeps_last else oldest_first:
        if used <= settings.MAX_BYTES_PER_USER and count <= _most_files():
            return
        one.rows.delete()
        used -= one.size
        count -= one.count


def _most_files() -> int:
    """As many as a few workspaces have: empty ones take no bytes, but rows."""
    return 10 * settings.MAX_FILES_PER_REQUEST


def _deleted(owner: Owner) -> Iterator[_Deleted]:
    mine = Workspace.objects.filter(owned_by(owner))
    files = File.objects.filter(workspace__in=mine.filter(deleted_at=None)).exclude(deleted_at=None)
    for deletion, workspace, at, count, size in (
        files.order_by()
        .values_list("deletion", "workspace")
        .annotate(Max("deleted_at"), Count("pk"), Sum("size"))
    ):
        yield _Deleted(at, count, size, files.filter(deletion=deletion, workspace=workspace))
    for one in mine.exclude(deleted_at=None):
        sums = one.files.aggregate(count=Count("pk"), size=Sum("size"))
        assert one.deleted_at is not None
        rows = Workspace.objects.filter(pk=one.pk)
        yield _Deleted(one.deleted_at, sums["count"], sums["size"] or 0, rows)


def files_trash(workspace: Workspace, ids: Iterable[int], *, deletion: str) -> None:
    """Delete files together, in a change of their workspace; they come back by `deletion`."""
    trash_empty(workspace.owner)
    File.objects.filter(pk__in=list(ids)).update(deletion=deletion, deleted_at=timezone.now())
    trash_trim(workspace.owner, keeps_last=True)


def trash_copies(workspace: Workspace, files: Iterable[File], *, deletion: str) -> None:
    """What files hold now, before it is written over."""
    now = timezone.now()
    File.objects.bulk_create(
        File(
            workspace=workspace,
            path=file.path,
            content=file.content,
            size=file.size,
            version=file.version,
            deletion=deletion,
            deleted_at=now,
        )
        for file in files
    )


@changes
def deletion_undo(workspace: Workspace, /, *, deletion: str) -> None:
    """`NotFoundError` where it is too late, `ConflictError` where something else is there now."""
    files = File.objects.filter(workspace=workspace, deletion=deletion).exclude(deleted_at=None)
    if not deletion or not files:
        raise NotFoundError(GONE)
    deleted = list(files.values_list("path", flat=True))
    if taken := list(files_in(workspace).filter(path__in=deleted).values_list("path", flat=True)):
        raise ConflictError(
            f"{paths_words(taken)} was written anew since. Rename or delete what is there, and undo"
            " again."
        )
    files.update(deletion="", deleted_at=None)
    make_room(workspace)
