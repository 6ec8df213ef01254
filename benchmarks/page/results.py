"""What was measured. Times are seconds, sizes are bytes."""

from dataclasses import dataclass

from benchmarks.machine import Machine


@dataclass(frozen=True)
class Weight:
    """What a page transfers: until its network is quiet, and then after the first key."""

    cold_bytes: int
    cold_requests: int
    edited_bytes: int


@dataclass(frozen=True)
class Load:
    """Cold loads until the page takes a key, by page; those with one index are of one round."""

    conditions: str
    editable_s: dict[str, list[float]]


@dataclass(frozen=True)
class Presses:
    """Key presses in a long file on the local machine, each until it was on the screen.

    `beginning` are the first ones of a visit, while what waits for an edit is loaded and compiled;
    `then` are those after it.
    """

    page: str
    beginning_s: list[float]
    then_s: list[float]


@dataclass(frozen=True)
class Flood:
    """Much output in the terminal. Memory is the footprint of the page's process.

    `longest_task_s` is by the clock, `most_work_s` the processor time of the task that had most.
    """

    output_bytes: int
    shown_s: float
    longest_task_s: float
    most_work_s: float
    long_tasks: int
    memory_before_bytes: int
    memory_peak_bytes: int


@dataclass(frozen=True)
class Report:
    """`weights` are by page; `made_at` is ISO 8601."""

    machine: Machine
    chromium: str
    made_at: str
    quick: bool
    weights: dict[str, Weight]
    loads: list[Load]
    presses: list[Presses]
    flood: Flood
