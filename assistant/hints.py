"""A hint as its reader gets it: without the code that would be the answer.

Providers are told to give none, and do now and then. So a hint is told block by block, each one
when it is whole, and code only if it quotes: the right line may be all of a solution. In a sentence
it may be a name, too. What is said in words, or not marked as code, stays.
"""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing

from markdown_it.token import Token

from assistant.asking import Start
from assistant.growing import BLOCKS, Growing
from assistant.providers.base import End
from assistant.questions import Question

_CODE = {"fence", "code_block"}
LEFT_OUT = "*Code is left out of a hint.*"
LEFT_OUT_INLINE = "*(code left out)*"
# https://spec.commonmark.org/0.31.2/#code-spans; none goes beyond its block.
_SPAN = re.compile(r"(?<![\\`])(`+)(?!`)((?:(?!\n\s*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
_NAME = re.compile(r"[\w.]+(?:\(\))?")


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
        lines = markdown.split("\n")
        told: list[str] = []
        seen = 0
        for token in BLOCKS.parse(markdown):
            if token.type not in _CODE:
                continue
            first, end = token.map or (0, 0)
            told += self._without_spans(lines[seen:first])
            is_quoted = self._is_quoted(token.content)
            told += lines[first:end] if is_quoted else _gap(token, lines[first])
            seen = end
        return "\n".join([*told, *self._without_spans(lines[seen:])])

    def _without_spans(self, lines: list[str]) -> list[str]:
        return _SPAN.sub(self._span, "\n".join(lines)).split("\n") if lines else []

    def _span(self, found: re.Match[str]) -> str:
        code = found[2].strip()
        return found[0] if _NAME.fullmatch(code) or self._is_quoted(code) else LEFT_OUT_INLINE

    def _is_quoted(self, code: str) -> bool:
        """From the program or its error, as they are."""
        return any(code.strip() in text for text in self._known)


def _gap(token: Token, line: str) -> list[str]:
    """In place of a block. What comes before a fence is its place in a list or a quotation."""
    place = line.partition(token.markup)[0] if token.markup else ""
    return [place + LEFT_OUT, ""]
