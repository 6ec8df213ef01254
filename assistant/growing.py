"""Markdown that grows, cut where one of its blocks ends."""

from markdown_it import MarkdownIt

# As `rendering` sees blocks: raw HTML is none.
BLOCKS = (
    MarkdownIt("commonmark", {"html": False, "maxNesting": 12})
    .enable("table")
    .disable(["inline", "reference"])
)
_GROWTH = 1.1


class Growing:
    """Looks again whenever `unfinished` has grown by a part of its length: a long text costs a few
    times what it would at once, however small its pieces are."""

    def __init__(self) -> None:
        self.unfinished = ""
        self._seen_length = 0

    def feed(self, text: str) -> str | None:
        """The blocks that are finished now; None where it is not worth looking yet."""
        self.unfinished += text.replace("\r", "\n")
        if len(self.unfinished) < self._seen_length * _GROWTH:
            return None
        cut = self._last_block()
        finished, self.unfinished = self.unfinished[:cut], self.unfinished[cut:]
        self._seen_length = len(self.unfinished)
        return finished

    def finish(self) -> str:
        """The rest."""
        finished, self.unfinished = self.unfinished, ""
        return finished

    def _last_block(self) -> int:
        """Where the last of the blocks begins; 0 where there is no other."""
        lines = [
            token.map[0]
            for token in BLOCKS.parse(self.unfinished)
            if token.level == 0 and token.nesting >= 0 and token.map
        ]
        if len(lines) < 2:
            return 0
        position = 0
        for _ in range(lines[-1]):
            position = self.unfinished.index("\n", position) + 1
        return position
