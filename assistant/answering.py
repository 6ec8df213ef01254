"""An answer from the question to its end."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace

from assistant.asking import Start, ask
from assistant.configured import providers
from assistant.hints import without_code
from assistant.prompts import Wording, has_room, word
from assistant.proposals import proposed_files
from assistant.providers.base import End
from assistant.questions import Question, Step, Tried
from assistant.trials import Trial, can_be_tried
from assistant.verdicts import Verdict
from cloudrun.errors import ApplicationError
from sandbox.requests import Owner

_PROPOSES = frozenset({"fix_error", "optimize_code"})
_WHY_FAILED = {
    "fix_error": "It still fails:",
    "optimize_code": "It does not do the same as the program did:",
}


@dataclass(frozen=True)
class Trying:
    """The answer is there, and what it proposes is being run."""


@dataclass(frozen=True)
class Answer:
    """`response` is Markdown. `files` are what it proposes, by name; `notes` say what to know about
    how it came about. `next_step` is what may be asked for then, where hints come first."""

    response: str
    provider: str
    model: str
    verdict: Verdict | None = None
    files: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    next_step: Step | None = None


# What a stream of an answer is made of, the whole of it last.
Piece = Start | str | Trying | Answer


async def answer_stream(question: Question) -> AsyncGenerator[Piece | End, None]:
    """`Start`, text as it comes, its `End`, the whole `Answer`. A later `Start` takes the text
    before it back.

    Raises what `ask` raises.
    """
    wording = await asyncio.to_thread(word, question)  # of up to MAX_UPLOAD_SIZE
    start: Start | None = None
    texts: list[str] = []
    asked = ask(wording.prompt, providers())
    if question.is_hint:
        asked = without_code(question, asked)
    async with aclosing(asked) as pieces:
        async for piece in pieces:
            if isinstance(piece, End):
                assert start is not None
                text = "".join(texts)
                yield piece
                yield await asyncio.to_thread(_answer, question, wording, start, text, piece)
                return
            if isinstance(piece, Start):
                start = piece
                texts.clear()
            else:
                texts.append(piece)
            yield piece


async def tried_stream(question: Question, owner: Owner) -> AsyncGenerator[Piece | End, None]:
    """The same, where what is proposed is run as the `owner` before the `Answer`, with its verdict.

    A proposal that fails is told to the provider, which has one more try.
    """
    if not (can_be_tried(question) and _proposes(question)):
        async with aclosing(answer_stream(question)) as pieces:
            async for piece in pieces:
                yield piece
        return
    trial = Trial(question, owner)
    try:
        async with aclosing(_rounds(question, trial)) as tried:
            async for piece in tried:
                yield piece
    finally:
        await trial.close()


async def _rounds(question: Question, trial: Trial) -> AsyncGenerator[Piece | End, None]:
    first = _Round()
    async with aclosing(first.pieces(question)) as pieces:
        async for piece in pieces:
            yield piece
    if not first.answered.files:
        yield first.answered
        return
    yield Trying()
    verdict, result = await trial.verdict(first.answered.files)
    answer = replace(first.answered, verdict=verdict)
    if verdict.status != "failed" or result is None:
        yield answer
        return
    # Not in the verdict's words: they may quote what was printed, which belongs between fences.
    why = f"{_WHY_FAILED[question.action]} {result.message}."
    tried = Tried(answer.response, why, result.stderr or result.stdout)
    second = _Round()
    with suppress(ApplicationError):
        async with aclosing(second.pieces(replace(question, tried=tried))) as pieces:
            async for piece in pieces:
                yield piece
    if second.answer is None or not second.answer.files:
        # Whoever reads along has seen another text by now.
        for piece in (replace(first.started, prompt_size=0), answer.response, answer):
            yield piece
        return
    yield Trying()
    verdict, _ = await trial.verdict(second.answer.files)
    yield replace(second.answer, verdict=verdict)


class _Round:
    """One question to the providers: what came of it stays here."""

    def __init__(self) -> None:
        self.start: Start | None = None
        self.answer: Answer | None = None

    @property
    def started(self) -> Start:
        assert self.start is not None
        return self.start

    @property
    def answered(self) -> Answer:
        assert self.answer is not None
        return self.answer

    async def pieces(self, question: Question) -> AsyncGenerator[Piece | End, None]:
        """All but the `Answer`, which is yet to be tried. Raises as `answer_stream`."""
        async with aclosing(answer_stream(question)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Answer):
                    self.answer = piece
                    return
                if isinstance(piece, Start):
                    self.start = piece
                yield piece


async def whole(pieces: AsyncGenerator[Piece, None]) -> Answer:
    """The answer of one of these streams, for those who do not read along."""
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, Answer):
                return piece
    raise AssertionError("an answer ends with itself, or with an error")


def _answer(question: Question, wording: Wording, start: Start, response: str, end: End) -> Answer:
    notes = [f"The assistant was shown {what}." for what in wording.left_out]
    if end.is_cut:
        notes.append("The answer was too long, and stops before its end.")
    is_proposal = _proposes(question) and not end.is_cut
    files = proposed_files(response, question.sources) if is_proposal else {}
    # Words alone are enough for what somebody asks about an answer.
    if is_proposal and not files and ("```" in response or not question.turns):
        notes.append("The answer proposes no change; nothing was tried.")
    return Answer(
        response=response,
        provider=start.provider.name,
        model=start.provider.model,
        files=files,
        notes=tuple(notes),
    )


def _proposes(question: Question) -> bool:
    """Whether files are asked for: whoever has seen parts of the code can give none whole."""
    return question.action in _PROPOSES and not question.is_hint and has_room(question)
