"""Guests: whose runs are whose before there is an account.

A guest is a random id in the data of their session. Unlike the session's key it outlives the new
key that Django gives at a login, so what runs at that moment stays within reach; a logout throws it
away with the session.
"""

import secrets
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest

from cloudrun.sessions import GUEST
from sandbox.records import runs_adopt
from sandbox.services import service


async def guest_welcome(session: SessionBase) -> None:
    """Give the session its guest, where it has none."""
    await session.asetdefault(GUEST, secrets.token_hex(16))


def guest_id(session: SessionBase) -> str:
    """Empty for a session without a guest, such as one whose key the client made up."""
    return str(session.get(GUEST, ""))


@receiver(user_logged_in)
def guest_becomes_user(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """What the guest has run belongs to the account that they make or log into."""
    if guest := guest_id(request.session):
        async_to_sync(_adopt_live)(guest, user.pk)
        runs_adopt(guest=guest, user_id=user.pk)


async def _adopt_live(guest: str, user_id: int) -> None:
    service().adopt(guest, user_id)
