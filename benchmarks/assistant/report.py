"""The figures as tables, for the terminal and for the page, and as JSON."""

import statistics
from collections.abc import Sequence
from pathlib import Path

from benchmarks.assistant.bars import bars
from benchmarks.assistant.results import Report
from benchmarks.results import quantile
from benchmarks.tables import Table, bars_table, machine_line, save_figures

_NAME = "assistant-performance"


def text(report: Report) -> str:
    """The machine and all tables, as Markdown."""
    tables = (_times_table(report), bars_table(bars(report)))
    return "\n".join([machine_line(report.machine, report.made_at), *map(str, tables)])


def save(report: Report, folder: Path) -> None:
    """Write `assistant-performance.json` and `.md`, where the page's own words are kept."""
    save_figures(folder, _NAME, report, bars(report), text(report))


def _times_table(report: Report) -> Table:
    head = ["", "", "samples", "median", "p95", "slowest"]
    rows = [
        [it.what, how, str(len(times_s)), *_cells(times_s)]
        for it in (report.first_token, *report.runs)
        for how, times_s in (
            ("alone", it.all_alone_s),
            (f"beside {report.streams} answers", it.all_beside_s),
        )
    ]
    return Table("Times in ms", head, rows, names=2)


def _cells(times_s: Sequence[float]) -> list[str]:
    figures = (statistics.median(times_s), quantile(times_s, 0.95), max(times_s))
    return [f"{1000 * value:.1f}" for value in figures]
