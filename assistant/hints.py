"""A hint as its reader gets it: without the code that would be the answer.

Providers are told to give none, and do now and then. So a hint is told block by block, each one
when it is whole, and a block of code only if it quotes: the right line may be all of a solution.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from markdown_it.token import Token

from assistant.asking import Start
from assistant.growing import BLOCKS, Growing
from assistant.providers.base import End
from assistant.questions import Question

_CODE = {"fence", "code_block"}
LEFT_OUT = "*Code is left out of a hint.*"


async def without_code(
    question: Question, pieces: AsyncGenerator[Start | str | End, None]
) -> AsyncGenerator[Start | str | End, None]:
    """The pieces of an answer as a hint."""
    hint = Hint(question)
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, str):
                if told := await asyncio.to_thread(hint.feed, piece):
                    yield told
                continue
            if isinstance(piece, Start):
                hint = Hint(question)
            elif rest := await asyncio.to_thread(hint.finish):
                yield rest
            yield piece


class Hint:
    """A text that grows."""

    def __init__(self, question: Question) -> None:
        self._text = Growing()
        self._known = (*question.sources.values(), question.error)

    def feed(self, text: str) -> str:
        """What can be told now."""
        return self._told(self._text.feed(text) or "")

    def finish(self) -> str:
        """The rest."""
        return self._told(self._text.finish())

    def _told(self, markdown: str) -> str:
        blocks = [token for token in BLOCKS.parse(markdown) if token.type in _CODE]
        lines = markdown.split("\n")
        for token in reversed([token for token in blocks if not self._is_quoted(token)]):
            first, end = token.map or (0, 0)
            # What comes before a fence is its place in a list or a quotation.
            place = lines[first].partition(token.markup)[0] if token.markup else ""
            lines[first:end] = [place + LEFT_OUT, ""]
        return "\n".join(lines)

    def _is_quoted(self, token: Token) -> bool:
        """From the program or its error, as they are."""
        return any(token.content.strip() in text for text in self._known)
