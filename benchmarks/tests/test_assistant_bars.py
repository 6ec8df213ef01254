"""The assistant's bars can be missed."""

from dataclasses import replace

import pytest

from benchmarks.assistant.bars import bars
from benchmarks.assistant.provider import begun_at
from benchmarks.assistant.report import text
from benchmarks.assistant.results import Beside, Report
from benchmarks.machine import Machine


def make_report() -> Report:
    """Clears every bar."""
    return Report(
        machine=Machine(2, "processor", 2**30, "Linux", None),
        made_at="2026-01-05 09:30 UTC",
        quick=False,
        streams=50,
        first_token=Beside("first token", [[0.01] * 20], [[0.9] * 20]),
        runs=[
            Beside(what, [[0.02] * 20] * 3, [[0.029] * 20] * 3) for what in ("first output", "echo")
        ],
    )


def missed(report: Report) -> list[str]:
    return [bar.what for bar in bars(report) if not bar.cleared]


def test_good_report_clears_all() -> None:
    assert len(bars(make_report())) == 3
    assert missed(make_report()) == []
    assert "pass" in text(make_report())


@pytest.mark.parametrize("slow", [1, 2])
def test_late_first_token_is_missed_from_the_95th_percentile_on(slow: int) -> None:
    times_s = [0.01] * (20 - slow) + [0.2] * slow
    report = replace(make_report(), first_token=Beside("first token", [times_s]))
    assert bool(missed(report)) is (slow == 2)


@pytest.mark.parametrize("index", [0, 1])
def test_runs_that_answers_hold_up_are_missed(index: int) -> None:
    report = make_report()
    held_up = [[0.02] * 20, [0.02] * 18 + [0.031] * 2, [0.031] * 20]
    report.runs[index] = replace(report.runs[index], beside_s=held_up)
    assert missed(report) == [f"{report.runs[index].what} beside 50 answers, p95, times alone"]


def test_moment_is_read_off_an_answers_beginning() -> None:
    assert begun_at("00042.12345 ") == 42.12345
