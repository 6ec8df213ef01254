"""A run's events as server-sent events.

https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import Any

from cloudrun.errors import RateLimitedError
from sandbox.events import Event
from sandbox.live import LiveRun

CONTENT_TYPE = "text/event-stream"

_KEEP_ALIVE_S = 15.0  # below the minute after which proxies close what is silent
_MAX_STREAMS = 50  # of one owner at once
_RETRY_S = 10

_open: Counter[str] = Counter()


def check_streams(owner_key: str) -> None:
    """`RateLimitedError` where the owner has too many open."""
    if _open[owner_key] >= _MAX_STREAMS:
        raise RateLimitedError(
            f"At most {_MAX_STREAMS} event streams can be open at once.", retry_after=_RETRY_S
        )


async def live_stream(live: LiveRun, after_seq: int) -> AsyncGenerator[str, None]:
    """The frames after a number, then the live rest.

    A reader of these is not attached to the run: it neither keeps it going nor stops it by leaving.
    """
    owner_key = live.owner.key
    _open[owner_key] += 1
    try:
        async with aclosing(_with_pauses(live.log.follow(after_seq))) as events:
            async for event in events:
                yield _message(event.frame(live.id)) if event else ": keep-alive\n\n"
    finally:
        _open[owner_key] -= 1
        if not _open[owner_key]:
            del _open[owner_key]


async def stored_stream(frames: Iterable[dict[str, Any]]) -> AsyncGenerator[str, None]:
    """The same of frames that are all there."""
    for frame in frames:
        yield _message(frame)


async def _with_pauses(events: AsyncGenerator[Event, None]) -> AsyncGenerator[Event | None, None]:
    """The events, and None wherever none came for a while."""
    async with aclosing(events):
        following = asyncio.ensure_future(anext(events, None))
        try:
            while True:
                done, _ = await asyncio.wait({following}, timeout=_KEEP_ALIVE_S)
                if not done:
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


def _message(frame: dict[str, Any]) -> str:
    """JSON holds no line break, which would end the message."""
    number = f"id: {frame['seq']}\n" if "seq" in frame else ""
    return f"{number}data: {json.dumps(frame, ensure_ascii=False)}\n\n"
