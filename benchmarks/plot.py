"""The figures as one SVG: a group of bars for each language, then the loads."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from benchmarks.paths import PRODUCT
from benchmarks.results import Latency, Load, Report, Section
from sandbox.languages import LANGUAGES

_WIDTH, _LEFT, _RIGHT = 760, 130, 150
_TITLE, _BAR, _GAP, _SPACE = 26, 16, 6, 18
_STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600 }
  .bar { fill: #8c959f } .rest { fill: #8c959f; opacity: 0.35 }
  .ours .bar { fill: #0969da } .ours .rest { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .ours .bar { fill: #4493f8 } .ours .rest { fill: #4493f8 }
  }
"""


@dataclass(frozen=True)
class Bar:
    """`strong` is drawn to full strength, the rest up to `whole` faintly."""

    name: str
    strong: float
    whole: float
    label: str


@dataclass(frozen=True)
class Group:
    """Bars on a scale of their own."""

    title: str
    bars: list[Bar]

    @property
    def height(self) -> int:
        return _TITLE + len(self.bars) * (_BAR + _GAP) + _SPACE


def plot(report: Report) -> str:
    section = report.docker or report.embedded
    groups = list(_groups(section)) if section else []
    height = sum(group.height for group in groups)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}"'
        f' width="{_WIDTH}" height="{height}" role="img">',
        "<title>Time to first output and to the end, by language and way of running</title>",
        f"<style>{_STYLE}</style>",
    ]
    top = 0
    for group in groups:
        parts += _draw(group, top)
        top += group.height
    return "\n".join([*parts, "</svg>", ""])


def _groups(section: Section) -> Iterator[Group]:
    for latency in section.latencies:
        title = f"{LANGUAGES[latency.language].name}: first output / done, ms"
        yield Group(title, [_latency_bar(latency, path) for path in latency.samples])
    for clients in sorted({load.clients for load in section.bursts}):
        loads = [load for load in section.bursts if load.clients == clients]
        yield Group(f"{clients} at once: until the last is done, s", list(map(_burst_bar, loads)))
    if section.sustained:
        clients = section.sustained[0].clients
        bars = list(map(_sustained_bar, section.sustained))
        yield Group(f"{clients} clients, sustained: runs per second", bars)


def _latency_bar(latency: Latency, path: str) -> Bar:
    first = 1000 * statistics.median(latency.first_outputs(path))
    done = 1000 * statistics.median(latency.dones(path))
    return Bar(path, first, done, f"{first:.0f} / {done:.0f}")


def _burst_bar(load: Load) -> Bar:
    return Bar(load.path, load.elapsed_s, load.elapsed_s, f"{load.elapsed_s:.2f}")


def _sustained_bar(load: Load) -> Bar:
    return Bar(load.path, load.runs_per_s, load.runs_per_s, f"{load.runs_per_s:.1f}")


def _draw(group: Group, top: int) -> Iterator[str]:
    yield f'<text class="title" x="0" y="{top + _BAR}">{escape(group.title)}</text>'
    scale = (_WIDTH - _LEFT - _RIGHT) / max(bar.whole for bar in group.bars)
    for index, bar in enumerate(group.bars):
        y = top + _TITLE + index * (_BAR + _GAP)
        strong, whole = bar.strong * scale, bar.whole * scale
        yield f'<g class="{"ours" if bar.name == PRODUCT else "other"}">'
        yield f'<text x="{_LEFT - 10}" y="{y + 13}" text-anchor="end">{escape(bar.name)}</text>'
        yield f'<rect class="bar" x="{_LEFT}" y="{y}" width="{strong:.1f}" height="{_BAR}"/>'
        rest = f'x="{_LEFT + strong:.1f}" y="{y}" width="{whole - strong:.1f}" height="{_BAR}"'
        yield f'<rect class="rest" {rest}/>'
        yield f'<text x="{_LEFT + whole + 8:.1f}" y="{y + 13}">{escape(bar.label)}</text></g>'
