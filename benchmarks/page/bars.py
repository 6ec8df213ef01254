"""The bars that the page has to clear, and whether it does."""

import statistics
from collections.abc import Iterator

from benchmarks.bars import Bar, at_most
from benchmarks.page.browser import LOCAL, SLOW
from benchmarks.page.results import Report
from benchmarks.page.subjects import OURS
from benchmarks.results import quantile

_TRANSFERRED_KIB = 400
_EDITABLE_MS = {LOCAL.name: 1000, SLOW.name: 2500}
_PRESS_MS = 50
_TASK_MS = 200
_MEMORY_MIB = 300


def bars(report: Report) -> list[Bar]:
    return [
        at_most("transferred cold, KiB", report.weights[OURS].cold_bytes / 1024, _TRANSFERRED_KIB),
        *_editable_bars(report),
        *_press_bars(report),
        at_most("most work of one task, ms", 1000 * report.flood.most_work_s, _TASK_MS),
        at_most("memory, MiB", report.flood.memory_peak_bytes / 2**20, _MEMORY_MIB),
    ]


def _editable_bars(report: Report) -> Iterator[Bar]:
    for load in report.loads:
        median_s = statistics.median(load.editable_s[OURS])
        what = f"editable, {load.conditions}, median, ms"
        yield at_most(what, 1000 * median_s, _EDITABLE_MS[load.conditions])


def _press_bars(report: Report) -> Iterator[Bar]:
    for presses in report.presses:
        if presses.page != OURS:
            continue
        for when, times_s in (("at first", presses.beginning_s), ("then", presses.then_s)):
            yield at_most(f"key press, {when}, p95, ms", 1000 * quantile(times_s, 0.95), _PRESS_MS)
