"""What guests leave behind goes when nobody can come back for it, and no sooner."""

import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from conftest import require
from e2e.database import database_url
from e2e.server import ROOT, started
from ide.models import File, Workspace
from ide.tests.makers import guest_of, make_client, make_user, make_workspace
from ide.tests.visitor import Visitor

pytestmark = pytest.mark.django_db

COUNT = "print(Workspace.objects.count())"


def let_pass(days: int) -> None:
    """As if all that is there were so much older."""
    past = timedelta(days=days)
    for session in Session.objects.all():
        Session.objects.filter(pk=session.pk).update(expire_date=session.expire_date - past)
    for workspace in Workspace.objects.all():
        Workspace.objects.filter(pk=workspace.pk).update(seen_at=workspace.seen_at - past)


def come_back(client: Client) -> None:
    """On another day than the last time; the browser has a new cookie then."""
    let_pass(13)
    assert settings.SESSION_COOKIE_NAME in client.get("/workspaces").cookies


def clean_up() -> None:
    call_command("clean_up", verbosity=0)


def test_workspace_of_a_guest_who_is_gone_is_deleted() -> None:
    make_workspace(guest_of(make_client()))
    let_pass(13)
    clean_up()
    assert Workspace.objects.count() == 1
    let_pass(2)
    clean_up()
    assert (Workspace.objects.count(), File.objects.count()) == (0, 0)


def test_sessions_that_have_ended_go() -> None:
    make_client(make_user())
    clean_up()
    assert Session.objects.count() == 1
    let_pass(15)
    clean_up()
    assert Session.objects.count() == 0


def test_guest_who_comes_back_keeps_session_and_workspace() -> None:
    client = make_client()
    workspace = make_workspace(guest_of(client))
    for _ in range(3):
        come_back(client)
        clean_up()
        assert client.get(f"/w/{workspace.pk}").status_code == 200


def test_workspace_of_a_user_stays() -> None:
    workspace = make_workspace(make_user())
    let_pass(1000)
    clean_up()
    assert list(Workspace.objects.all()) == [workspace]


def test_workspace_of_a_guest_who_signed_up_stays() -> None:
    client = make_client()
    workspace = make_workspace(guest_of(client))
    form = {"username": "newcomer", "email": "n@example.org", "password1": "correct horse battery"}
    client.post("/accounts/signup/", form)
    let_pass(1000)
    clean_up()
    assert list(Workspace.objects.all()) == [workspace]


def test_what_was_deleted_goes_when_it_cannot_be_restored() -> None:
    workspace = make_workspace(make_user())
    for minutes, left in ((9, 1), (11, 0)):
        deleted_at = timezone.now() - timedelta(minutes=minutes)
        Workspace.objects.filter(pk=workspace.pk).update(deleted_at=deleted_at)
        clean_up()
        assert Workspace.objects.count() == left


def test_more_than_is_deleted_at_a_time() -> None:
    guest = guest_of(make_client())
    for _ in range(45):
        make_workspace(guest)
    let_pass(15)
    clean_up()
    assert Workspace.objects.count() == 0


def test_server_cleans_up_by_itself(tmp_path: Path) -> None:
    require("bubblewrap")
    with started("bubblewrap", tmp_path) as server:
        Visitor(server).begin_workspace("language:python")
    assert in_its_database(tmp_path, f"let_pass(15)\n{COUNT}") == "1\n"
    with started("bubblewrap", tmp_path):
        deadline = time.monotonic() + 20
        while in_its_database(tmp_path, COUNT) != "0\n":
            assert time.monotonic() < deadline


def in_its_database(data_dir: Path, code: str) -> str:
    """What the code prints, with this module's names."""
    environment = {"DATA_DIR": str(data_dir), "DATABASE_URL": database_url(data_dir)}
    shell = [sys.executable, str(ROOT / "manage.py"), "shell", "--no-imports"]
    names = "from ide.tests.test_clean_up import *"
    done = subprocess.run(
        [*shell, "--command", f"{names}\n{code}"],
        env=os.environ | environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return str(done.stdout)
