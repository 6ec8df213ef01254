"""How much room a workspace and its owner have, and how much of it they use."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Sum
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
            raise PayloadTooLargeError(f"That would be {self.said}. Delete something first.")


def workspace_rooms(workspace: Workspace) -> list[Room]:
    """One run carries all files of a workspace, so its limits are those of a run."""
    files = File.objects.filter(workspace=workspace, deleted_at=None)
    sums = files.aggregate(count=Count("pk"), size=Sum("size"))
    return [
        Room("files in this workspace", sums["count"], settings.MAX_FILES_PER_REQUEST),
        Room("in this workspace", sums["size"] or 0, settings.MAX_UPLOAD_SIZE, is_size=True),
    ]


def owner_rooms(owner: Owner) -> list[Room]:
    workspaces = Workspace.objects.filter(owned_by(owner), deleted_at=None)
    files = File.objects.filter(workspace__in=workspaces, deleted_at=None)
    size = files.aggregate(size=Sum("size"))["size"] or 0
    return [
        Room("workspaces", workspaces.count(), settings.MAX_WORKSPACES_PER_USER),
        Room("in all your workspaces", size, settings.MAX_BYTES_PER_USER, is_size=True),
    ]


def check_rooms(workspace: Workspace) -> None:
    """To be called in the transaction of a change, which a refusal takes back."""
    owner = Owner(workspace.user_id, workspace.guest, "")
    for room in (*workspace_rooms(workspace), *owner_rooms(owner)):
        room.check()


def count_new_workspace(owner: Owner) -> None:
    """`RateLimitedError` for too many in an hour."""
    limit = settings.WORKSPACES_PER_HOUR
    rate = Rate("workspaces", limit, 3600, f"At most {limit} workspaces an hour can be made.")
    # Sessions cost a guest nothing, so guests are told apart by their addresses.
    rate.count(subject_of(owner.user_id, owner.address))
