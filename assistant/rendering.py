"""Markdown of providers as HTML that can do nothing: no raw HTML, no pictures, no scripts.

What a provider writes is as trustworthy as what it was told to write by the code that it read.
"""

from dataclasses import dataclass

import nh3
from markdown_it import MarkdownIt

from assistant.growing import Growing

_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "maxNesting": 12})
    .enable(["table", "strikethrough"])
    .disable(["html_block", "html_inline", "reference"])
)
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
    """HTML of a text that grows. Each block is drawn finished once, and before that a few times."""

    def __init__(self) -> None:
        self._text = Growing()

    def clear(self) -> None:
        """Begin anew: the text so far is taken back."""
        self._text = Growing()

    def feed(self, text: str) -> Drawn | None:
        """What is new to draw; None where it is not worth it yet."""
        finished = self._text.feed(text)
        if finished is None:
            return None
        return Drawn(html_of(finished), html_of(self._text.unfinished))

    def finish(self) -> Drawn:
        """The rest."""
        return Drawn(html_of(self._text.finish()), "")
