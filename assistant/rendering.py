"""Markdown of providers as HTML that can do nothing: no raw HTML, no pictures, no scripts.

What a provider writes is as trustworthy as what it was told to write by the code that it read.
"""

from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt

_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "maxNesting": 12})
    .enable(["table", "strikethrough"])
    .disable(["html_block", "html_inline", "reference"])
)
_BLOCKS = MarkdownIt("commonmark", {"maxNesting": 12}).enable("table").disable(["inline"])
_GROWTH = 1.1
_TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li",
    "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "code": {"class"}, "ol": {"start"}}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",
    link_rel="noopener noreferrer nofollow",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)


def html_of(markdown: str) -> str:
    """Markdown as HTML; what is no Markdown that we take stays as its text."""
    return _CLEANER.clean(_MARKDOWN.render(markdown))


@dataclass(frozen=True)
class Drawn:
    """What to draw of a growing answer: blocks that are finished now, and the one after them."""

    finished: str
    unfinished: str


class Rendering:
    """HTML of a text that grows.

    Each block is drawn finished once, and before that whenever it has grown by a part of its
    length: a long answer costs a few times what it would at once, however small its pieces are.
    """

    def __init__(self) -> None:
        self._pending = ""
        self._drawn_length = 0

    def clear(self) -> None:
        """Begin anew: the text so far is taken back."""
        self._pending = ""
        self._drawn_length = 0

    def feed(self, text: str) -> Drawn | None:
        """What is new to draw; None where it is not worth it yet."""
        self._pending += text.replace("\r", "\n")
        if len(self._pending) < self._drawn_length * _GROWTH:
            return None
        cut = self._last_block()
        finished, self._pending = self._pending[:cut], self._pending[cut:]
        self._drawn_length = len(self._pending)
        return Drawn(html_of(finished), html_of(self._pending))

    def finish(self) -> Drawn:
        """The rest."""
        finished, self._pending = self._pending, ""
        return Drawn(html_of(finished), "")

    def _last_block(self) -> int:
        """Where the last of the blocks begins; 0 where there is no other."""
        lines = [
            token.map[0]
            for token in _BLOCKS.parse(self._pending)
            if token.level == 0 and token.nesting >= 0 and token.map
        ]
        if len(lines) < 2:
            return 0
        position = 0
        for _ in range(lines[-1]):
            position = self._pending.index("\n", position) + 1
        return position
