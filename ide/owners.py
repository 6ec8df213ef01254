"""Whose a workspace is: a user's, else a guest's, for as long as their session is there."""

from datetime import timedelta
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import Q
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from ide.models import Workspace
from sandbox.guests import guest_id, guest_welcome
from sandbox.identity import owner_of_request
from sandbox.requests import Owner

_SEE_EVERY = timedelta(days=1)


def owner_here(request: HttpRequest) -> Owner:
    """The visitor of a page, who is a guest from here on where they are no user.

    `NotAuthenticatedError` where guests are off.
    """
    async_to_sync(guest_welcome)(request.session)
    owner = owner_of_request(request)
    if owner.user_id is None:
        _see(owner, request.session)
    return owner


def _see(guest: Owner, session: SessionBase) -> None:
    """Once a day: neither the session of a guest who comes back ends, nor what they have made."""
    now = timezone.now()
    unseen = Workspace.objects.filter(owned_by(guest), seen_at__lt=now - _SEE_EVERY)
    if unseen.update(seen_at=now):
        session.modified = True  # the cookie lasts as long again


def owned_by(owner: Owner, *, guest: str = "guest") -> Q:
    """What belongs to them, in a table whose column for guests has that name."""
    if owner.user_id is not None:
        return Q(user=owner.user_id)
    return Q(**{"user": None, guest: owner.session_key}) if owner.session_key else Q(pk=None)


@receiver(user_logged_in)
def guest_becomes_user(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """What the guest has made belongs to the account that they make or log into."""
    if guest := guest_id(request.session):
        Workspace.objects.filter(user=None, guest=guest).update(user=user.pk, guest="")
