"""A run's events as server-sent events."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from contextlib import aclosing
from contextvars import Context
from typing import Any

from cloudrun.errors import ApplicationError
from cloudrun.event_streams import last_message, message, release_thread
from sandbox.events import Event, refusal
from sandbox.live import LiveRun, Watcher
from sandbox.sockets import socket_give_back, socket_take
from sandbox.watching import watching

# Returns why a stream is over, None where that is not known.
Over = Callable[[], Coroutine[Any, Any, ApplicationError | None]]

_KEEP_ALIVE_S = 15.0  # below the minute after which proxies close what is silent


async def live_stream(
    live: LiveRun, after_seq: int, subject: str, over: Over
) -> AsyncGenerator[str, None]:
    """The frames after a number, then the live rest, until `over` returns, which is told.

    A reader of these is not attached to the run: it neither keeps it going nor stops it by leaving.
    It counts as one of the `subject`'s sockets, for which the caller has checked that there is
    room.
    """
    release_thread()
    socket_take(subject)
    # Not in the context of the request, which would have a thread of its own for the database.
    ending = asyncio.create_task(over(), context=Context())
    try:
        async with aclosing(_until(ending, live.log.follow(after_seq))) as events:
            async for event in events:
                yield message(event.frame(live.id)) if event else ": keep-alive\n\n"
        if ending.done() and (why := ending.result()):
            yield last_message(refusal(why))
    finally:
        ending.cancel()
        socket_give_back(subject)


async def watched_stream(
    live: LiveRun,
    after_seq: int,
    subject: str,
    over: Over,
    watcher: Watcher,
) -> AsyncGenerator[str, None]:
    """`live_stream` for somebody else than the owner, who is told for as long as it lasts."""
    with watching(live, watcher):
        async with aclosing(live_stream(live, after_seq, subject, over)) as messages:
            async for text in messages:
                yield text


async def stored_stream(frames: Iterable[dict[str, Any]]) -> AsyncGenerator[str, None]:
    """The same of frames that are all there."""
    for frame in frames:
        yield message(frame)


async def _until(
    ending: "asyncio.Task[ApplicationError | None]", events: AsyncGenerator[Event, None]
) -> AsyncGenerator[Event | None, None]:
    """The events until `ending` is done, and None wherever none came for a while."""
    async with aclosing(events):
        following = asyncio.ensure_future(anext(events, None))
        try:
            while True:
                await asyncio.wait(
                    {following, ending},
                    timeout=_KEEP_ALIVE_S,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if ending.done():
                    return
                if not following.done():
                    yield None
                    continue
                event = following.result()
                if event is None:
                    return
                yield event
                following = asyncio.ensure_future(anext(events, None))
        finally:
            # The generator can be closed only once nobody waits for its next event.
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
