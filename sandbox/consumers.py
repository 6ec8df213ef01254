"""`/ws/execute`: one run per connection. CONTRACT: the wire protocol's frames, both ways."""

import asyncio
import json
import logging
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from cloudrun.errors import ApplicationError, InvalidRequestError, RateLimitedError
from cloudrun.parsers import parse_object
from cloudrun.problems import unforeseen
from cloudrun.rates import subject_of
from sandbox import events
from sandbox.connections import logged_out
from sandbox.errors import DeactivatedError, LostError, RunNotFoundError
from sandbox.identity import address_of_scope, owner_of_scope
from sandbox.live import Cause, LiveRun
from sandbox.requests import Owner
from sandbox.selectors import run_get
from sandbox.serializers.frames import Stop, control_frame, resume_request
from sandbox.serializers.requests import run_request
from sandbox.services import service
from sandbox.sockets import socket_give_back, socket_take

logger = logging.getLogger(__name__)

_FIRST_FRAME_TIMEOUT_S = 30.0
_LAST_FRAME_TIMEOUT_S = 0.8
# Of what a client sends right behind its first frame; of each, beside what it holds.
_EARLY_CHARACTERS = 1024 * 1024
_FRAME_CHARACTERS = 64
# A browser's `close()` without a code arrives as 1005, "no status received".
_DELIBERATE_CLOSE = (1000, 1005)


class ExecuteConsumer(AsyncWebsocketConsumer):
    """Reads one request (or `resume`), then sends the run's frames and takes its controls."""

    live: LiveRun | None = None
    reader: asyncio.Task[None] | None = None
    watcher: asyncio.Task[None] | None = None
    waiting: asyncio.TimerHandle | None = None
    counted_as: str | None = None

    async def connect(self) -> None:
        self.early: list[str | None] = []  # frames that came before the run was there
        self.early_size = 0
        await self.accept()
        try:
            # Until the first frame says whose it is.
            self._count(subject_of(None, address_of_scope(dict(self.scope))))
        except RateLimitedError as error:
            self._start(self._refuse(error))
            return
        loop = asyncio.get_running_loop()
        self.waiting = loop.call_later(
            _FIRST_FRAME_TIMEOUT_S, lambda: self._start(self._too_late())
        )

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.reader is None:
            self._start(self._serve(text_data))
        elif self.live is not None:
            self._control(text_data)
        elif self.early_size < _EARLY_CHARACTERS:
            self.early.append(text_data)
            self.early_size += _FRAME_CHARACTERS + len(text_data or "")

    async def disconnect(self, code: int) -> None:
        if self.waiting:
            self.waiting.cancel()
        if self.live and code in _DELIBERATE_CLOSE:
            self.live.end(Cause.STOPPED)
        tasks = [task for task in (self.watcher, self.reader) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.counted_as:
            socket_give_back(self.counted_as)
        # Channels keeps the consumer for a while.
        self.early.clear()
        self.live = self.reader = self.watcher = self.waiting = self.counted_as = None

    def _count(self, subject: str) -> None:
        """Count the connection as this subject's, and no longer as another's."""
        if subject == self.counted_as:
            return
        socket_take(subject)
        if self.counted_as:
            socket_give_back(self.counted_as)
        self.counted_as = subject

    def _start(self, coroutine: Any) -> None:
        # A task of its own: Channels takes no further frame before `receive` returns.
        if self.waiting:
            self.waiting.cancel()
        if self.reader is None:
            self.reader = asyncio.create_task(coroutine)
        else:
            coroutine.close()

    async def _too_late(self) -> None:
        await self._refuse(
            InvalidRequestError(f"No request came within {_FIRST_FRAME_TIMEOUT_S:.0f} s.")
        )

    async def _serve(self, text: str | None) -> None:
        """Answer the first frame to the end; every failure becomes an `error` frame."""
        try:
            body = _parse(text)
            owner = await database_sync_to_async(owner_of_scope)(dict(self.scope))
            self._count(subject_of(owner.user_id, owner.address))
            self.watcher = asyncio.create_task(self._end_when_logged_out(owner))
            if body.get("type") == "resume":
                await self._resume(body, owner)
            else:
                await self._follow(await service().start(run_request(body), owner), 0)
        except ApplicationError as error:
            await self._refuse(error)
        except Exception:
            logger.exception("a WebSocket request failed")
            await self._refuse(unforeseen())

    async def _end_when_logged_out(self, owner: Owner) -> None:
        """The run then ends as if the connection was lost; at once where its owner may have none
        any more, who is told by its last frame."""
        why = await logged_out(dict(self.scope), owner)
        assert self.reader is not None
        if self.live and isinstance(why, DeactivatedError):
            self.live.end(Cause.DEACTIVATED)
            await asyncio.wait({self.reader}, timeout=_LAST_FRAME_TIMEOUT_S)
            if self.reader.done():
                return
        self.live = None  # takes no more controls
        self.reader.cancel()
        await asyncio.wait({self.reader})
        await self._refuse(why)

    async def _resume(self, body: dict[str, Any], owner: Owner) -> None:
        """Every frame after a number: of a live run with the live rest, else of the stored log."""
        run_id, after_seq = resume_request(body)
        try:
            live = service().get(run_id, owner)
        except RunNotFoundError:
            await self._replay(run_id, after_seq, owner)
        else:
            await self._follow(live, after_seq)

    async def _replay(self, run_id: str, after_seq: int, owner: Owner) -> None:
        run = await database_sync_to_async(run_get)(run_id, owner)
        if run.log is None:
            raise LostError(LostError.MESSAGE)
        stored = await asyncio.to_thread(events.unpack, bytes(run.log))
        for event in stored[after_seq:]:
            await self._send(event.frame(run_id))
        await self.close(1000)

    async def _follow(self, live: LiveRun, after_seq: int) -> None:
        self.live = live
        for text in self.early:
            self._control(text)
        self.early.clear()
        live.attach()
        try:
            async for event in live.log.follow(after_seq):
                await self._send(event.frame(live.id))
            await self.close(1000)
        finally:
            live.detach(settings.DISCONNECT_GRACE)

    def _control(self, text: str | None) -> None:
        """A frame while the program runs; what makes no sense is left alone, the run goes on."""
        live = self.live
        if live is None:
            return
        try:
            control = control_frame(_parse(text))
        except InvalidRequestError as error:
            logger.info("run %s: a control frame was ignored: %s", live.id, error.detail)
            return
        if isinstance(control, Stop):
            live.end(Cause.STOPPED)
            return
        if not live.offer(control):
            logger.info("run %s: input was dropped, as its program does not read", live.id)

    async def _refuse(self, error: ApplicationError) -> None:
        await self._send(events.refusal(error))
        await self.close(1000)

    async def _send(self, frame: dict[str, Any]) -> None:
        # Program output is full Unicode: left unescaped, it is half as long.
        await self.send(text_data=json.dumps(frame, ensure_ascii=False))


def _parse(text: str | None) -> dict[str, Any]:
    if text is None:
        raise InvalidRequestError("Frames must be text, not binary.")
    return parse_object(text)


class NotFoundConsumer(AsyncWebsocketConsumer):
    """Refuses a handshake at any other address."""

    async def connect(self) -> None:
        await self.close()
