"""The bars that the class view has to clear, and whether it does."""

from benchmarks.bars import Bar, at_most
from benchmarks.class_view.results import Report

_DELAY_S = 2
_COST_PERCENT = 5


def bars(report: Report) -> list[Bar]:
    return [
        at_most("from a run's end to the class view, slowest, s", max(report.delays_s), _DELAY_S),
        at_most("ends of runs that it has not shown", report.unseen, 0),
        at_most("runs that it costs, %", 100 * report.cost, _COST_PERCENT),
    ]
