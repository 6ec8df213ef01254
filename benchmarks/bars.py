"""The bars that the product on Docker has to clear, and whether it does."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.paths import BARE, NAIVE, PRODUCT
from benchmarks.results import (
    Latency,
    Load,
    Section,
    paired_excess_s,
    paired_ratio,
)
from sandbox.languages import LANGUAGES

_BURST = 30
_AT_ONCE = 200
_MEMORY_BYTES = 10 * 1024 * 1024
_EXCESS_S = {"nodejs": 0.1, "ubuntu": 0.1, "java": 0.4, "cpp": 0.4}


@dataclass(frozen=True)
class Bar:
    what: str
    wanted: str
    measured: str
    cleared: bool


def bars(section: Section) -> list[Bar]:
    """Only what was measured at the size that its bar asks for."""
    return [
        *_latency_bars(section.latencies),
        *_burst_bars(section.bursts),
        *_sustained_bars(section.sustained),
        *_at_once_bars(section),
    ]


def _latency_bars(latencies: list[Latency]) -> Iterator[Bar]:
    for latency in latencies:
        if latency.language == "python":
            yield from _python_bars(latency)
        elif latency.language in _EXCESS_S:
            yield _excess_bar(latency, _EXCESS_S[latency.language])


def _python_bars(latency: Latency) -> Iterator[Bar]:
    first, done = latency.first_outputs, latency.dones
    yield at_most("Python, first output, times bare", paired_ratio(first(PRODUCT), first(BARE)), 2)
    yield at_most("Python, done, times bare", paired_ratio(done(PRODUCT), done(BARE)), 4)
    yield _at_least(
        "Python, first output, times faster than naive",
        paired_ratio(first(NAIVE), first(PRODUCT)),
        6,
    )


def _excess_bar(latency: Latency, most_s: float) -> Bar:
    excess_s = paired_excess_s(latency.first_outputs(PRODUCT), latency.first_outputs(BARE))
    return at_most(
        f"{LANGUAGES[latency.language].name}, first output over bare, ms",
        1000 * excess_s,
        1000 * most_s,
    )


def _burst_bars(bursts: list[Load]) -> Iterator[Bar]:
    of_size = {load.path: load for load in bursts if load.clients == _BURST}
    if not of_size:
        return
    ours, naive = of_size[PRODUCT], of_size[NAIVE]
    yield _exactly(f"{_BURST} at once, right outputs", ours.right, _BURST)
    share = 100 * ours.elapsed_s / naive.elapsed_s
    yield at_most(f"{_BURST} at once, last one done, % of naive's time", share, 60)


def _sustained_bars(sustained: list[Load]) -> Iterator[Bar]:
    by_path = {load.path: load for load in sustained}
    if not by_path:
        return
    ours, naive = by_path[PRODUCT], by_path[NAIVE]
    yield _at_least("sustained, runs/s, times naive", ours.runs_per_s / naive.runs_per_s, 1.2)
    yield _exactly("sustained, failures", ours.runs - ours.right, 0)


def _at_once_bars(section: Section) -> Iterator[Bar]:
    load, aftermath = section.at_once, section.aftermath
    if load is None or load.clients != _AT_ONCE or aftermath is None:
        return
    yield _exactly(f"{_AT_ONCE} at once, terminal states", load.runs - load.lost, _AT_ONCE)
    yield _exactly(f"{_AT_ONCE} at once, right outputs", load.right, _AT_ONCE)
    yield _exactly(f"{_AT_ONCE} at once, crossed outputs", load.crossed, 0)
    yield _exactly("containers left 5 s later", aftermath.containers_left, 0)
    yield _exactly("containers after the server's end", aftermath.containers_after_end, 0)
    grown = aftermath.memory_after_bytes - aftermath.memory_before_bytes
    yield at_most("server memory grown, MiB", grown / 2**20, _MEMORY_BYTES / 2**20)


def at_most(what: str, value: float, most: float) -> Bar:
    return Bar(what, f"≤ {most:g}", f"{value:.2f}", value <= most)


def _at_least(what: str, value: float, least: float) -> Bar:
    return Bar(what, f"≥ {least:g}", f"{value:.2f}", value >= least)


def _exactly(what: str, value: int, wanted: int) -> Bar:
    return Bar(what, str(wanted), str(value), value == wanted)
