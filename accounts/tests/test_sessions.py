"""What is left of sessions that have expired, and what an owner is told of theirs."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from accounts.selectors import account_facts
from accounts.sessions import sessions_clear
from accounts.tests.factories import make_user
from accounts.tests.site.pages import log_in, user_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fast_hasher")]


def test_expired_sessions_are_removed_and_no_others() -> None:
    ada = make_user()
    log_in(stays := Client())
    log_in(Client())
    gone = UserSession.objects.exclude(session_key=stays.session.session_key).get()
    past = timezone.now() - timedelta(seconds=1)
    Session.objects.filter(pk=gone.session_key).update(expire_date=past)
    sessions_clear()
    assert user_of(stays) == ada
    kept = str(stays.session.session_key)
    assert [session.pk for session in Session.objects.all()] == [kept]
    assert [session.session_key for session in UserSession.objects.all()] == [kept]


def test_owner_is_told_of_every_key_and_address_but_no_secret() -> None:
    ada, grace = make_user(), make_user("grace")
    for user in (ada, grace):
        email = f"{user.username}@second.example"
        EmailAddress.objects.create(user=user, email=email, verified=True)
        Authenticator.objects.create(user=user, type="totp", data={"secret": "hidden"})
        key = {"name": f"{user.username}'s phone", "credential": "hidden"}
        Authenticator.objects.create(user=user, type="webauthn", data=key)
    facts = account_facts(ada)
    assert facts["email_addresses"] == [
        {"email": "ada@second.example", "verified": True, "primary": False}
    ]
    described = [(item["type"], item["name"]) for item in facts["second_factors"]]
    assert described == [("totp", None), ("webauthn", "ada's phone")]
    assert all(item["created_at"] for item in facts["second_factors"])
    assert "hidden" not in str(facts)
    assert "grace" not in str(facts)
