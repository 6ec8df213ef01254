"""How much room a workspace and its owner have, and how much of it they use."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.template.defaultfilters import filesizeformat

from cloudrun.errors import PayloadTooLargeError
from cloudrun.rates import Rate, subject_of
from ide.models import File, Workspace
from ide.owners import owned_by
from sandbox.requests import Owner

_NEAR = 0.8


@dataclass(frozen=True)
class Room:
    """How much of something is used; `what` it is, in plain words."""

    what: str
    used: int
    limit: int
    is_size: bool = False
    way_out: str = "Delete something first."

    @property
    def is_near(self) -> bool:
        """Worth a warning."""
        return self.used >= _NEAR * self.limit

    @property
    def said(self) -> str:
        if not self.is_size:
            return f"{self.used} of {self.limit} {self.what}"
        return f"{filesizeformat(self.used)} of {filesizeformat(self.limit)} {self.what}"

    def check(self) -> None:
        """`PayloadTooLargeError` where more is used than there is."""
        if self.used > self.limit:
            raise PayloadTooLargeError(f"That would be {self.said}. {self.way_out}")


def workspace_rooms(workspace: Workspace) -> list[Room]:
    """One run carries all files of a workspace, so its limits are those of a run."""
    files = File.objects.filter(workspace=workspace, deleted_at=None)
    return [
        Room("files in this workspace", files.count(), settings.MAX_FILES_PER_REQUEST),
        _room_of_one(files),
    ]


def owner_rooms(owner: Owner) -> list[Room]:
    workspaces = Workspace.objects.filter(owned_by(owner), deleted_at=None)
    return [
        Room("workspaces", workspaces.count(), settings.MAX_WORKSPACES_PER_USER),
        _room_of_all(owner),
    ]


def _room_of_all(owner: Owner) -> Room:
    workspaces = Workspace.objects.filter(owned_by(owner), deleted_at=None)
    size = _size(File.objects.filter(workspace__in=workspaces, deleted_at=None))
    return Room("in all your workspaces", size, settings.MAX_BYTES_PER_USER, is_size=True)


def _room_of_one(files: QuerySet[File]) -> Room:
    return Room("in this workspace", _size(files), settings.MAX_UPLOAD_SIZE, is_size=True)


def _size(files: QuerySet[File]) -> int:
    return files.aggregate(size=Sum("size"))["size"] or 0


def check_rooms(workspace: Workspace) -> None:
    """To be called in the transaction of a change, which a refusal takes back."""
    owner = Owner(workspace.user_id, workspace.guest, "")
    for room in (*workspace_rooms(workspace), *owner_rooms(owner)):
        room.check()


def check_upload(owner: Owner, sizes: Mapping[str, int], workspace: Workspace | None = None) -> int:
    """How many bytes may come where these files do, in place of those at the same paths.

    To be asked before they are in memory. `sizes` are what is claimed of them by path;
    `PayloadTooLargeError` where that alone is too much.
    """
    here = File.objects.filter(workspace=workspace, deleted_at=None)  # none where it is new
    replaced = here.filter(path__in=list(sizes))
    count = here.count() - replaced.count() + len(sizes)
    Room("files in this workspace", count, settings.MAX_FILES_PER_REQUEST).check()
    given_back = _size(replaced)
    rooms = _room_of_one(here), _room_of_all(owner)
    coming = sum(sizes.values())
    for room in rooms:
        way_out = room.way_out if coming <= room.limit else "Send fewer or smaller files."
        replace(room, used=room.used - given_back + coming, way_out=way_out).check()
    return min(room.limit - room.used for room in rooms) + given_back


def count_new_workspace(owner: Owner) -> None:
    """`RateLimitedError` for too many in an hour."""
    limit = settings.WORKSPACES_PER_HOUR
    rate = Rate("workspaces", limit, 3600, f"At most {limit} workspaces an hour can be made.")
    # Sessions cost a guest nothing, so guests are told apart by their addresses.
    rate.count(subject_of(owner.user_id, owner.address))
