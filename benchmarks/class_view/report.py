"""The figures as tables, for the terminal and for the page, and as JSON."""

import statistics
from pathlib import Path

from benchmarks.class_view.bars import bars
from benchmarks.class_view.results import Report
from benchmarks.results import quantile
from benchmarks.tables import Table, bars_table, machine_line, save_figures

_NAME = "class-view-performance"


def text(report: Report) -> str:
    """The machine and all tables, as Markdown."""
    tables = (_runs_table(report), _delays_table(report), bars_table(bars(report)))
    return "\n".join([machine_line(report.machine, report.made_at), *map(str, tables)])


def save(report: Report, folder: Path) -> None:
    """Write `class-view-performance.json` and `.md`, where the page's own words are kept."""
    save_figures(folder, _NAME, report, bars(report), text(report))


def _runs_table(report: Report) -> Table:
    pairs = enumerate(zip(report.alone, report.watched, strict=True), start=1)
    rows = [
        [str(number), f"{alone:.1f}", f"{watched:.1f}", f"{watched / alone:.3f}"]
        for number, (alone, watched) in pairs
    ]
    return Table("Runs per second", ["pair", "alone", "watched", "times alone"], rows)


def _delays_table(report: Report) -> Table:
    delays_s = report.delays_s
    figures = (statistics.median(delays_s), quantile(delays_s, 0.95), max(delays_s))
    row = [str(len(delays_s)), *(f"{value:.2f}" for value in figures)]
    head = ["runs", "median", "p95", "slowest"]
    return Table("From a run's end to the class view, in seconds", head, [row])
