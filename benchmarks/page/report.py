"""The figures as tables, for the terminal and for the page, and as JSON."""

import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.page.bars import bars
from benchmarks.page.results import Flood, Load, Presses, Report, Weight
from benchmarks.page.subjects import MONACO, OURS
from benchmarks.results import paired_ratio, quantile
from benchmarks.tables import Table, bars_table, machine_line, save_figures


def text(report: Report) -> str:
    """The machine and all tables, as Markdown."""
    machine = machine_line(report.machine, f"Chromium {report.chromium}; {report.made_at}")
    return "\n".join([machine, *map(str, _tables(report))])


def save(report: Report, folder: Path) -> None:
    """Write `page-performance.json` and `.md`, where the page's own words are kept."""
    save_figures(folder, "page-performance", report, bars(report), text(report))


def _tables(report: Report) -> Iterator[Table]:
    yield _weight_table(report.weights)
    yield _load_table(report.loads)
    yield _press_table(report.presses)
    yield _flood_table(report.flood)
    yield bars_table(bars(report))


def _weight_table(weights: dict[str, Weight]) -> Table:
    head = ["", "cold, KiB", "requests", "after the first key, KiB"]
    rows = [
        [page, _kib(weight.cold_bytes), str(weight.cold_requests), _kib(weight.edited_bytes)]
        for page, weight in weights.items()
    ]
    return Table("Transferred", head, rows)


def _load_table(loads: Sequence[Load]) -> Table:
    head = ["", "", "median", "fastest", "slowest", f"/ {MONACO}"]
    rows = [
        [
            *(load.conditions, page),
            *(_ms(of(times_s)) for of in (statistics.median, min, max)),
            f"{paired_ratio(times_s, load.editable_s[MONACO]):.2f}",
        ]
        for load in loads
        for page, times_s in load.editable_s.items()
    ]
    return Table("Editable after a cold load, ms", head, rows, names=2)


def _press_table(presses: Sequence[Presses]) -> Table:
    head = ["", "", "presses", "median", "p95", "slowest"]
    rows = [
        [
            *(it.page, when, str(len(times_s)), _ms(statistics.median(times_s))),
            *(_ms(quantile(times_s, 0.95)), _ms(max(times_s))),
        ]
        for it in presses
        for when, times_s in (("at first", it.beginning_s), ("then", it.then_s))
    ]
    return Table("From a key press to its picture, in 5 000 lines, ms", head, rows, names=2)


def _flood_table(flood: Flood) -> Table:
    rows = [
        ["shown after, s", f"{flood.shown_s:.1f}"],
        ["most work of one task, ms", _ms(flood.most_work_s)],
        ["longest task by the clock, ms", _ms(flood.longest_task_s)],
        ["tasks over 50 ms", str(flood.long_tasks)],
        ["memory before, MiB", _mib(flood.memory_before_bytes)],
        ["memory at most, MiB", _mib(flood.memory_peak_bytes)],
    ]
    return Table(f"{flood.output_bytes / 2**20:g} MiB of output, {OURS}", ["", ""], rows)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.0f}"


def _kib(size: int) -> str:
    return f"{size / 1024:.1f}"


def _mib(size: int) -> str:
    return f"{size / 2**20:.1f}"
