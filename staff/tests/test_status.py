"""The status page: for whom it is, and what it says to do."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.tests.factories import make_user
from conftest import require
from staff.operations import findings
from staff.operations.findings import pending_migrations

pytestmark = pytest.mark.django_db

PATH = "/admin/status/"
_FINE = {"name": "docker", "detail": "", "problem": None}
_ANSWERS = {"status": "ok", "info": "sqlite"}


def found(runner: dict[str, Any], lag_s: float = 0.0) -> dict[str, str]:
    return {item.what: item.todo for item in findings.findings(runner, _ANSWERS, lag_s)}


def test_only_operators_see_it(client: Client) -> None:
    assert client.get(PATH).status_code == 302
    staff = make_user("teacher", is_staff=True)
    client.force_login(staff)
    assert client.get(PATH).status_code == 403
    staff.user_permissions.add(Permission.objects.get(codename="see_everybody"))
    answer = client.get(PATH)
    assert answer.status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


def test_it_shows_no_secret(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "never-to-be-shown"
    settings.GROQ_API_KEY = "nor-is-this"
    client.force_login(User.objects.create_superuser("root"))
    text = client.get(PATH).content.decode()
    for secret in (settings.SECRET_KEY, settings.JWT_SECRET, "never-to-be-shown", "nor-is-this"):
        assert secret not in text


def test_a_problem_of_the_runner_names_the_command() -> None:
    todo = found({**_FINE, "problem": "No Docker engine answers."})
    assert "systemctl start docker" in todo["Programs cannot run. No Docker engine answers."]


def test_a_missing_image_names_the_command() -> None:
    images = {"missing": ["python:3.11"], "error": None}
    todo = found({**_FINE, "images": images})
    assert "docker pull python:3.11" in todo["The image python:3.11 is not on this machine."]


def test_a_full_disk_and_a_late_loop_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(folder: Path) -> SimpleNamespace:
        return SimpleNamespace(total=100, free=3)

    monkeypatch.setattr(findings, "disk_usage", full)
    text = " ".join(found(_FINE, lag_s=0.4))
    assert "Only 3% of the disk" in text
    assert "400 ms late" in text


def test_checks_of_django_are_told_in_words(settings: Settings) -> None:
    settings.SECURE_HSTS_SECONDS, settings.SECURE_SSL_REDIRECT = 0, False
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False
    settings.DEBUG = True
    told = findings.findings(_FINE, _ANSWERS, 0.0)
    assert [item.what for item in told if "HTTPS" in item.what] == [findings._HTTPS[0]]
    assert "Set DEBUG=false" in " ".join(item.todo for item in told)
    assert not [item for item in told if "security.W" in item.what + item.todo]


def test_it_names_the_engine_and_what_languages_run_in(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    require("bubblewrap")
    groups = {group.title: dict(group.rows) for group in client.get(PATH).context["groups"]}
    assert groups["Versions"]["Engine"].lower().startswith(groups["What runs programs"]["Runner"])
    assert list(groups["Languages"]) == ["Python", "Node.js", "Java", "C++", "Ubuntu Shell"]


def test_no_migration_is_pending_here() -> None:
    assert pending_migrations() == []
