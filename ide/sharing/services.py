"""What makes links, ends them, and takes a copy of what they lead to."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import Q, Sum
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from cloudrun.errors import ConflictError, FieldError, InvalidRequestError, NotFoundError
from cloudrun.rates import Rate, subject_of
from ide.history.snapshots import program_events, snapshot_of
from ide.limits import Room, count_new_workspace
from ide.locks import owner_lock
from ide.models import NAME_MAX_LENGTH, Share, SharedFile, Workspace
from ide.owners import owned_by
from ide.services import workspace_create
from ide.sharing.selectors import expiries, shares_withdrawn
from ide.trash import UNDO_TIME
from sandbox.events import pack
from sandbox.guests import guest_id
from sandbox.models import ALIVE, Run
from sandbox.requests import Owner
from sandbox.runners.base import Stream

# What a reader sees of the log. The rest may hold what is the owner's alone, such as an address.
_SHOWN = frozenset({*(stream.value for stream in Stream), "complete"})
_COPIED = ("language", "status", "source", "exit_code", "reason", "duration_ms", "memory_bytes")


def share_create(*, owner: Owner, run: Run, title: str, days: int) -> Share:
    """A link to a copy of the run as it is now; for `days`, one of `expiries`.

    `ConflictError` for a run that has not ended, `InvalidRequestError` for what no form offers,
    `PayloadTooLargeError` for more than one owner may share.
    """
    if run.status in ALIVE:
        raise ConflictError("Share it when it has ended.")
    if days not in {expiry.days for expiry in expiries(owner)}:
        raise InvalidRequestError("Choose how long the link is to last.")
    _count(owner)
    with transaction.atomic():
        owner_lock(owner)
        share = Share.objects.create(
            user_id=owner.user_id,
            guest="" if owner.user_id is not None else owner.session_key,
            run_id=run.pk,
            title=_title(title),
            expires_at=timezone.now() + timedelta(days=days) if days else None,
            teaching=Workspace.objects.filter(pk=run.workspace, teaching=True).exists(),
            log=_shown_log(run),
            ran_at=run.created_at,
            **{name: getattr(run, name) for name in _COPIED},
        )
        SharedFile.objects.bulk_create(
            SharedFile(share=share, name=file.name, content=file.content, size=file.size)
            for file in run.artifacts.all()
        )
        _make_room(owner)
    return share


def _make_room(owner: Owner) -> None:
    """What was withdrawn gives way. `PayloadTooLargeError` where there is no room even so."""
    if any(room.used > room.limit for room in _rooms(owner)):
        Share.objects.filter(owned_by(owner)).exclude(withdrawn_at=None).delete()
    for room in _rooms(owner):
        room.check()


def _rooms(owner: Owner) -> list[Room]:
    """What is shared is a copy, so what belongs to links counts beside what belongs to runs."""
    mine = Share.objects.filter(owned_by(owner))
    size = SharedFile.objects.filter(share__in=mine).aggregate(size=Sum("size"))["size"] or 0
    limit = settings.MAX_ARTIFACTS_PER_USER
    way_out = "Withdraw one first."
    return [
        Room("links", mine.count(), settings.MAX_SHARES_PER_USER, way_out=way_out),
        Room("in the files of your links", size, limit, is_size=True, way_out=way_out),
    ]


def share_withdraw(*, owner: Owner, share_id: int) -> None:
    """It is gone at once, for everybody; its owner can take that back for `UNDO_TIME`."""
    share = Share.objects.filter(owned_by(owner), pk=share_id, withdrawn_at=None)
    if not share.update(withdrawn_at=timezone.now()):
        raise NotFoundError("There is no such link of yours.")


def share_restore(*, owner: Owner, share_id: int) -> None:
    """`NotFoundError` where it is too late."""
    if not shares_withdrawn(owner).filter(pk=share_id).update(withdrawn_at=None):
        raise NotFoundError("It was withdrawn too long ago. Make a new link to the run.")


def share_fork(*, owner: Owner, share: Share) -> Workspace:
    """A workspace of the reader's own with the shared files, within the reader's limits."""
    count_new_workspace(owner)
    snapshot = snapshot_of(share, share.ran_at)
    return workspace_create(
        owner=owner,
        name=share.title,
        language=share.language,
        entry=snapshot.entry,
        files=snapshot.contents,
        teaching=share.teaching,
    )


def shares_expire() -> None:
    """Delete the copies that no link leads to any more."""
    now = timezone.now()
    gone = Q(expires_at__lte=now) | Q(withdrawn_at__lte=now - UNDO_TIME)
    Share.objects.filter(gone).delete()


@receiver(user_logged_in)
def guest_becomes_user(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """A guest's links belong to the account that they make or log into."""
    if guest := guest_id(request.session):
        Share.objects.filter(user=None, guest=guest).update(user=user.pk, guest="")


def _count(owner: Owner) -> None:
    limit = settings.SHARES_PER_HOUR
    rate = Rate("shares", limit, 3600, f"At most {limit} links an hour can be made.")
    rate.count(subject_of(owner.user_id, owner.address))


def _shown_log(run: Run) -> bytes | None:
    if run.log is None:
        return None
    return pack(event for event in program_events(run.log) if event.type in _SHOWN)


def _title(title: str) -> str:
    title = " ".join(title.split())
    if not title or len(title) > NAME_MAX_LENGTH or not title.isprintable():
        problem = f"Must be 1 to {NAME_MAX_LENGTH} characters that can be seen."
        raise InvalidRequestError(f"The title: {problem}", errors=[FieldError("title", problem)])
    return title
