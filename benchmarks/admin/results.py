"""What was measured. Times are seconds."""

from dataclasses import dataclass

from benchmarks.machine import Machine
from benchmarks.results import quantile


@dataclass(frozen=True)
class Cast:
    """Who looks, by the keys of their sessions; `token` is the student's for the API.

    The student is the busiest one. `run_id` and `workspace_id` are of theirs, and `cursor` leads
    far back among their runs.
    """

    operator: str
    instructor: str
    newcomer: str
    student: str
    token: str
    student_id: int
    run_id: str
    workspace_id: str
    cursor: str


@dataclass(frozen=True)
class Page:
    """`subject` is what the bars are by, `viewer` one of `Cast`'s keys."""

    subject: str
    viewer: str
    path: str


@dataclass(frozen=True)
class Looked:
    """A page, how long each look at it took, and how many queries one needs."""

    page: Page
    times_s: list[float]
    queries: int

    @property
    def p95_s(self) -> float:
        return quantile(self.times_s, 0.95)


@dataclass(frozen=True)
class Report:
    machine: Machine
    made_at: str
    quick: bool
    runs: int
    database: str
    looked: list[Looked]
