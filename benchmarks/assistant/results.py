"""What was measured. Times are seconds."""

from dataclasses import dataclass, field
from itertools import chain

from benchmarks.machine import Machine
from benchmarks.results import paired_ratio, quantile


@dataclass(frozen=True)
class Beside:
    """The same thing alone and beside streams; lists with one index are of one pair."""

    what: str
    alone_s: list[list[float]] = field(default_factory=list)
    beside_s: list[list[float]] = field(default_factory=list)

    @property
    def all_alone_s(self) -> list[float]:
        return list(chain(*self.alone_s))

    @property
    def all_beside_s(self) -> list[float]:
        return list(chain(*self.beside_s))

    @property
    def p95_ratio(self) -> float:
        """The median of the pairs' ratios of their 95th percentiles."""
        halves = (self.beside_s, self.alone_s)
        beside, alone = ([quantile(times_s, 0.95) for times_s in half] for half in halves)
        return paired_ratio(beside, alone)


@dataclass(frozen=True)
class Report:
    """`first_token` is from the provider's first piece to the client's first message."""

    machine: Machine
    made_at: str
    quick: bool
    streams: int
    first_token: Beside
    runs: list[Beside]
