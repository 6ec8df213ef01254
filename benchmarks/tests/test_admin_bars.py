"""The bars of staff's pages can be missed."""

import pytest

from benchmarks.admin.bars import bars
from benchmarks.admin.report import text
from benchmarks.admin.results import Looked, Page, Report
from benchmarks.machine import Machine


def make_report(slowest_s: float = 0.1, queries: int = 9) -> Report:
    """Of two kinds of pages, of which one has a page that is `slowest_s` now and then."""
    looked = [
        Looked(Page("front page", "operator", "/admin/?"), [0.2] * 20, 9),
        Looked(Page("other lists", "operator", "/admin/auth/group/?"), [0.2] * 20, queries),
        Looked(
            Page("other lists", "operator", "/admin/x/?q=a%20b"), [0.1] * 18 + [slowest_s] * 2, 9
        ),
    ]
    machine = Machine(2, "processor", 2**30, "Linux", None)
    return Report(machine, "2026-01-05 09:30 UTC", False, 1_000_000, "PostgreSQL 15", looked)


def missed(report: Report) -> list[str]:
    return [bar.what for bar in bars(report) if not bar.cleared]


def test_good_report_clears_all() -> None:
    assert len(bars(make_report())) == 3
    assert missed(make_report()) == []
    assert "1,000,000 runs" in text(make_report())
    assert "`/admin/x/?q=a b`" in text(make_report())


@pytest.mark.parametrize(
    ("report_made", "what"),
    [
        (make_report(slowest_s=0.31), "other lists, slowest page, p95, ms"),
        (make_report(queries=41), "queries of a page"),
    ],
)
def test_one_page_is_enough_to_miss_a_bar(report_made: Report, what: str) -> None:
    assert missed(report_made) == [what]
