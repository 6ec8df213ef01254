"""A benchmark that could not fail would prove nothing."""

from dataclasses import replace

from benchmarks.machine import Machine
from benchmarks.page.bars import bars
from benchmarks.page.browser import LOCAL, SLOW
from benchmarks.page.results import Flood, Load, Presses, Report, Weight
from benchmarks.page.subjects import MONACO, OURS


def make_load(conditions: str, *ours_s: float) -> Load:
    return Load(conditions, {OURS: list(ours_s), MONACO: [9.0] * len(ours_s)})


def make_presses(page: str, beginning_s: float, then_s: float) -> Presses:
    return Presses(page, [beginning_s] * 20, [then_s] * 20)


def make_report() -> Report:
    """Clears every bar, where Monaco would clear none."""
    return Report(
        machine=Machine(2, "a processor", 2**34, "Linux", None),
        chromium="150",
        made_at="2026-01-01 00:00 UTC",
        quick=False,
        weights={OURS: Weight(400 * 1024, 20, 0), MONACO: Weight(1200 * 1024, 9, 0)},
        loads=[make_load(LOCAL.name, 0.9, 0.9, 5.0), make_load(SLOW.name, 2.4, 2.4, 5.0)],
        presses=[make_presses(OURS, 0.05, 0.05), make_presses(MONACO, 0.9, 0.9)],
        flood=Flood(10 * 2**20, 5.0, 0.9, 0.2, 3, 100 * 2**20, 300 * 2**20),
    )


def missed(report: Report) -> list[str]:
    return [bar.what for bar in bars(report) if not bar.cleared]


def test_good_figures_clear_all_bars() -> None:
    assert len(bars(make_report())) == 7
    assert missed(make_report()) == []


def test_heavy_page_misses_its_bar() -> None:
    weights = make_report().weights | {OURS: Weight(400 * 1024 + 1, 20, 0)}
    assert missed(replace(make_report(), weights=weights)) == ["transferred cold, KiB"]


def test_half_of_the_loads_too_slow_misses_the_bar_of_their_conditions() -> None:
    loads = [make_load(LOCAL.name, 2.4, 2.4, 0.1), make_load(SLOW.name, 2.4, 2.4, 0.1)]
    assert missed(replace(make_report(), loads=loads)) == ["editable, local, median, ms"]


def test_one_slow_press_in_ten_misses_its_bar() -> None:
    presses = Presses(OURS, [0.02] * 20, [0.02] * 18 + [0.06] * 2)
    assert missed(replace(make_report(), presses=[presses])) == ["key press, then, p95, ms"]


def test_hanging_page_and_much_memory_miss_their_bars() -> None:
    flood = Flood(10 * 2**20, 5.0, 0.9, 0.21, 3, 0, 301 * 2**20)
    assert missed(replace(make_report(), flood=flood)) == [
        "most work of one task, ms",
        "memory, MiB",
    ]
