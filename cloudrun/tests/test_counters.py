"""Counting in the database, as several servers do together."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import override_settings

from cloudrun.counters import DatabaseCounters
from cloudrun.errors import RateLimitedError
from cloudrun.models import Counter
from cloudrun.rates import Rate
from e2e.server import ROOT

IN_DATABASE = {"BACKEND": "cloudrun.counters.DatabaseCounters"}


@pytest.fixture
def counters() -> DatabaseCounters:
    return DatabaseCounters("", {})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_800_000_000.0]
    monkeypatch.setattr("time.time", lambda: now[0])
    return now


@pytest.mark.django_db
class TestCounters:
    def test_counter_is_made_once_and_changed(self, counters: DatabaseCounters) -> None:
        assert counters.add("runs", 1, 60) is True
        assert counters.add("runs", 5, 60) is False
        assert counters.incr("runs") == 2
        assert counters.decr("runs", 2) == 0
        assert counters.get("runs") == 0

    def test_what_is_not_there_is_told(self, counters: DatabaseCounters) -> None:
        assert counters.get("runs", "none") == "none"
        with pytest.raises(ValueError, match="runs"):
            counters.incr("runs")

    def test_counter_begins_anew_when_its_time_is_over(
        self, counters: DatabaseCounters, clock: list[float]
    ) -> None:
        counters.add("runs", 7, 60)
        clock[0] += 60
        assert counters.get("runs") is None
        with pytest.raises(ValueError, match="runs"):
            counters.incr("runs")
        assert counters.add("runs", 1, 60) is True
        assert counters.get("runs") == 1

    def test_old_ones_are_removed(self, counters: DatabaseCounters, clock: list[float]) -> None:
        for number in range(5):
            counters.add(f"runs of {number}", 1, 60)
        clock[0] += 120
        counters.add("runs", 1, 60)
        assert [counter.value for counter in Counter.objects.all()] == [1]


def at_once(calls: int, call: Callable[[], object]) -> list[object]:
    def with_own_connection() -> object:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(lambda _: with_own_connection(), range(calls)))


def test_no_limit_is_kept_in_one_of_several_servers() -> None:
    show = "from django.conf import settings; print(settings.CACHES)"
    shown = subprocess.run(
        [sys.executable, "-c", show],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": "postgres://nobody@localhost/none"},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "DatabaseCounters" in shown
    assert "locmem" not in shown


@pytest.mark.django_db(transaction=True)
def test_calls_at_once_do_not_pass_the_limit() -> None:
    rate = Rate("test", 10, 3600, "At most 10.")

    def is_admitted() -> bool:
        try:
            rate.count("somebody")
        except RateLimitedError:
            return False
        return True

    with override_settings(CACHES={"default": IN_DATABASE, "counters": IN_DATABASE}):
        assert sum(map(bool, at_once(64, is_admitted))) == 10
