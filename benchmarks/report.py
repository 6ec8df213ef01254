"""The figures as tables, for the terminal and for the page, and as JSON."""

import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.bars import bars
from benchmarks.paths import BARE, NAIVE
from benchmarks.plot import plot
from benchmarks.results import (
    Aftermath,
    Flood,
    Latency,
    Load,
    Quantiles,
    Report,
    Section,
    paired_ratio,
    quantile,
)
from benchmarks.tables import Table, bars_table, machine_line, save_figures
from sandbox.languages import LANGUAGES

_LOAD_HEAD = [
    *("", "clients", "right", "lost", "crossed", "all done s", "runs/s"),
    *("first output p50", "p95", "p99", "done p50", "p95", "p99"),
]


def text(report: Report) -> str:
    """The machine and all tables, as Markdown."""
    return "\n".join([machine_line(report.machine, report.made_at), *map(str, _tables(report))])


def save(report: Report, folder: Path) -> None:
    """Write `performance.json`, `.svg` and `.md`, where the page's own words are kept."""
    cleared = bars(report.docker) if report.docker else []
    save_figures(folder, "performance", report, cleared, text(report))
    (folder / "performance.svg").write_text(plot(report))


def _tables(report: Report) -> Iterator[Table]:
    for section in (report.docker, report.embedded):
        if section:
            yield from _section_tables(section)
    if report.docker:
        yield bars_table(bars(report.docker))


def _section_tables(section: Section) -> Iterator[Table]:
    on = f"on {section.runner}"
    yield _latency_table(f"One run on an idle machine, {on}, ms", section.latencies)
    loads = [*section.bursts, *([section.at_once] if section.at_once else [])]
    if loads:
        yield Table(f"At once, {on}, times in ms", _LOAD_HEAD, [_load_row(it) for it in loads])
    if section.sustained:
        rows = [_load_row(load) for load in section.sustained]
        yield Table(f"Sustained, {on}, times in ms", _LOAD_HEAD, rows)
    if section.aftermath:
        yield _aftermath_table(f"The server around these, {on}", section.aftermath)
    if section.flood:
        yield _flood_table(f"Beside programs that never stop printing, {on}", section.flood)


def _latency_table(title: str, latencies: Sequence[Latency]) -> Table:
    head = ["", "", "first output", "p95", "done", "p95"]
    compared = [path for path in (BARE, NAIVE) if path in latencies[0].samples]
    head += [f"{what} / {path}" for path in compared for what in ("first", "done")]
    rows = [
        _latency_row(latency, path, compared) for latency in latencies for path in latency.samples
    ]
    return Table(title, head, rows, names=2)


def _latency_row(latency: Latency, path: str, compared: Sequence[str]) -> list[str]:
    row = [LANGUAGES[latency.language].name, path]
    for times in (latency.first_outputs, latency.dones):
        row += [_ms(statistics.median(times(path))), _ms(quantile(times(path), 0.95))]
    return row + [
        f"{paired_ratio(times(path), times(other)):.2f}"
        for other in compared
        for times in (latency.first_outputs, latency.dones)
    ]


def _load_row(load: Load) -> list[str]:
    return [
        load.path,
        str(load.clients),
        f"{load.right} of {load.runs}",
        str(load.lost),
        str(load.crossed),
        f"{load.elapsed_s:.2f}",
        f"{load.runs_per_s:.1f}",
        *_quantile_cells(load.first_output),
        *_quantile_cells(load.done),
    ]


def _quantile_cells(quantiles: Quantiles | None) -> list[str]:
    if quantiles is None:
        return ["-"] * 3
    return [_ms(quantiles.p50), _ms(quantiles.p95), _ms(quantiles.p99)]


def _aftermath_table(title: str, aftermath: Aftermath) -> Table:
    rows = [
        ["memory before, MiB", _mib(aftermath.memory_before_bytes)],
        ["memory after, MiB", _mib(aftermath.memory_after_bytes)],
        ["containers left 5 s later", str(aftermath.containers_left)],
        ["containers after its end", str(aftermath.containers_after_end)],
    ]
    return Table(title, ["", ""], rows)


def _flood_table(title: str, flood: Flood) -> Table:
    rows = [
        ["server memory grown, MiB", _mib(flood.grown_bytes)],
        ["a neighbour's run alone, ms", _ms(flood.alone_s)],
        ["the same beside them, ms", _ms(flood.beside_s)],
    ]
    return Table(title, ["", ""], rows)


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f}" if seconds < 0.1 else f"{1000 * seconds:.0f}"


def _mib(size: int) -> str:
    return f"{size / 2**20:.1f}"
