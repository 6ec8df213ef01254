"""A question goes to the first provider that answers it.

A provider has `AI_TIMEOUT` seconds for its first piece of text and for each one after it; then, or
when it fails in another way, the next is asked, from the beginning.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing, closing
from dataclasses import dataclass
from threading import BoundedSemaphore, Event

from django.conf import settings

from assistant.errors import AllFailedError, BusyError, NoProviderError
from assistant.providers.base import NO_ANSWER, End, Prompt, Provider, ProviderError
from assistant.resting import rests

logger = logging.getLogger(__name__)

_MAX_QUESTIONS = 128  # at once
_MAX_ANSWER_LENGTH = 50_000  # characters
_WHOLE_ANSWER_TIMEOUTS = 8  # what all of an answer may take, in AI_TIMEOUTs
_threads = ThreadPoolExecutor(_MAX_QUESTIONS, thread_name_prefix="assistant")
_places = BoundedSemaphore(_MAX_QUESTIONS)


@dataclass(frozen=True)
class Start:
    """Who answers now. One that comes after text takes that text back."""

    provider: Provider


async def ask(
    prompt: Prompt, providers: Sequence[Provider]
) -> AsyncGenerator[Start | str | End, None]:
    """`Start`, text as it comes, `End`; another `Start` where a provider failed in between.

    Raises `NoProviderError`, `AllFailedError`, `BusyError`.
    """
    if not providers:
        raise NoProviderError
    failures: dict[str, str] = {}
    waits: list[float] = []
    for provider in providers:
        if not rests.may_ask(provider.name):
            reason, wait_s = rests.why_not(provider.name)
            failures[provider.title] = f"{reason}, and rests"
            waits.append(wait_s)
            continue
        try:
            async with aclosing(_judged(provider, prompt)) as pieces:
                async for piece in pieces:
                    yield piece
        except ProviderError as error:
            failures[provider.title] = error.reason
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
        rests.failed(provider.name, error.reason, error.retry_after_s)
        is_known = True
        logger.warning("the AI provider %s %s", provider.name, error.reason)
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
                yield Start(provider)
            if isinstance(piece, str):
                length += len(piece)
                if length > _MAX_ANSWER_LENGTH:
                    raise ProviderError("answered without an end")
            yield piece


async def _pieces(provider: Provider, prompt: Prompt) -> AsyncGenerator[str | End, None]:
    """What the provider's thread reads, within the time that it has."""
    timeout_s = float(settings.AI_TIMEOUT)
    ends_at = time.monotonic() + timeout_s * _WHOLE_ANSWER_TIMEOUTS
    reader = _Reader(provider.stream(prompt, timeout_s))
    try:
        while True:
            left_s = min(timeout_s, ends_at - time.monotonic())
            try:
                piece = await asyncio.wait_for(reader.queue.get(), left_s)
            except TimeoutError:
                raise ProviderError("did not answer in time") from None
            if piece is None:
                return
            if isinstance(piece, ProviderError):
                raise piece
            yield piece
    finally:
        reader.stop()


class _Reader:
    """Reads a blocking stream in a thread of its own into a queue; None is its end.

    A thread that hangs in a read stays until its own time-out, and its place with it.
    """

    def __init__(self, pieces: Generator[str | End]) -> None:
        if not _places.acquire(blocking=False):
            raise BusyError
        self.queue: asyncio.Queue[str | End | ProviderError | None] = asyncio.Queue()
        self._pieces = pieces
        self._stopped = Event()
        self._loop = asyncio.get_running_loop()
        _threads.submit(self._read)

    def stop(self) -> None:
        self._stopped.set()

    def _read(self) -> None:
        try:
            with closing(self._pieces) as pieces:
                for piece in pieces:
                    if self._stopped.is_set():
                        return
                    self._put(piece)
            self._put(None)
        except ProviderError as error:
            self._put(error)
        except Exception as error:
            # Nonsense may break a library in ways that nobody has seen, and its words may quote it.
            logger.warning("an AI provider's answer broke its reader: %s", type(error).__name__)
            self._put(ProviderError(NO_ANSWER))
        finally:
            _places.release()

    def _put(self, piece: str | End | ProviderError | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self.queue.put_nowait, piece)
