"""A question goes to the first provider that answers it.

A provider has `AI_TIMEOUT` seconds for its first text that is not blank and for each piece after
it; then, or when it fails in another way, the next is asked, from the beginning.
"""

import asyncio
import codecs
import contextlib
import logging
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing
from dataclasses import dataclass, replace

from django.conf import settings

from assistant.errors import AllFailedError, BusyError, NoProviderError
from assistant.providers.base import NO_ANSWER, End, Failure, Prompt, Provider, ProviderError
from assistant.resting import rests

logger = logging.getLogger(__name__)

_MAX_QUESTIONS = 128  # at once
_MAX_ANSWER_LENGTH = 50_000  # characters
_WHOLE_ANSWER_TIMEOUTS = 8  # what all of an answer may take, in AI_TIMEOUTs
_LEAST_PAUSE_S = 0.05  # between two texts of an answer
_TEXTS_PER_S = 100  # of all answers together
_BURST_S = 0.01  # reading for so long, a thread has read more than what was there already
_threads = ThreadPoolExecutor(_MAX_QUESTIONS, thread_name_prefix="assistant")
_places = threading.BoundedSemaphore(_MAX_QUESTIONS)
_open: set["_Reader"] = set()


@dataclass(frozen=True)
class Start:
    """Who answers now, and how much it was given to read, in bytes: 0 where its text is told once
    more. One that comes after text takes that text back."""

    provider: Provider
    prompt_size: int


async def ask(
    prompt: Prompt, providers: Sequence[Provider]
) -> AsyncGenerator[Start | str | End, None]:
    """`Start`, text as it comes, `End`; another `Start` where a provider failed in between.

    Raises `NoProviderError`, `AllFailedError`, `BusyError`.
    """
    if not providers:
        raise NoProviderError
    failures: dict[str, Failure] = {}
    waits: list[float] = []
    for provider in providers:
        if not rests.may_ask(provider.name):
            failure, wait_s = rests.why_not(provider.name)
            failures[provider.title] = replace(failure, reason=f"{failure.reason}, and rests")
            waits.append(wait_s)
            continue
        try:
            async with aclosing(_judged(provider, prompt)) as pieces:
                async for piece in pieces:
                    yield piece
        except ProviderError as error:
            failures[provider.title] = error.failure
            waits.append(rests.why_not(provider.name)[1])
        else:
            return
    raise AllFailedError(failures, retry_after_s=min(waits))


async def _judged(provider: Provider, prompt: Prompt) -> AsyncGenerator[Start | str | End, None]:
    """A provider's answer, of which is remembered whether it came."""
    is_known = False
    try:
        async with aclosing(_answer(provider, prompt)) as pieces:
            async for piece in pieces:
                if isinstance(piece, End):
                    rests.succeeded(provider.name)
                    is_known = True
                yield piece
    except ProviderError as error:
        # A question that a provider declines is no reason to rest, which all others would feel.
        if error.failure.remedy != "question":
            rests.failed(provider.name, error.failure, error.retry_after_s)
            is_known = True
        logger.warning("the AI provider %s %s", provider.name, error.failure.reason)
        raise
    finally:
        if not is_known:
            rests.left(provider.name)


async def _answer(provider: Provider, prompt: Prompt) -> AsyncGenerator[Start | str | End, None]:
    """Begins with its first text: a provider that has none has not started."""
    length, has_text = 0, False
    async with aclosing(_pieces(provider, prompt)) as pieces:
        async for piece in pieces:
            if isinstance(piece, End):
                if not has_text:
                    raise ProviderError("gave an empty answer")
            elif not has_text:
                if not piece.strip():
                    continue
                has_text = True
                yield Start(provider, prompt.size)
            if isinstance(piece, str):
                length += len(piece)
                if length > _MAX_ANSWER_LENGTH:
                    raise ProviderError("answered without an end")
            yield piece


async def _pieces(provider: Provider, prompt: Prompt) -> AsyncGenerator[str | End, None]:
    """What the provider's thread reads, within the time that it has."""
    timeout_s = float(settings.AI_TIMEOUT)
    began = time.monotonic()
    ends_at, next_by = began + timeout_s * _WHOLE_ANSWER_TIMEOUTS, began + timeout_s
    has_text = False
    reader = _Reader(provider.stream(prompt, timeout_s))
    try:
        while True:
            left_s = min(next_by, ends_at) - time.monotonic()
            try:
                text, end = await asyncio.wait_for(reader.take(), left_s)
            except TimeoutError:
                raise ProviderError("did not answer in time") from None
            has_text = has_text or bool(text.strip())
            if text:
                yield text
            if isinstance(end, ProviderError):
                raise end
            if end:
                yield end
                return
            await asyncio.sleep(_pause_s())
            if has_text:
                next_by = time.monotonic() + timeout_s
    finally:
        reader.stop()


def _pause_s() -> float:
    """Before the next text of an answer. All answers together have so many texts a second: each
    costs the event loop the same, however little it holds, and runs wait for that loop, too."""
    return max(_LEAST_PAUSE_S, len(_open) / _TEXTS_PER_S)


def _in_whole_characters(pieces: Iterable[str | End]) -> Iterator[str | End]:
    """JSON can hold half a character, a lone surrogate, which nothing after it could send on. The
    other half may come with the next piece."""
    decoder = codecs.getincrementaldecoder("utf-16-le")("replace")
    for piece in pieces:
        if isinstance(piece, str):
            yield decoder.decode(piece.encode("utf-16-le", "surrogatepass"))
        else:
            if half := decoder.decode(b"", final=True):
                yield half
            yield piece


class _Reader:
    """Reads a blocking stream in a thread of its own.

    A thread that hangs in a read stays until its own time-out, and its place with it.
    """

    def __init__(self, pieces: Generator[str | End]) -> None:
        if not _places.acquire(blocking=False):
            raise BusyError
        self._pieces = pieces
        self._waiting: deque[str | End | ProviderError] = deque()
        self._came = asyncio.Event()
        self._is_told = False  # that something came
        self._woken = 0.0
        self._stopped = threading.Event()
        self._loop = asyncio.get_running_loop()
        _open.add(self)
        _threads.submit(self._read)

    def stop(self) -> None:
        _open.discard(self)
        self._stopped.set()

    async def take(self) -> tuple[str, End | ProviderError | None]:
        """All text that waits, or the next, and how it ended where it has."""
        await self._came.wait()
        self._came.clear()
        self._is_told = False  # before we look: what comes meanwhile is told again
        texts: list[str] = []
        while self._waiting:
            piece = self._waiting.popleft()
            if not isinstance(piece, str):
                return "".join(texts), piece
            texts.append(piece)
        return "".join(texts), None

    def _read(self) -> None:
        try:
            with closing(self._pieces) as pieces:
                for piece in _in_whole_characters(pieces):
                    if self._stopped.is_set():
                        return
                    if not piece:
                        continue  # nobody waits for half a character, or for a sign of life
                    self._put(piece)
                    if isinstance(piece, str):
                        self._let_more_come()
        except ProviderError as error:
            self._put(error)
        except Exception as error:
            # Nonsense may break a library in ways that nobody has seen, and its words may quote it.
            logger.warning("an AI provider's answer broke its reader: %s", type(error).__name__)
            self._put(ProviderError(NO_ANSWER))
        finally:
            _places.release()

    def _let_more_come(self) -> None:
        """Sleep once what has come is read: a thread that woke for each little piece would take
        the interpreter from the event loop that often."""
        if time.monotonic() - self._woken > _BURST_S:
            self._stopped.wait(_pause_s())
            self._woken = time.monotonic()

    def _put(self, piece: str | End | ProviderError) -> None:
        self._waiting.append(piece)
        if not self._is_told:
            self._is_told = True
            with contextlib.suppress(RuntimeError):  # the loop is closed
                self._loop.call_soon_threadsafe(self._came.set)
