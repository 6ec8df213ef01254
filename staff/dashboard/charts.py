"""Charts as SVG, without style or script in them: `dashboard.css` paints them in both themes."""

from typing import Any
from xml.etree.ElementTree import Element, tostring

import pygal
from django.utils.safestring import SafeString, mark_safe
from pygal.style import Style

_STYLE = Style(label_font_size=12, major_label_font_size=12, legend_font_size=13)
_SVG = "{http://www.w3.org/2000/svg}"
_WIDE, _NARROW, _HEIGHT = 880, 340, 260
_LABELS = {_WIDE: 12, _NARROW: 4}


def time_chart(
    kind: str, title: str, labels: list[str], series: dict[str, list[int | None]]
) -> list[SafeString]:
    """One for wide and one for narrow windows; `kind` is `bars` or `lines`."""
    return [_time_chart(kind, title, labels, series, width) for width in (_WIDE, _NARROW)]


def _time_chart(
    kind: str, title: str, labels: list[str], series: dict[str, list[int | None]], width: int
) -> SafeString:
    make = pygal.StackedBar if kind == "bars" else pygal.Line
    every = -(-len(labels) // _LABELS[width])
    # It keeps room for as many whole rows of the legend as there are.
    chart = _chart(make, width, _HEIGHT, legend_columns=min(3, len(series)))
    chart.x_labels = labels
    chart.x_labels_major = labels[::-every]  # the newest has one
    chart.margin_right = 24  # for the half of it that stands behind a line's end
    for name, values in series.items():
        chart.add(name, values)
    size = "wide" if width == _WIDE else "narrow"
    return _svg(chart, title, f"{kind} {size}")


def bar_chart(title: str, rows: list[tuple[str, int]]) -> SafeString:
    chart = _chart(pygal.HorizontalBar, 420, 60 + 34 * len(rows), legend_columns=0)
    chart.show_minor_x_labels = True  # its numbers
    chart.x_labels = [name for name, _ in reversed(rows)]
    chart.add("runs", [count for _, count in reversed(rows)])
    return _svg(chart, title, "rows")


def _chart(make: Any, width: int, height: int, *, legend_columns: int) -> Any:
    return make(
        width=width,
        height=height,
        style=_STYLE,
        js=(),
        margin=6,
        show_legend=legend_columns > 0,
        truncate_label=-1,
        legend_at_bottom=True,
        legend_at_bottom_columns=legend_columns,
        show_minor_x_labels=False,
        dots_size=4,
        include_x_axis=True,
        order_min=0,  # steps of less than one would be written as the same number
        min_scale=3,
        max_scale=5,
        value_formatter=lambda value: f"{value:,.0f}",
        allow_interruptions=True,
    )


def _svg(chart: Any, title: str, classes: str) -> SafeString:
    root = chart.render_tree()
    _strip(root)
    root.attrib.pop("id", None)
    root.set("role", "img")
    root.set("aria-label", f"{title}. The numbers are in the table below.")
    root.set("class", f"chart {classes}")
    # Names in it are escaped by the serializer.
    return mark_safe(tostring(root, encoding="unicode"))  # noqa: S308


def _strip(element: Element) -> None:
    """Take out what the content policy forbids and what only pygal's own script would use."""
    element.attrib.pop("style", None)
    for child in list(element):
        if not isinstance(child.tag, str) or child.tag.removeprefix(_SVG) in _UNWANTED:
            element.remove(child)
        else:
            _strip(child)


_UNWANTED = {"style", "script", "desc", "title", "defs"}
