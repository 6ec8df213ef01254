"""Which links there are; changes nothing."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from cloudrun.errors import NotFoundError
from ide.models import Share
from ide.owners import owned_by
from ide.trash import UNDO_TIME
from sandbox.requests import Owner


@dataclass(frozen=True)
class Expiry:
    """How long a link lasts; `days` is 0 for one that only its owner ends."""

    days: int
    said: str


_EXPIRIES = (
    Expiry(30, "30 days"),
    Expiry(7, "7 days"),
    Expiry(1, "one day"),
    Expiry(0, "until I withdraw it"),
)


def expiries(owner: Owner) -> list[Expiry]:
    """What can be chosen, the usual one first. A guest can withdraw nothing once their session is
    gone, so their links end with it."""
    if owner.user_id is not None:
        return list(_EXPIRIES)
    longest = timedelta(seconds=settings.SESSION_COOKIE_AGE).days
    return [one for one in _EXPIRIES if 0 < one.days <= longest]


def share_get(token: str) -> Share:
    """For whoever has the link. The same `NotFoundError` for one that never was, has expired or was
    withdrawn."""
    share = open_shares().filter(token=token).first()
    if share is None:
        raise NotFoundError("This link leads nowhere. It may have expired, or been withdrawn.")
    return share


def share_list(owner: Owner) -> QuerySet[Share]:
    """The owner's own links, the newest first."""
    return open_shares().filter(owned_by(owner)).defer("source", "log", "picture")


def shares_withdrawn(owner: Owner) -> QuerySet[Share]:
    """Those that can be taken back, the last withdrawn first."""
    since = timezone.now() - UNDO_TIME
    found = _unexpired().filter(owned_by(owner), withdrawn_at__gt=since)
    return found.defer("source", "log", "picture").order_by("-withdrawn_at")


def shares_of_run(run_id: str, owner: Owner) -> QuerySet[Share]:
    return share_list(owner).filter(run_id=run_id)


def share_facts(user_id: int) -> list[dict[str, Any]]:
    """`{title, address, created_at, expires_at}` of every link of a user."""
    return [
        {
            "title": share.title,
            "address": share.address,
            "created_at": share.created_at,
            "expires_at": share.expires_at,
        }
        for share in share_list(Owner(user_id, "", ""))
    ]


def open_shares() -> QuerySet[Share]:
    """Those that still lead somewhere."""
    return _unexpired().filter(withdrawn_at=None)


def _unexpired() -> QuerySet[Share]:
    return Share.objects.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
