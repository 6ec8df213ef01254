"""A benchmark that could not fail would prove nothing."""

from dataclasses import replace

from benchmarks.bars import bars
from benchmarks.paths import BARE, NAIVE, PRODUCT
from benchmarks.programs import numbered
from benchmarks.results import (
    Aftermath,
    Latency,
    Load,
    Result,
    Sample,
    Section,
    load_of,
    paired_ratio,
    quantile,
)


def make_load(path: str, runs: int, elapsed_s: float, *results: Result) -> Load:
    """All right, but for those that end as `results` say."""
    programs = numbered("test", runs)
    right = [Result(0.1, 0.2, program.expected, "completed") for program in programs]
    return load_of(
        path, runs, elapsed_s, list(zip(programs, [*results, *right[len(results) :]], strict=True))
    )


def make_latency(product: Sample) -> Latency:
    samples = {BARE: Sample(0.01, 0.02), NAIVE: Sample(0.2, 0.3), PRODUCT: product}
    return Latency("python", {path: [sample] * 3 for path, sample in samples.items()})


def make_section() -> Section:
    """Clears every bar."""
    return Section(
        runner="Docker",
        latencies=[make_latency(Sample(0.02, 0.07))],
        bursts=[make_load(NAIVE, 30, 6.0), make_load(PRODUCT, 30, 3.0)],
        sustained=[make_load(NAIVE, 40, 10.0), make_load(PRODUCT, 80, 10.0)],
        at_once=make_load(PRODUCT, 200, 20.0),
        aftermath=Aftermath(100 * 2**20, 105 * 2**20, 0, 0),
        flood=None,
    )


def missed(section: Section) -> list[str]:
    return [bar.what for bar in bars(section) if not bar.cleared]


def test_good_figures_clear_all_bars() -> None:
    assert len(bars(make_section())) == 13
    assert missed(make_section()) == []


def test_slow_first_output_misses_its_bars() -> None:
    section = replace(make_section(), latencies=[make_latency(Sample(0.05, 0.07))])
    assert missed(section) == [
        "Python, first output, times bare",
        "Python, first output, times faster than naive",
    ]


def test_another_runs_output_is_crossed_and_not_right() -> None:
    program, other = numbered("test", 2)
    load = make_load(PRODUCT, 200, 20.0, Result(0.1, 0.2, other.expected, "completed"))
    assert (load.crossed, load.right, load.lost) == (1, 199, 0)
    assert Result(0.1, 0.2, program.expected + other.expected, "completed").is_crossed(program)
    assert missed(replace(make_section(), at_once=load)) == [
        "200 at once, right outputs",
        "200 at once, crossed outputs",
    ]


def test_run_without_an_end_is_lost() -> None:
    load = make_load(PRODUCT, 200, 20.0, *[Result(None, 1, "", s) for s in ("lost", "OSError")])
    assert (load.lost, load.right) == (2, 198)
    assert "200 at once, terminal states" in missed(replace(make_section(), at_once=load))


def test_failed_run_has_an_end_and_is_not_right() -> None:
    load = make_load(PRODUCT, 40, 1.0, Result(0.1, 0.2, "", "error"))
    assert (load.lost, load.crossed, load.right) == (0, 0, 39)
    section = make_section()
    assert missed(replace(section, sustained=[section.sustained[0], load])) == [
        "sustained, failures"
    ]


def test_leftovers_and_growth_miss_their_bars() -> None:
    section = replace(make_section(), aftermath=Aftermath(0, 11 * 2**20, 1, 2))
    assert missed(section) == [
        "containers left 5 s later",
        "containers after the server's end",
        "server memory grown, MiB",
    ]


def test_ratio_is_of_pairs() -> None:
    assert paired_ratio([2, 30, 4], [1, 10, 2]) == 2


def test_quantile_is_a_measured_value() -> None:
    assert quantile(range(1, 101), 0.95) == 95
    assert quantile([7.0], 0.99) == 7.0
