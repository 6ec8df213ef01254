"""What was measured. Times are seconds."""

import statistics
from dataclasses import dataclass

from benchmarks.machine import Machine


@dataclass(frozen=True)
class Report:
    """`alone` and `watched` are runs per second, those with one index of one pair; `delays_s` are
    from the end of a run, as its student had it, until the class view had it."""

    machine: Machine
    made_at: str
    quick: bool
    students: int
    alone: list[float]
    watched: list[float]
    delays_s: list[float]
    unseen: int

    @property
    def cost(self) -> float:
        """The share of the runs that the class view costs: the median of the pairs."""
        pairs = zip(self.watched, self.alone, strict=True)
        return 1 - statistics.median(watched / alone for watched, alone in pairs)
