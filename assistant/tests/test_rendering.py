import time

import pytest

from assistant.rendering import Rendering, html_of

MARKDOWN = """\
Nothing can be **divided** by `0`.

1. one
2. two

   with more

```python main.py
print("<b>")

print(2)
```

| a | b |
|---|---|
| 1 | 2 |

> said
"""


@pytest.mark.parametrize("size", [1, 7, 50, 1000])
def test_growing_text_ends_as_the_whole(size: int) -> None:
    rendering, html = Rendering(), ""
    for start in range(0, len(MARKDOWN), size):
        if drawn := rendering.feed(MARKDOWN[start : start + size]):
            html += drawn.finished
    html += rendering.finish().finished
    assert html == html_of(MARKDOWN)


def test_first_piece_is_drawn_at_once() -> None:
    drawn = Rendering().feed("Noth")
    assert drawn is not None
    assert drawn.unfinished == "<p>Noth</p>\n"


@pytest.mark.parametrize(
    ("hostile", "never"),
    [
        ("<script>alert(1)</script>", "<script"),
        ("<img src=x onerror=alert(1)>", "<img"),
        ("![x](https://evil.example/x.png)", "<img"),
        ("![x](https://evil.example/x.png)", "evil.example"),
        ("[x](javascript:alert(1))", "href"),
        ("[x](data:text/html,hello)", "href"),
        ("[x](//evil.example)", 'href="//'),
        ("[x]: https://evil.example\n\n[x]", "href"),
        ('<a href="https://evil.example" onclick="x()">x</a>', "<a "),
        ("<style>*{display:none}</style>", "<style"),
        ("```x onload=alert(1)\n</code><script>\n```", "<script"),
        ("a <!-- b --> c", "<!--"),
    ],
)
def test_hostile_markdown_does_nothing(hostile: str, never: str) -> None:
    assert never not in html_of(hostile)


def test_links_lead_away_without_a_trace() -> None:
    html = html_of("[docs](https://docs.python.org)")
    assert 'rel="noopener noreferrer nofollow"' in html
    assert 'target="_blank"' in html


def test_long_block_in_small_pieces_is_drawn_in_time() -> None:
    rendering, began = Rendering(), time.process_time()
    for _ in range(2000):
        rendering.feed("word *and* `code` ")
    assert time.process_time() - began < 5


@pytest.mark.parametrize("hostile", ["*a_ ", "[a](", "> ", "- ", "`", "|", "~", "\r", "&"])
def test_hostile_markdown_is_drawn_in_time(hostile: str) -> None:
    began = time.process_time()
    html_of(hostile * 10_000)
    assert time.process_time() - began < 3
