"""What a program wrote to its terminal, as text that can stand in a page.

Colours become classes, which the page's theme paints. Within a line the cursor moves as on a
terminal, so that a progress bar is shown as it ended. Everything else that a terminal would obey is
taken out: whole screens are what the replay is for.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from ide.history.visible import visible

_WIDEST = 2000  # columns that a cursor can be sent to
_MOST_SPACES = 100_000  # that cursors leave behind them, in all
_NAMES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
_LEVELS = (0, 95, 135, 175, 215, 255)  # of each colour in the cube of 6 by 6 by 6
_BLACK_BELOW = 64

_CONTROL = re.compile(
    r"\x1b\[(?P<style>[0-9;:]*)m"
    r"|\x1b\[(?P<count>[0-9]{0,6})(?P<move>[CDG])"
    r"|\x1b\[(?P<erase>[012]?K|0?J)"  # of a screen only what is behind the cursor
    r"|(?P<one>[\r\n\b])"
    r"|\x1b\[[0-?]*[ -/]*[@-~]?"  # all else that moves or asks something of a terminal
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?"  # a title, a link, a palette
    r"|\x1b[ -/]*[0-~]?"
    r"|[\x00-\x08\x0b-\x1f\x7f-\x9f]"
)


@dataclass(frozen=True)
class Style:
    """Colours by name, empty for the terminal's own."""

    fg: str = ""
    bg: str = ""
    bold: bool = False
    dim: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    inverse: bool = False

    @property
    def classes(self) -> str:
        fg, bg = (self.bg or "page", self.fg or "text") if self.inverse else (self.fg, self.bg)
        looks = ("bold", "dim", "italic", "underline", "strike")
        names = [f"is-{look}" for look in looks if getattr(self, look)]
        # On a coloured ground only the page's own colour can be read for certain.
        colours = [f"on-{bg}"] if bg else [f"in-{fg}"] if fg else []
        return " ".join(colours + names)


_PLAIN = Style()
_Part = tuple[str, Style]


def terminal_html(text: str) -> SafeString:
    """Safe in a `<pre>`: spans with the classes of `Style.classes`, and text."""
    return mark_safe("\n".join(map(_line_html, _lines(text))))  # noqa: S308  escaped piece by piece


def terminal_plain(text: str) -> str:
    """The same without the looks."""
    return "\n".join("".join(piece for piece, _ in line) for line in _lines(text))


def _line_html(line: list[_Part]) -> str:
    pieces = []
    for style, parts in groupby(line, key=lambda part: part[1]):
        text = escape(visible("".join(piece for piece, _ in parts)))
        classes = style.classes
        pieces.append(f'<span class="{classes}">{text}</span>' if classes else text)
    return "".join(pieces)


def _lines(text: str) -> Iterator[list[_Part]]:
    line, style, end, spaces = _Line(_WIDEST), _PLAIN, 0, _MOST_SPACES
    for found in _CONTROL.finditer(text):
        line.write(text[end : found.start()], style)
        end = found.end()
        if found["style"] is not None:
            style = _restyled(style, found["style"])
        elif found["one"] == "\n":
            yield line.parts
            spaces -= line.spaces
            line = _Line(max(0, min(_WIDEST, spaces)))
        elif kind := found["one"] or found["move"]:
            line.move(kind, int(found["count"] or 1))
        elif found["erase"]:
            line.erase(found["erase"])
    line.write(text[end:], style)
    yield line.parts


class _Line:
    """One line: parts as they came, or cells once something is written over others."""

    def __init__(self, widest: int) -> None:
        self.spaces = 0
        self._widest = widest
        self._parts: list[_Part] = []
        self._length = 0
        self._cursor = 0
        self._is_cells = False
        self._blank = 0  # cells from the first on that were erased

    @property
    def parts(self) -> list[_Part]:
        return self._parts

    def write(self, text: str, style: Style) -> None:
        if not text:
            return
        if self._cursor != self._length:
            self._overwrite(text, style)
        elif self._is_cells:
            self._parts.extend((character, style) for character in text)
        else:
            self._parts.append((text, style))
        self._cursor += len(text)
        self._length = max(self._length, self._cursor)

    def move(self, kind: str, count: int) -> None:
        if kind in "\r\bD":
            self._cursor = 0 if kind == "\r" else max(0, self._cursor - count)
        elif kind == "G" or self._cursor < self._widest:
            self._cursor = min(self._widest, count - 1 if kind == "G" else self._cursor + count)
        self._cursor = max(0, self._cursor)

    def erase(self, what: str) -> None:
        """All of the line, what is before the cursor, or what is behind it; the cursor stays."""
        self._make_cells()
        if what == "1K":
            end = min(self._cursor + 1, self._length, self._widest)
            self._parts[self._blank : end] = [(" ", _PLAIN)] * (end - self._blank)
            self._blank = max(self._blank, end)
            return
        if what == "2K":
            self._cursor = min(self._cursor, self._widest)
        del self._parts[0 if what == "2K" else self._cursor :]
        self._length = len(self._parts)
        self._blank = min(self._blank, self._length)

    def _overwrite(self, text: str, style: Style) -> None:
        self._make_cells()
        gap = max(0, self._cursor - self._length)
        self.spaces += gap
        self._parts.extend([(" ", _PLAIN)] * gap)
        self._blank = min(self._blank, self._cursor)
        self._parts[self._cursor : self._cursor + len(text)] = [(one, style) for one in text]

    def _make_cells(self) -> None:
        if not self._is_cells:
            self._parts = [(one, style) for text, style in self._parts for one in text]
            self._is_cells = True


_SET = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "strike"}
_SIDES = {3: "fg", 4: "bg", 9: "fg", 10: "bg"}
_UNSET = {
    22: ("bold", "dim"),
    23: ("italic",),
    24: ("underline",),
    27: ("inverse",),
    29: ("strike",),
}


def _restyled(style: Style, parameters: str) -> Style:
    """https://en.wikipedia.org/wiki/ANSI_escape_code#SGR"""
    codes = iter(
        [int(code[:6] or 0) for code in re.split("[;:]", parameters.replace(":2::", ":2:"))]
    )
    for code in codes:
        style = _PLAIN if code == 0 else replace(style, **_change(code, codes))
    return style


def _change(code: int, rest: Iterator[int]) -> dict[str, Any]:
    """What one code makes otherwise; those of the palettes take more from the rest."""
    if code in _SET:
        return {_SET[code]: True}
    if code in _UNSET:
        return dict.fromkeys(_UNSET[code], False)
    side = _SIDES.get(code // 10)
    if side is None or code in {38, 48}:
        return {side: _of_palette(rest)} if side else {}
    if code in {39, 49}:
        return {side: ""}
    return {side: _NAMES[code % 10]} if code % 10 < len(_NAMES) else {}


def _of_palette(codes: Iterator[int]) -> str:
    """The name that is nearest to one of 256 colours, or to one of 16 million."""
    kind = next(codes, 0)
    if kind == 2:
        return _nearest(next(codes, 0), next(codes, 0), next(codes, 0))
    number = next(codes, 0) if kind == 5 else 0
    if number < 16:
        return _NAMES[number % 8]
    if number >= 232:
        return _nearest(*[8 + 10 * (number - 232)] * 3)
    cube = number - 16
    return _nearest(*(_LEVELS[cube // step % 6] for step in (36, 6, 1)))


def _nearest(red: int, green: int, blue: int) -> str:
    most = max(red, green, blue)
    if most < _BLACK_BELOW:
        return _NAMES[0]
    bits = enumerate((red, green, blue))
    return _NAMES[sum(1 << bit for bit, value in bits if value > most * 0.6)]
