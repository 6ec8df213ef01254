"""`/ws/execute`: one run per connection. CONTRACT: the wire protocol's frames, both ways."""

import asyncio
import contextlib
import json
import logging
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from cloudrun.errors import ApplicationError, InvalidRequestError
from cloudrun.parsers import parse_object
from cloudrun.problems import unforeseen
from sandbox import events
from sandbox.errors import RunNotFoundError
from sandbox.identity import owner_of_scope
from sandbox.live import Cause, LiveRun
from sandbox.models import RunStatus
from sandbox.requests import Owner
from sandbox.selectors import run_get
from sandbox.serializers import control_frame, resume_request, run_request
from sandbox.services import service

logger = logging.getLogger(__name__)

_FIRST_FRAME_TIMEOUT_S = 30.0
# A browser's `close()` without a code arrives as 1005, "no status received".
_DELIBERATE_CLOSE = (1000, 1005)


class ExecuteConsumer(AsyncWebsocketConsumer):
    """Reads one request (or `resume`), then sends the run's frames and takes its controls."""

    owner: Owner
    live: LiveRun | None = None
    reader: asyncio.Task[None] | None = None
    waiting: asyncio.TimerHandle | None = None

    async def connect(self) -> None:
        await self.accept()
        loop = asyncio.get_running_loop()
        self.waiting = loop.call_later(_FIRST_FRAME_TIMEOUT_S, self._start, self._too_late())

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.reader is None:
            self._start(self._serve(text_data))
        elif self.live is not None:
            self._control(text_data)

    async def disconnect(self, code: int) -> None:
        if self.waiting:
            self.waiting.cancel()
        if self.live and code in _DELIBERATE_CLOSE:
            self.live.end(Cause.STOPPED)
        if self.reader:
            self.reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.reader

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
            owner = await database_sync_to_async(owner_of_scope)(self.scope)
            if body.get("type") == "resume":
                await self._resume(body, owner)
            else:
                self.live = await service().start(run_request(body), owner)
                await self._follow(self.live, 0)
        except ApplicationError as error:
            await self._refuse(error)
        except Exception:
            logger.exception("a WebSocket request failed")
            await self._refuse(unforeseen())
