"""What is left of sessions that have expired, and what an owner is told of theirs."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

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
from e2e.database import database_url
from e2e.server import ROOT, started

pytestmark = pytest.mark.django_db


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


def test_server_removes_them_from_its_start(tmp_path: Path) -> None:
    manage(tmp_path, "migrate")
    sessions_on(tmp_path, "create(pk='old', expire_date=datetime(2020, 1, 1, tzinfo=UTC))")
    assert sessions_on(tmp_path, "count()") == "1"
    with started("bubblewrap", tmp_path):
        deadline = time.monotonic() + 20
        while sessions_on(tmp_path, "count()") != "0" and time.monotonic() < deadline:
            time.sleep(0.2)
        assert sessions_on(tmp_path, "count()") == "0"


def sessions_on(data_dir: Path, call: str) -> str:
    """What a call on the sessions of a server's database gives."""
    code = (
        "from datetime import UTC, datetime; from django.contrib.sessions.models import Session;"
        f"print(Session.objects.{call})"
    )
    return manage(data_dir, "shell", "-c", code)


def manage(data_dir: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command, "--verbosity", "0"],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(data_dir), "DATABASE_URL": database_url(data_dir)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


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
