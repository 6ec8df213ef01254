"""The figures as tables, for the terminal and for the page, and as JSON."""

import statistics
from pathlib import Path
from urllib.parse import unquote_plus

from benchmarks.admin.bars import bars
from benchmarks.admin.results import Looked, Report
from benchmarks.tables import Table, bars_table, machine_line, save_figures

_NAME = "admin-performance"
_LONGEST_PATH = 76


def text(report: Report) -> str:
    """The machine and all tables, as Markdown."""
    subjects = dict.fromkeys(it.page.subject for it in report.looked)
    tables = [bars_table(bars(report)), *(_table(report, subject) for subject in subjects)]
    rows = f"{report.runs:,} runs in {report.database}.\n"
    return "\n".join([machine_line(report.machine, report.made_at), rows, *map(str, tables)])


def save(report: Report, folder: Path) -> None:
    """Write `admin-performance.json` and `.md`, where the page's own words are kept."""
    save_figures(folder, _NAME, report, bars(report), text(report))


def _table(report: Report, subject: str) -> Table:
    head = ["", "by", "p50", "p95", "max", "queries"]
    rows = [_row(it) for it in report.looked if it.page.subject == subject]
    return Table(f"{subject[0].upper()}{subject[1:]}, in ms", head, rows, names=2)


def _row(it: Looked) -> list[str]:
    path = unquote_plus(it.page.path).removesuffix("?")
    path = path if len(path) <= _LONGEST_PATH else f"{path[: _LONGEST_PATH - 1]}…"
    figures = (statistics.median(it.times_s), it.p95_s, max(it.times_s))
    cells = [f"{1000 * value:.0f}" for value in figures]
    return [f"`{path}`", it.page.viewer, *cells, str(it.queries)]
