"""What the reports share: tables, the machine in words, and a page that keeps its own words."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.bars import Bar
from benchmarks.machine import Machine

_BEGIN, _END = "<!-- figures -->\n", "<!-- end of figures -->\n"


@dataclass(frozen=True)
class Table:
    """A Markdown table that is aligned for the terminal as well; `names` columns are no numbers."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    names: int = 1

    def __str__(self) -> str:
        columns = list(zip(self.head, *self.rows, strict=True))
        widths = [max(map(len, column)) for column in columns]
        rule = ["-" * width for width in widths[: self.names]]
        rule += [f"{'-' * (width - 1)}:" for width in widths[self.names :]]
        lines = [self._line(cells, widths) for cells in (self.head, rule, *self.rows)]
        return "\n".join([f"### {self.title}", "", *lines, ""])

    def _line(self, cells: Sequence[str], widths: Sequence[int]) -> str:
        aligned = [
            cell.ljust(width) if column < self.names else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return f"| {' | '.join(aligned)} |"


def bars_table(bars: Sequence[Bar]) -> Table:
    rows = [[bar.what, bar.wanted, bar.measured, "pass" if bar.cleared else "FAIL"] for bar in bars]
    return Table("Bars", ["", "wanted", "measured", ""], rows)


def machine_line(machine: Machine, made_at: str) -> str:
    size = f"{machine.memory_bytes / 2**30:.0f} GiB"
    engine = machine.engine or "no Docker engine"
    return (
        f"{machine.cores} cores ({machine.processor}), {size} of memory, {machine.kernel},"
        f" {engine}; {made_at}.\n"
    )


def save_figures(folder: Path, name: str, report: Any, bars: Iterable[Bar], text: str) -> None:
    """Write `<name>.json`, all of the report and its bars, and `<name>.md`, as `put_figures`."""
    folder.mkdir(parents=True, exist_ok=True)
    data = asdict(report) | {"bars": [asdict(bar) for bar in bars]}
    content = json.dumps(data, indent=1, ensure_ascii=False)
    (folder / f"{name}.json").write_text(f"{content}\n")
    put_figures(folder / f"{name}.md", text)


def put_figures(page: Path, figures: str) -> None:
    """Write them between the marks of a Markdown page, whose own words are kept."""
    before, _, rest = (page.read_text() if page.exists() else "").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    page.write_text(f"{before}{_BEGIN}\n{figures}\n{_END}{after}")
