"""Output of a terminal as text of a page."""

import time

import pytest

from ide.history.terminal_text import terminal_html, terminal_plain

COLOURS = [
    ("\x1b[31mx", "in-red"),
    ("\x1b[91mx", "in-red"),
    ("\x1b[1;4;32mx", "in-green is-bold is-underline"),
    ("\x1b[44mx", "on-blue"),
    ("\x1b[7mx", "on-text"),
    ("\x1b[7;33mx", "on-yellow"),
    ("\x1b[38;5;9mx", "in-red"),
    ("\x1b[38;5;46mx", "in-green"),
    ("\x1b[38;5;250mx", "in-white"),
    ("\x1b[38;2;250;30;20mx", "in-red"),
    ("\x1b[38:2::0:0:250mx", "in-blue"),
    ("\x1b[48;2;10;10;10mx", "on-black"),
]
GONE = [
    "\x1b]0;title\x07",
    "\x1b]8;;javascript:alert(1)\x1b\\",
    "\x1bP+q544e\x1b\\",
    "\x1b[2J\x1b[H",
    "\x1b[?1049h",
    "\x1b(B",
    "\x07\x00\x0e\x7f\x9b",
    "\x1b[39m\x1b[m",
]
LINES = [
    ("10%\r99%", "99%"),
    ("abc\rX", "Xbc"),
    ("abc\r\x1b[Kx", "x"),
    ("abc\r\x1b[0Kx", "x"),
    ("abc\b\x1b[1Kx", "  x"),
    ("abc\x1b[2G\x1b[1KX", " Xc"),
    ("Progress 100%\x1b[2K\x1b[1GDone", "Done"),  # as Node clears a line
    ("abc\x1b[2Kx", "   x"),
    ("abc\r\x1b[Jx", "x"),
    ("a\nbc\r\x1b[0Jx", "a\nx"),
    ("a\nb\x1b[H\x1b[J\x1b[3Jc", "a\nbc"),
    ("abcd\b\bX", "abXd"),
    ("a\x1b[3Cb", "a   b"),
    ("abc\x1b[2GX", "aXc"),
    ("a\r\nb\r\n", "a\nb\n"),
    ("a\tb", "a\tb"),
    ("\x1b[9999Gx", " " * 2000 + "x"),
]


@pytest.mark.parametrize(("text", "classes"), COLOURS)
def test_colours_are_classes(text: str, classes: str) -> None:
    assert terminal_html(text) == f'<span class="{classes}">x</span>'


@pytest.mark.parametrize("text", GONE)
def test_what_only_a_terminal_obeys_is_taken_out(text: str) -> None:
    assert terminal_html(f"a{text}b") == "ab"


@pytest.mark.parametrize(("text", "seen"), LINES)
def test_line_is_as_it_ended(text: str, seen: str) -> None:
    assert terminal_plain(text) == seen


def test_colour_lasts_over_lines_and_ends() -> None:
    html = terminal_html("\x1b[31ma\nb\x1b[0mc")
    assert html == '<span class="in-red">a</span>\n<span class="in-red">b</span>c'


def test_markup_is_text() -> None:
    assert terminal_html("<b>\x1b[31m&</b>") == (
        '&lt;b&gt;<span class="in-red">&amp;&lt;/b&gt;</span>'
    )


def test_text_that_reorders_itself_is_written_out() -> None:
    assert terminal_html("a\u202eb") == "a⟨U+202E⟩b"


@pytest.mark.parametrize(
    "text",
    [
        "\x1b]" * 250_000,
        "a\r" * 250_000,
        "\x1b[9999C\x1b[Kx" * 50_000,
        "x" * 100_000 + "\x1b[1Kx" * 50_000,
        "x" * 100_000 + "\x1b[2Kx" * 50_000,
    ],
)
def test_hostile_output_takes_no_time(text: str) -> None:
    began = time.monotonic()
    terminal_plain(text)
    assert time.monotonic() - began < 5
