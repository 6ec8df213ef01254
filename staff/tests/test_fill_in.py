"""Older runs get what they lack from their code and their logs."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from accounts.tests.factories import make_user
from sandbox.events import EventLog, pack
from sandbox.models import Run
from sandbox.searching import runs_matching
from staff.models import Kind, Tally
from staff.tests.makers import make_run

pytestmark = pytest.mark.django_db
LACKING = {"search_text": "", "error": "", "first_output_ms": None}


def packed(stderr: str, **fields: Any) -> bytes:
    log = EventLog()
    log.append("status", "Running...", state="running")
    log.append("stdout", "wrote this\n")
    log.append("stderr", stderr)
    log.append("complete", "Ended", status="error", **fields)
    return pack(log)


def old_run(days: int = 3, **columns: Any) -> Run:
    run = make_run(make_user(f"user{Run.objects.count()}"), **{**LACKING, **columns})
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(days=days))
    return run


def fill_in() -> str:
    said = StringIO()
    call_command("tally_runs", fill_in=True, stdout=said)
    return said.getvalue()


def errors() -> dict[str, int]:
    everybody = Tally.objects.filter(kind=Kind.ERROR, user=None)
    return dict(everybody.values_list("name", "runs"))


def test_older_runs_are_found_and_their_errors_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("staff.dashboard.tallying._FILLED_AT_ONCE", 1)
    failed: dict[str, Any] = {"status": "error", "exit_code": 1}
    problem = {"file": "main.cpp", "line": 1, "column": 2, "message": "expected 'x'"}
    log = packed("Traceback\nNameError: name 'y' is not defined\n")
    old_run(log=log, reason="exception", **failed)
    old_run(log=log, reason="gone since", **failed)
    old_run(log=packed("much", problems=[problem]), reason="compile_error", **failed)
    old_run(status="timeout", reason="time_limit")
    old_run(status="stopped", reason="stopped")
    lost = old_run(log=None, status="lost", reason="lost", code="lost code\n")
    alive = old_run(log=None, status="running", reason="", code="alive\n")
    call_command("tally_runs", verbosity=0)
    assert errors() == {}
    assert "Filled in 6 runs." in fill_in()
    expected = {
        "NameError: name '…' is not defined": 2,
        "expected '…'": 1,
        "Ran longer than the time limit": 1,
    }
    assert errors() == expected
    assert runs_matching(Run.objects.all(), "wrote").count() == 3
    assert runs_matching(Run.objects.all(), '"lost code"').get() == lost
    assert Run.objects.filter(first_output_ms__isnull=False).count() == 5
    alive.refresh_from_db()
    assert alive.search_text == ""
    assert "Filled in 0 runs." in fill_in()


def test_what_is_known_of_who_is_gone_stays() -> None:
    gone = old_run(error="E", search_text="x")
    old_run(status="timeout", reason="time_limit")
    call_command("tally_runs", verbosity=0)
    User.objects.filter(runs=gone).delete()
    fill_in()
    assert Tally.objects.get(kind=Kind.RUNS, user=None).runs == 2


def test_without_runs_nothing_is_filled_in() -> None:
    assert "Filled in 0 runs." in fill_in()
