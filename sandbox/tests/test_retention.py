"""Runs are forgotten when they are older than they are to be kept."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from sandbox.models import Artifact, IdempotencyKey, Run

pytestmark = pytest.mark.django_db


def make_run(days: int, status: str = "completed") -> Run:
    run = Run.objects.create(language="python", instance="x", source=b"", status=status)
    Run.objects.filter(pk=run.pk).update(created_at=timezone.now() - timedelta(days=days))
    Artifact.objects.create(run=run, name="a.txt", content=b"a", size=1)
    IdempotencyKey.objects.create(owner_key="x", key=run.pk, fingerprint="f", run_id=run.pk)
    return run


def prune(**options: Any) -> str:
    said = StringIO()
    call_command("prune_runs", stdout=said, **options)
    return said.getvalue()


def test_old_runs_go_with_all_that_is_theirs() -> None:
    make_run(40)
    young = make_run(20)
    assert "Deleted 1 runs" in prune(days=30)
    assert list(Run.objects.all()) == [young]
    assert [artifact.run for artifact in Artifact.objects.all()] == [young]
    assert [key.run_id for key in IdempotencyKey.objects.all()] == [young.pk]


def test_live_run_stays_however_old() -> None:
    make_run(400, "running")
    prune(days=30)
    assert Run.objects.exists()


def test_many_go_in_batches() -> None:
    Run.objects.bulk_create(
        Run(language="python", instance="x", source=b"", status="error") for _ in range(1201)
    )
    Run.objects.update(created_at=timezone.now() - timedelta(days=40))
    assert "Deleted 1201 runs" in prune(days=30)
    assert not Run.objects.exists()


def test_dry_run_deletes_nothing() -> None:
    make_run(40)
    assert "1 runs are older than 30 days" in prune(days=30, dry_run=True)
    assert Run.objects.exists()


def test_setting_says_for_how_long(settings: Settings) -> None:
    make_run(40)
    settings.RUN_RETENTION_DAYS = 0
    assert "for ever" in prune()
    settings.RUN_RETENTION_DAYS = 30
    assert "Deleted 1 runs" in prune()


@pytest.mark.parametrize("days", [-1, 1, 2])
def test_too_few_days_are_refused(days: int) -> None:
    make_run(40)
    with pytest.raises(CommandError, match="at least 3 days"):
        prune(days=days)
    assert Run.objects.exists()
