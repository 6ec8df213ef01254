"""What was measured, and its statistics. Times are seconds, sizes are bytes."""

import math
import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.machine import Machine
from benchmarks.programs import MARK, Program

# How a run ends, in the words of the contract; anything else is a run without an end.
_TERMINAL = {"completed", "error", "timeout", "stopped"}


@dataclass(frozen=True)
class Result:
    """One run as its caller saw it; `first_output_s` is None where nothing was printed.

    `status` is the contract's, or the name of what kept the run from having one.
    """

    first_output_s: float | None
    done_s: float
    stdout: str
    status: str

    def is_right(self, program: Program) -> bool:
        return self.status == "completed" and self.stdout == program.expected

    def is_crossed(self, program: Program) -> bool:
        """It shows a line of another run."""
        lines = re.findall(rf"{MARK}[\w-]+", self.stdout)
        return any(line != program.expected.strip() for line in lines)


@dataclass(frozen=True)
class Sample:
    """A right run: its two times."""

    first_output_s: float
    done_s: float


@dataclass(frozen=True)
class Latency:
    """One program on an idle machine, by path; the samples with one index are of one round."""

    language: str
    samples: dict[str, list[Sample]]

    def first_outputs(self, path: str) -> list[float]:
        return [sample.first_output_s for sample in self.samples[path]]

    def dones(self, path: str) -> list[float]:
        return [sample.done_s for sample in self.samples[path]]


@dataclass(frozen=True)
class Quantiles:
    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Quantiles":
        return cls(statistics.median(values), quantile(values, 0.95), quantile(values, 0.99))


@dataclass(frozen=True)
class Load:
    """Many runs of one path. `elapsed_s` is until the last was done.

    `lost` had no terminal state, `crossed` showed a line of another run. The quantiles are of the
    right runs, None where there is none.
    """

    path: str
    clients: int
    runs: int
    elapsed_s: float
    right: int
    lost: int
    crossed: int
    statuses: dict[str, int]
    first_output: Quantiles | None
    done: Quantiles | None

    @property
    def runs_per_s(self) -> float:
        return self.right / self.elapsed_s


@dataclass(frozen=True)
class Flood:
    """A server under programs that never stop printing, and the medians of a neighbour's run."""

    grown_bytes: int
    alone_s: float
    beside_s: float


@dataclass(frozen=True)
class Aftermath:
    """The server's memory around all loads, and containers without a place in its pool: five
    seconds after the last of many runs at once, and all of any kind once the server has ended."""

    memory_before_bytes: int
    memory_after_bytes: int
    containers_left: int
    containers_after_end: int


@dataclass(frozen=True)
class Section:
    """All that was measured on one runner. `bursts` holds each size once for each path."""

    runner: str
    latencies: list[Latency]
    bursts: list[Load]
    sustained: list[Load]
    at_once: Load | None
    aftermath: Aftermath | None
    flood: Flood | None


@dataclass(frozen=True)
class Report:
    """`made_at` is ISO 8601; `docker` is None where no engine answers."""

    machine: Machine
    made_at: str
    quick: bool
    docker: Section | None
    embedded: Section | None


def load_of(
    path: str, clients: int, elapsed_s: float, runs: Sequence[tuple[Program, Result]]
) -> Load:
    right = [result for program, result in runs if result.is_right(program)]
    first_outputs = [result.first_output_s for result in right if result.first_output_s is not None]
    return Load(
        path=path,
        clients=clients,
        runs=len(runs),
        elapsed_s=elapsed_s,
        right=len(right),
        lost=sum(result.status not in _TERMINAL for _, result in runs),
        crossed=sum(result.is_crossed(program) for program, result in runs),
        statuses=dict(Counter(result.status for _, result in runs)),
        first_output=Quantiles.of(first_outputs) if right else None,
        done=Quantiles.of([result.done_s for result in right]) if right else None,
    )


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` of them do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def paired_ratio(values: Sequence[float], others: Sequence[float]) -> float:
    """The median of the rounds' ratios: what disturbs a round hits both sides."""
    return statistics.median(value / other for value, other in zip(values, others, strict=True))


def paired_excess_s(values: Sequence[float], others: Sequence[float]) -> float:
    return statistics.median(value - other for value, other in zip(values, others, strict=True))
