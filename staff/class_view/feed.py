"""The class view's changes as they come. However many watch a class, it is looked at once."""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError

from cloudrun.errors import ApplicationError
from cloudrun.event_streams import last_message, message, release_thread
from sandbox.events import refusal
from sandbox.sockets import socket_give_back, socket_take
from sandbox.streams import Over
from staff.class_view.board import Board, Shown

logger = logging.getLogger(__name__)

_LOOK_INTERVAL_S = 1.0
_KEEP_ALIVE_S = 5.0  # the page says so where it hears nothing for longer
_feeds: dict[int, "ClassFeed"] = {}


class ClassFeed:
    """Looks at a class, once a second, for as long as somebody watches. Where `looking` is done it
    has failed, and there will be no news."""

    def __init__(self, classroom_id: int) -> None:
        self.shown = Shown()
        self.watchers = 0
        self._board = Board(classroom_id)
        self._news = asyncio.Event()
        # Not in the context of a request, which would have a thread of its own for the database.
        self.looking = asyncio.create_task(self._look(), context=Context())

    async def news(self) -> None:
        """Return after the next look."""
        await self._news.wait()

    def close(self) -> None:
        self.looking.cancel()

    async def _look(self) -> None:
        while True:
            try:
                self.shown = await database_sync_to_async(self._board.look)()
            except DatabaseError:
                logger.warning("The class view could not read the database", exc_info=True)
            else:
                self._news.set()
                self._news = asyncio.Event()
            await asyncio.sleep(_LOOK_INTERVAL_S)


@contextmanager
def watching_class(classroom_id: int) -> Iterator[ClassFeed]:
    feed = _feeds.get(classroom_id)
    if feed is None:
        feed = _feeds[classroom_id] = ClassFeed(classroom_id)
    feed.watchers += 1
    try:
        yield feed
    finally:
        feed.watchers -= 1
        if not feed.watchers:
            feed.close()
            del _feeds[classroom_id]


async def class_stream(
    classroom_id: int,
    subject: str,
    seen: Callable[[set[int]], None],
    over: Over,
) -> AsyncGenerator[str, None]:
    """First the whole class, then what changes, until `over` returns, which is told.

    `{"summary": str, "order": [user id], "tiles": {user id: HTML}}`, without what is as it was.
    `seen` is called with the ids of those who are shown for the first time, before they are. It
    counts as one of the `subject`'s sockets.
    """
    release_thread()
    socket_take(subject)
    ending = asyncio.create_task(over(), context=Context())
    try:
        with watching_class(classroom_id) as feed:
            sent, sent_at = Shown(), time.monotonic()
            while not (ending.done() or feed.looking.done()):
                if not await _is_news(feed, ending):
                    yield ": keep-alive\n\n"  # no message: the page says that nothing is known
                    continue
                shown = feed.shown
                if strangers := shown.drawn.keys() - sent.drawn.keys():
                    await database_sync_to_async(seen)(strangers)
                change = _change(sent, shown)
                if change or time.monotonic() - sent_at >= _KEEP_ALIVE_S:
                    yield message(change)
                    sent, sent_at = shown, time.monotonic()
        if ending.done() and (why := ending.result()):
            yield last_message(refusal(why))
    finally:
        ending.cancel()
        socket_give_back(subject)


async def _is_news(feed: ClassFeed, ending: "asyncio.Task[ApplicationError | None]") -> bool:
    """Wait for the next look, for a while; False where there was none, or watching is over."""
    news = asyncio.create_task(feed.news())
    try:
        await asyncio.wait(
            {news, ending, feed.looking},
            timeout=_KEEP_ALIVE_S,
            return_when=asyncio.FIRST_COMPLETED,
        )
        return news.done() and not ending.done()
    finally:
        news.cancel()


def _change(before: Shown, now: Shown) -> dict[str, Any]:
    change: dict[str, Any] = {}
    if now.summary != before.summary:
        change["summary"] = now.summary
    order = [tile.user_id for tile in now.tiles]
    if order != [tile.user_id for tile in before.tiles]:
        change["order"] = order
    new = {pk: html for pk, html in now.drawn.items() if before.drawn.get(pk) != html}
    return change | ({"tiles": new} if new else {})
