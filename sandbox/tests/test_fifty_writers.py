"""Many runs at once are written to SQLite as the product sets it up: none is refused, none lost."""

import threading
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from sandbox import records
from sandbox.models import Run, RunStatus, new_run_id
from sandbox.records import Outcome
from sandbox.requests import Owner, RunRequest

_WRITERS = 50
_RUNS = 100
_OWNER = Owner(None, "", "192.0.2.1")
_OUTCOME = Outcome(status=RunStatus.COMPLETED, reason="exit", log=(), exit_code=0)


@pytest.mark.django_db(transaction=True)
def test_fifty_writers_lose_no_run_to_a_lock() -> None:
    assert connection.vendor != "sqlite" or Path(connection.settings_dict["NAME"]).exists()
    failures: Counter[str] = Counter()
    writers = [threading.Thread(target=_write, args=(failures,)) for _ in range(_WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert not failures
    assert Run.objects.filter(status=RunStatus.COMPLETED, exit_code=0).count() == _WRITERS * _RUNS


def _write(failures: Counter[str]) -> None:
    try:
        for _ in range(_RUNS):
            _live_and_end()
    except Exception as error:
        failures[repr(error)] += 1
    finally:
        connection.close()


def _live_and_end() -> None:
    run_id = new_run_id()
    records.run_insert(
        run_id=run_id,
        owner=_OWNER,
        request=RunRequest("python", "print(1)"),
        status=RunStatus.STARTING,
        instance="test",
        runner="docker",
        preview_token=None,
    )
    assert records.run_advance(run_id, RunStatus.RUNNING)
    assert records.run_end(run_id, _OUTCOME, _OWNER)
