"""Code in colours, and what differs between two texts."""

import re
import time

import pytest
from django.utils.html import strip_tags

from ide.history.diffs import text_diff
from ide.history.highlighting import code_html

PROGRAMS = {
    "main.py": "def f(x):\n    return 'a' # why\n",
    "index.js": "const a = 1; // one\n",
    "Main.java": "class Main { int a = 1; }\n",
    "main.cpp": "int main() { return 0; }\n",
    "index.html": "<p class='a'>b</p>\n",
    "main.sh": "for i in 1 2; do echo $i; done\n",
    "notes.odd": "plain < text\n",
}


@pytest.mark.parametrize("path", PROGRAMS)
def test_highlighted_code_says_what_the_code_says(path: str) -> None:
    html = code_html(PROGRAMS[path], path)
    text = strip_tags(html)
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&#x27;", "'"), ("&amp;", "&")):
        text = text.replace(entity, character)
    assert text == PROGRAMS[path]
    assert ('class="c-' in html) == (path != "notes.odd")
    assert not re.search(r"<(?!/?span)", html)


def test_every_line_is_one() -> None:
    assert code_html("a\n\nb", "x.py").count('<span class="line">') == 3
    assert code_html("'''\na\n'''\n", "x.py").count('<span class="line">') == 3


def test_text_that_reorders_itself_is_written_out() -> None:
    assert "\u202e" not in code_html("x = '\u202e'", "x.py")
    assert "U+202E" in code_html("x = '\u202e'", "x.py")


@pytest.mark.parametrize("text", ["(" * 90_000, "'" * 90_000, "a = 1\n" * 16_000, "\\" * 90_000])
def test_hostile_code_takes_no_time(text: str) -> None:
    began = time.monotonic()
    for path in ("x.py", "x.js", "x.html", "x.cpp"):
        code_html(text, path)
    assert time.monotonic() - began < 8


def shown(before: str, after: str) -> str:
    signs = {"same": " ", "added": "+", "removed": "-", "gap": "…"}
    return "|".join(signs[line.kind] + line.text for line in text_diff("x", before, after).lines)


def test_equal_texts_have_no_lines() -> None:
    assert text_diff("x", "a\n", "a\n").is_same


def test_lines_are_told_with_a_little_around_them() -> None:
    before = "\n".join(map(str, range(20)))
    assert shown(before, before.replace("10", "ten")) == ("…| 7| 8| 9|-10|+ten| 11| 12| 13|…")


def test_numbers_are_those_of_the_whole_text() -> None:
    before = "\n".join(map(str, range(1, 21)))
    lines = text_diff("x", before, before.replace("10\n", "")).lines
    (removed,) = [line for line in lines if line.kind == "removed"]
    assert (removed.before, removed.after, removed.text) == (10, None, "10")
    last = [line for line in lines if line.kind == "same"][-1]
    assert (last.before, last.after, last.text) == (13, 12, "13")


def test_text_at_either_end_is_seen() -> None:
    assert shown("a\nb", "a\nb\nc") == " a| b|+c"
    assert shown("b", "a\nb") == "+a| b"
    assert shown("", "a") == "+a"


@pytest.mark.parametrize("distinct", [1, 2, 40, 1400])
def test_large_texts_take_no_time(distinct: int) -> None:
    before = "\n".join(str(n % distinct) for n in range(1400))
    after = "\n".join(str(n * 7 % (distinct + 1)) for n in range(1400))
    began = time.monotonic()
    assert text_diff("x", before, after).lines
    assert time.monotonic() - began < 5
    huge = text_diff("x", before * 50, "\n".join(map(str, range(100_000))))
    assert 0 < len(huge.lines) < 2000
    assert huge.note
